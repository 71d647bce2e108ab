targetScope = 'subscription'

metadata name = 'Immutable Service Bus'
metadata description = 'A Function App on Flex Consumption, its queue and its lock store. Everything is opened by roles of one identity, and nothing by a key.'

import { refusedSettings } from 'refused-settings.bicep'

// Where

@minLength(1)
@maxLength(64)
@description('Names the environment. The resource group is called "rg-" and this name; all other names are derived from it.')
param environmentName string

@minLength(1)
@metadata({ azd: { type: 'location' } })
@description('The region of all resources. It must have Flex Consumption, and availability zones unless locksSku is Standard_LRS.')
param location string

// What the promises rest on. The defaults are those of the app.

@minLength(1)
@maxLength(260)
@description('The queue. A flat name: the platform that scales the app and the app itself must read the same name.')
param queueName string = 'messages'

@minLength(3)
@maxLength(63)
@description('The blob container of the locks.')
param lockContainerName string = 'locks'

@maxLength(260)
@description('The folder of the locks within the container. Apps that share a container need a scope each. Empty: the name of the queue in lower case, as the app has it by itself.')
param lockScopeName string = ''

@allowed(['off', 'on'])
@description('Spreads the locks over 256 folders, for names that grow at thousands of messages a second. It is not changed while the app runs: see docs/scale.md.')
param lockSpread string = 'off'

@minValue(1)
@maxValue(49)
@description('How many days the queue keeps a message, and the longest time that a sender can ask for.')
param messageTtlDays int = 7

@minValue(2)
@maxValue(365)
@description('How many days the lock of completed work is kept, so that a late duplicate is skipped. More than messageTtlDays.')
param completedRetentionDays int = 8

@minValue(1)
@maxValue(365)
@description('How many days any other lock is kept after its last write.')
param abandonedRetentionDays int = 14

@minValue(10)
@maxValue(2000)
@description('How often the queue delivers a message before it is dead-lettered. Fewer than 10 could dead-letter a message while a duplicate waits for its lock.')
param maxDeliveryCount int = 10

// How large

@allowed(['22', '24'])
@description('The Node version of the app.')
param functionsNodeVersion string = '24'

@allowed([512, 2048, 4096])
@description('Memory of one instance, in MB. It is what an execution is billed by.')
param instanceMemoryMB int = 2048

@minValue(40)
@maxValue(1000)
@description('The most instances that the platform starts.')
param maximumInstanceCount int = 100

@minValue(0)
@maxValue(20)
@description('Instances that always wait for messages, and are billed while they wait. 0 scales to zero.')
param alwaysReadyInstances int = 0

@description('Scale by the exact length of the queue. It gives the app the right to manage the queue; without it the platform estimates by peeking.')
param exactScaling bool = false

@allowed(['Standard_ZRS', 'Standard_LRS'])
@description('Redundancy of the locks. Standard_LRS only where a region has no zones. Geo-redundancy is not offered: a failover can lose the last writes, and with them locks.')
param locksSku string = 'Standard_ZRS'

@description('Closes storage and Service Bus to the internet: private endpoints, and Service Bus Premium, which they need. Choose it before the first deployment: a namespace cannot change from Standard to Premium.')
param vnetEnabled bool = false

// Who

@description('Object ID of who looks after locks and dead letters: a user, a group or a service principal. Empty: nobody but the app.')
param operatorPrincipalId string = ''

@allowed(['User', 'Group', 'ServicePrincipal'])
@description('What kind of principal operatorPrincipalId is.')
param operatorPrincipalType string = 'User'

@description('Who gets an e-mail when an alert fires. Empty: alerts are shown in the portal only.')
param alertEmail string = ''

@minValue(1)
@description('The backlog alert fires when so many messages have been waiting for 15 minutes.')
param backlogAlertThreshold int = 1000

@minValue(30)
@maxValue(730)
@description('How many days logs are kept.')
param logRetentionDays int = 30

@description('App settings of your own handler. A name that this template sets is refused.')
param additionalAppSettings object = {}

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var names = {
  resourceGroup: 'rg-${environmentName}'
  identity: 'id-${token}'
  hostAccount: 'st${token}'
  locksAccount: 'stlk${token}'
  namespace: 'sb-${token}'
  workspace: 'log-${token}'
  component: 'appi-${token}'
  plan: 'plan-${token}'
  app: 'func-${token}'
  network: 'vnet-${token}'
  actionGroup: 'ag-${token}'
}
var packageContainerName = 'app-package'
var archiveContainerName = 'processed'

var settings = {
  QUEUE_NAME: queueName
  LOCK_CONTAINER: lockContainerName
  LOCK_SCOPE: empty(lockScopeName) ? toLower(queueName) : lockScopeName
  LOCK_SPREAD: lockSpread
  MESSAGE_TTL: 'P${messageTtlDays}D'
  COMPLETED_RETENTION: 'P${completedRetentionDays}D'
  ABANDONED_RETENTION: 'P${abandonedRetentionDays}D'
  MAX_DELIVERY_COUNT: string(maxDeliveryCount)
}
var connections = {
  ServiceBusConnection__fullyQualifiedNamespace: '${names.namespace}.servicebus.windows.net'
  LockStorage__blobServiceUri: 'https://${names.locksAccount}.blob.${environment().suffixes.storage}'
}
// Made of the same days as the settings, so that the store never forgets before the app does.
var lifecycleDays = max(completedRetentionDays, abandonedRetentionDays) + 1

