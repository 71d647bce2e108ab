using '../../../infra/main.bicep'

// Every switch on, every number other than its default, in an environment with the longest name.
param environmentName = 'an-environment-whose-name-is-as-long-as-azd-lets-a-name-be-4-you'
param location = 'germanywestcentral'
param queueName = 'Orders'
param lockContainerName = 'order-locks'
param messageTtlDays = 20
param completedRetentionDays = 30
param abandonedRetentionDays = 3
param maxDeliveryCount = 12
param functionsNodeVersion = '22'
param instanceMemoryMB = 4096
param maximumInstanceCount = 40
param alwaysReadyInstances = 2
param exactScaling = true
param locksSku = 'Standard_LRS'
param vnetEnabled = true
param operatorPrincipalId = '11111111-1111-1111-1111-111111111111'
param operatorPrincipalType = 'Group'
param alertEmail = 'on-call@example.com'
param backlogAlertThreshold = 5
param logRetentionDays = 90
param additionalAppSettings = { PAYMENTS_URL: 'https://payments.example.com' }
