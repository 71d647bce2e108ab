metadata description = 'The Service Bus namespace and its queue, with the numbers that the app is told.'

import { roles } from 'roles.bicep'

param location string
param tags object
param namespaceName string
param queueName string
param messageTtlDays int
param maxDeliveryCount int
param requiresDuplicateDetection bool
param identityName string
param exactScaling bool
param operatorPrincipalId string
param operatorPrincipalType string
param isPrivate bool

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: namespaceName
  location: location
  tags: tags
  sku: isPrivate ? { name: 'Premium', tier: 'Premium', capacity: 1 } : { name: 'Standard', tier: 'Standard' }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
  }

  resource queue 'queues' = {
    name: queueName
    properties: {
      // The host renews the peek-lock; a short one brings the message of a dead process back sooner.
      lockDuration: 'PT1M'
      maxDeliveryCount: maxDeliveryCount
      // A sender's own time to live is cut to this one.
      defaultMessageTimeToLive: 'P${messageTtlDays}D'
      // Else an expired message is gone without a trace.
      deadLetteringOnMessageExpiration: true
      requiresDuplicateDetection: requiresDuplicateDetection
      requiresSession: false
      enablePartitioning: false
      maxSizeInMegabytes: 5120
    }
  }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

// The right to manage, which exact scaling needs, includes both others.
var appRoles = exactScaling ? [roles.serviceBusDataOwner] : [roles.serviceBusDataReceiver, roles.serviceBusDataSender]

resource appRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in appRoles: {
    scope: namespace::queue
    name: guid(namespace::queue.id, identity.id, role)
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

// Looking at dead letters needs the right to receive them: there is no role that may only peek.
resource operatorRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [roles.serviceBusDataReceiver, roles.serviceBusDataSender]: if (!empty(operatorPrincipalId)) {
    scope: namespace::queue
    name: guid(namespace::queue.id, operatorPrincipalId, role)
    properties: {
      principalId: operatorPrincipalId
      principalType: operatorPrincipalType
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]