// The lock does that, and for longer. The queue's would drop a dead letter that is sent again, and cannot be changed later.
var requiresDuplicateDetection = false

var settingsOfOthers = filter(
  objectKeys(additionalAppSettings),
  name =>
    contains(map(objectKeys(settings), own => toLower(own)), toLower(name)) || contains(
      refusedSettings,
      toLower(split(name, '__')[0])
    )
)

// What no decorator can say. All of it is told at once, before anything is created.
var problems = filter(
  [
    contains(queueName, '/') ? 'queueName is "${queueName}", but must not contain a slash.' : ''
    contains([archiveContainerName, 'effects'], lockContainerName)
      ? 'lockContainerName is "${lockContainerName}", but must not be "processed" or "effects": what messages write there could have the name of a lock.'
      : ''
    completedRetentionDays <= messageTtlDays
      ? 'completedRetentionDays is ${completedRetentionDays}, but must be more than messageTtlDays, which is ${messageTtlDays}: a duplicate can arrive as long as a message lives.'
      : ''
    empty(settingsOfOthers)
      ? ''
      : 'additionalAppSettings has ${join(settingsOfOthers, ', ')}, but this template sets that, or Flex Consumption refuses it.'
  ],
  problem => !empty(problem)
)
var checkedLocation = empty(problems) ? location : fail(join(problems, ' '))

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: names.resourceGroup
  location: checkedLocation
  tags: tags
}

module identity 'identity.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: names.identity
  }
}

// The identity and its role on the host account come first, since a role takes minutes to work everywhere: all that follows
// gives it that time, Service Bus most of all. A deployment of code that comes too early fails with 403.
module hostStorage 'host-storage.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: names.hostAccount
    packageContainerName: packageContainerName
    identityName: names.identity
    isPrivate: vnetEnabled
  }
  dependsOn: [identity]
}

module lockStorage 'lock-storage.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: names.locksAccount
    sku: locksSku
    lockContainerName: lockContainerName
    archiveContainerName: archiveContainerName
    lifecycleDays: lifecycleDays
    identityName: names.identity
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
    isPrivate: vnetEnabled
  }
  dependsOn: [hostStorage]
}

module messaging 'messaging.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    namespaceName: names.namespace
    queueName: queueName
    messageTtlDays: messageTtlDays
    maxDeliveryCount: maxDeliveryCount
    requiresDuplicateDetection: requiresDuplicateDetection
    identityName: names.identity
    exactScaling: exactScaling
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
    isPrivate: vnetEnabled
  }
  dependsOn: [hostStorage]
}

module monitoring 'monitoring.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceName: names.workspace
    componentName: names.component
    retentionDays: logRetentionDays
    identityName: names.identity
  }
  dependsOn: [hostStorage]
}

module network 'network.bicep' = if (vnetEnabled) {
  scope: group
  params: {
    location: location
    tags: tags
    name: names.network
    hostAccountName: names.hostAccount
    locksAccountName: names.locksAccount
    namespaceName: names.namespace
  }
  dependsOn: [hostStorage, lockStorage, messaging]
}

module app 'app.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    planName: names.plan
    name: names.app
    identityName: names.identity
    componentName: names.component
    hostAccountName: names.hostAccount
    packageContainerName: packageContainerName
    nodeVersion: functionsNodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    subnetId: vnetEnabled
      ? resourceId(
          subscription().subscriptionId,
          names.resourceGroup,
          'Microsoft.Network/virtualNetworks/subnets',
          names.network,
          'app'
        )
      : ''
    connections: connections
    settings: settings
    additionalSettings: additionalAppSettings
  }
  dependsOn: [lockStorage, messaging, monitoring, network]
}

module alerts 'alerts.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    namespaceName: names.namespace
    queueName: queueName
    locksAccountName: names.locksAccount
    componentName: names.component
    actionGroupName: names.actionGroup
    email: alertEmail
    backlogThreshold: backlogAlertThreshold
  }
  dependsOn: [app]
}

// azd keeps them in .azure/<environment>/.env. Those that are named like app settings are what the operator's tools and a
// standalone host read. None is a secret: the deployment history keeps outputs.

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = names.resourceGroup
output AZURE_FUNCTION_NAME string = names.app
output FUNCTION_HOST string = app.outputs.host
output ServiceBusConnection__fullyQualifiedNamespace string = connections.ServiceBusConnection__fullyQualifiedNamespace
output LockStorage__blobServiceUri string = connections.LockStorage__blobServiceUri
output QUEUE_NAME string = settings.QUEUE_NAME
output LOCK_CONTAINER string = settings.LOCK_CONTAINER
output LOCK_SCOPE string = settings.LOCK_SCOPE
output LOCK_SPREAD string = settings.LOCK_SPREAD
output MESSAGE_TTL string = settings.MESSAGE_TTL
output COMPLETED_RETENTION string = settings.COMPLETED_RETENTION
output ABANDONED_RETENTION string = settings.ABANDONED_RETENTION
output MAX_DELIVERY_COUNT string = settings.MAX_DELIVERY_COUNT
output DUPLICATE_DETECTION string = requiresDuplicateDetection ? 'on' : 'off'
