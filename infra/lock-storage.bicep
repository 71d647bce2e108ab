metadata description = 'The storage account of the locks, and of what the shipped handler archives.'

import { roles } from 'roles.bicep'

param location string
param tags object
param name string
param sku string
param lockContainerName string
param archiveContainerName string
@description('The store deletes a lock after so many days without a write. The app deletes it a day earlier, if it runs.')
param lifecycleDays int
param identityName string
param operatorPrincipalId string
param operatorPrincipalType string
param isPrivate bool

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    isHnsEnabled: false
    isLocalUserEnabled: false
    isSftpEnabled: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      bypass: isPrivate ? 'None' : 'AzureServices'
    }
  }

  // All of it written out, so that no default can differ. A version or a soft-deleted copy would be kept of every write of a
  // lock, and paid for; that a container can be restored costs nothing.
  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      isVersioningEnabled: false
      deleteRetentionPolicy: { enabled: false }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
      changeFeed: { enabled: false }
      restorePolicy: { enabled: false }
      lastAccessTimeTrackingPolicy: { enable: false }
    }

    resource locks 'containers' = {
      name: lockContainerName
      properties: { publicAccess: 'None' }
    }

    resource archive 'containers' = {
      name: archiveContainerName
      properties: { publicAccess: 'None' }
    }
  }

  // A safety net for an app that scales to zero. Each write of a lock is a modification, so a held lock never comes of age.
  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: [
          {
            name: 'delete-old-locks'
            enabled: true
            type: 'Lifecycle'
            definition: {
              filters: {
                blobTypes: ['blockBlob']
                prefixMatch: ['${lockContainerName}/']
              }
              actions: {
                baseBlob: { delete: { daysAfterModificationGreaterThan: lifecycleDays } }
              }
            }
          }
        ]
      }
    }
    dependsOn: [blobs]
  }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource lockRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::blobs::locks
  name: guid(account::blobs::locks.id, identity.id, roles.storageBlobDataContributor)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageBlobDataContributor
    )
  }
}

resource archiveRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::blobs::archive
  name: guid(account::blobs::archive.id, identity.id, roles.storageBlobDataContributor)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageBlobDataContributor
    )
  }
}

resource operatorRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorPrincipalId)) {
  scope: account::blobs::locks
  name: guid(account::blobs::locks.id, operatorPrincipalId, roles.storageBlobDataContributor)
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageBlobDataContributor
    )
  }
}
