metadata description = 'What somebody should look at: dead letters, a backlog, a store that is not available, a sweep that does not happen.'

param location string
param tags object
param namespaceName string
param queueName string
param locksAccountName string
param componentName string
param actionGroupName string
@description('Empty: no e-mail. The alerts are shown in the portal.')
param email string
param backlogThreshold int

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource locksAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: locksAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'isb'
    enabled: true
    emailReceivers: [{ name: 'alerts', emailAddress: email, useCommonAlertSchema: true }]
  }
}

var actionGroupIds = empty(email) ? [] : [actionGroup.id]
var actions = [for id in actionGroupIds: { actionGroupId: id }]

var ofQueue = [{ name: 'EntityName', operator: 'Include', values: [queueName] }]
var metricAlerts = [
  {
    name: 'dead-letters'
    description: 'A message was dead-lettered: its work failed for good, or it was delivered too often. It waits in the dead-letter queue until somebody looks at it.'
    severity: 2
    scope: namespace.id
    window: 'PT5M'
    metricNamespace: 'Microsoft.ServiceBus/namespaces'
    metric: 'DeadletteredMessages'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 0
    dimensions: ofQueue
  }
  {
    name: 'backlog'
    description: 'Messages have been waiting for 15 minutes: the app is stopped, fails, or is too slow for what comes in.'
    severity: 3
    scope: namespace.id
    window: 'PT15M'
    metricNamespace: 'Microsoft.ServiceBus/namespaces'
    metric: 'ActiveMessages'
    aggregation: 'Minimum'
    operator: 'GreaterThan'
    threshold: backlogThreshold
    dimensions: ofQueue
  }
  {
    name: 'lock-store'
    description: 'The store of the locks failed more than one request in a hundred. Messages wait for it, and are not lost.'
    severity: 2
    scope: locksAccount::blobs.id
    window: 'PT5M'
    metricNamespace: 'Microsoft.Storage/storageAccounts/blobServices'
    metric: 'Availability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 99
    dimensions: []
  }
]

resource metricAlert 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in metricAlerts: {
    name: 'alert-${alert.name}'
    location: 'global'
    tags: tags
    properties: {
      description: alert.description
      severity: alert.severity
      enabled: true
      autoMitigate: true
      scopes: [alert.scope]
      evaluationFrequency: 'PT5M'
      windowSize: alert.window
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: alert.name
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: alert.metricNamespace
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: alert.operator
            threshold: alert.threshold
            dimensions: alert.dimensions
          }
        ]
      }
      actions: actions
    }
  }
]

resource noSweep 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'alert-no-sweep'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'no-sweep'
    description: 'No sweep of old locks was made for a day: the app does not run, or cannot use its store. The store\'s own lifecycle rule deletes them then, a day later.'
    severity: 3
    enabled: true
    autoMitigate: true
    scopes: [component.id]
    evaluationFrequency: 'PT1H'
    windowSize: 'P1D'
    criteria: {
      allOf: [
        {
          query: 'traces | extend line = parse_json(message) | where line.event == "sweep" and line.kind == "swept"'
          timeAggregation: 'Count'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: actionGroupIds }
  }
}
