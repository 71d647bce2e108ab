import { type Deployment, ofType, type Resource, read } from './deployment.ts';

/** A fault that a change of the template could bring, and the rule that must name it. */
export interface Fault {
  readonly name: string;
  /** Part of the name of a rule. */
  readonly rule: string;
  /** The fault in the Bicep: a file, a text that is there once, and what replaces it. */
  readonly inBicep: readonly [file: string, text: string, replacement: string];
  /** The same fault in what the template makes. */
  plantIn(deployment: Deployment): void;
}

const locks = 'stlk';
const every = (): boolean => true;

/** Sets what is at `path` in each resource of a type; without a value it is removed. */
function set(path: string, value: unknown, type: string, isMeant: (resource: Resource) => boolean = every) {
  return (deployment: Deployment): void => {
    const members = path.split('.');
    const last = members.pop() ?? '';
    for (const resource of ofType(deployment, type).filter(isMeant)) {
      const parent = members.length === 0 ? resource : read(resource, members.join('.'));
      if (value === undefined) delete (parent as Record<string, unknown>)[last];
      else (parent as Record<string, unknown>)[last] = value;
    }
  };
}

/** The resources of a copy, to be changed. */
const writable = ({ predictedResources }: Deployment) =>
  predictedResources as readonly { id: string; name: string; type: string; apiVersion: string }[];

const ofLocks = ({ id }: Resource): boolean => id.includes(locks);
const assignment = 'Microsoft.Authorization/roleAssignments';
const accounts = 'Microsoft.Storage/storageAccounts';

export const faults: readonly Fault[] = [
  {
    name: 'a key in a setting',
    rule: 'no key is read or written',
    inBicep: [
      'app.bicep',
      'AzureWebJobsStorage__accountName: hostAccountName',
      "AzureWebJobsStorage__accountName: hostAccountName\n      STORAGE_KEY: listKeys(resourceId('Microsoft.Storage/storageAccounts', hostAccountName), '2025-06-01').keys[0].value",
    ],
    plantIn: set(
      'properties.STORAGE_KEY',
      "[listKeys('st', '2025-06-01').keys[0].value]",
      'Microsoft.Web/sites/config',
    ),
  },
  {
    name: 'a connection string to Service Bus',
    rule: 'the only connection string is that of the component',
    inBicep: [
      'app.bicep',
      'AzureWebJobsStorage__accountName: hostAccountName',
      "AzureWebJobsStorage__accountName: hostAccountName\n      busConnectionString: 'Endpoint=sb://x'",
    ],
    plantIn: set('properties.busConnectionString', 'Endpoint=sb://x', 'Microsoft.Web/sites/config'),
  },
  {
    name: 'shared keys of the locks on',
    rule: 'nothing lets anybody in by a key',
    inBicep: ['lock-storage.bicep', 'allowSharedKeyAccess: false', 'allowSharedKeyAccess: true'],
    plantIn: set('properties.allowSharedKeyAccess', true, accounts, ofLocks),
  },
  {
    name: 'local authentication of Service Bus left as it is',
    rule: 'nothing lets anybody in by a key',
    inBicep: ['messaging.bicep', '    disableLocalAuth: true\n', ''],
    plantIn: set('properties.disableLocalAuth', undefined, 'Microsoft.ServiceBus/namespaces'),
  },
  {
    name: 'a role assignment without principalType',
    rule: 'every role assignment says what kind of principal it is for',
    inBicep: ['host-storage.bicep', "    principalType: 'ServicePrincipal'\n", ''],
    plantIn: set('properties.principalType', undefined, assignment, ({ id }) => !/stlk|queues|components/.test(id)),
  },
  {
    name: 'a role on the whole group',
    rule: 'every role is given on something narrower than the resource group',
    inBicep: ['host-storage.bicep', '  scope: account\n', ''],
    plantIn(deployment) {
      for (const resource of writable(deployment)) {
        if (resource.type === assignment)
          resource.id = resource.id.replace(/[/]providers[/]Microsoft[.]Storage.*(?=[/]providers[/])/, '');
      }
    },
  },
  {
    name: 'roles on the whole namespace',
    rule: 'every role is one that is needed, on what it is needed for',
    inBicep: [
      'messaging.bicep',
      'scope: namespace::queue\n    name: guid(namespace::queue.id, identity.id, role)',
      'scope: namespace\n    name: guid(namespace.id, identity.id, role)',
    ],
    plantIn(deployment) {
      for (const resource of writable(deployment))
        resource.id = resource.id.replace(/[/]queues[/][^/]+(?=[/]providers)/, '');
    },
  },
  {
    name: 'no role on the component',
    rule: 'the app has every role that it needs',
    inBicep: ['monitoring.bicep', 'scope: component\n', 'scope: workspace\n'],
    plantIn(deployment) {
      const resources = deployment.predictedResources as Resource[];
      resources.splice(
        resources.findIndex(({ id, type }) => type === assignment && id.includes('/components/')),
        1,
      );
    },
  },
  {
    name: 'soft delete of the locks on',
    rule: 'the store of the locks keeps no copies, and loses no write',
    inBicep: [
      'lock-storage.bicep',
      'deleteRetentionPolicy: { enabled: false }\n      container',
      'deleteRetentionPolicy: { enabled: true, days: 7 }\n      container',
    ],
    plantIn: set('properties.deleteRetentionPolicy.enabled', true, `${accounts}/blobServices`, ofLocks),
  },
  {
    name: 'versions of the locks not written out as off',
    rule: 'the store of the locks keeps no copies, and loses no write',
    inBicep: ['lock-storage.bicep', '      isVersioningEnabled: false\n', ''],
    plantIn: set('properties.isVersioningEnabled', undefined, `${accounts}/blobServices`, ofLocks),
  },
  {
    name: 'a lifecycle rule that is shorter than the retention',
    rule: 'the store deletes a lock a day after the app may, and not before',
    inBicep: [
      'main.bicep',
      'max(completedRetentionDays, abandonedRetentionDays) + 1',
      'min(completedRetentionDays, abandonedRetentionDays)',
    ],
    plantIn: set(
      'properties.policy.rules.0.definition.actions.baseBlob.delete.daysAfterModificationGreaterThan',
      3,
      `${accounts}/managementPolicies`,
    ),
  },
  {
    name: 'a lifecycle rule that counts from the creation',
    rule: 'the store deletes a lock a day after the app may, and not before',
    inBicep: ['lock-storage.bicep', 'daysAfterModificationGreaterThan', 'daysAfterCreationGreaterThan'],
    plantIn: set(
      'properties.policy.rules.0.definition.actions.baseBlob.delete',
      { daysAfterCreationGreaterThan: 15 },
      `${accounts}/managementPolicies`,
    ),
  },
  {
    name: 'a lifecycle rule that deletes what says how the locks are laid out',
    rule: 'the store deletes a lock a day after the app may, and not before',
    inBicep: ['lock-storage.bicep', "blobTypes: ['blockBlob']", "blobTypes: ['blockBlob', 'appendBlob']"],
    plantIn: set(
      'properties.policy.rules.0.definition.filters.blobTypes',
      ['blockBlob', 'appendBlob'],
      `${accounts}/managementPolicies`,
    ),
  },
  {
    name: 'a queue that delivers less often than the app is told',
    rule: 'the queue is what the app is told of it',
    inBicep: ['messaging.bicep', 'maxDeliveryCount: maxDeliveryCount', 'maxDeliveryCount: maxDeliveryCount - 5'],
    plantIn: set('properties.maxDeliveryCount', 5, 'Microsoft.ServiceBus/namespaces/queues'),
  },
  {
    name: 'an empty AzureWebJobsStorage',
    rule: 'no app setting is one that Flex Consumption refuses',
    inBicep: [
      'app.bicep',
      'AzureWebJobsStorage__accountName: hostAccountName',
      "AzureWebJobsStorage: ''\n      AzureWebJobsStorage__accountName: hostAccountName",
    ],
    plantIn: set('properties.AzureWebJobsStorage', '', 'Microsoft.Web/sites/config'),
  },
  {
    name: 'a trigger that is not told how to sign in',
    rule: 'every connection says where, how, and as whom',
    inBicep: ['app.bicep', "      ServiceBusConnection__credential: 'managedidentity'\n", ''],
    plantIn: set('properties.ServiceBusConnection__credential', undefined, 'Microsoft.Web/sites/config'),
  },
  {
    name: 'TLS 1.0 to the locks',
    rule: 'everything is encrypted on the way',
    inBicep: ['lock-storage.bicep', "minimumTlsVersion: 'TLS1_2'", "minimumTlsVersion: 'TLS1_0'"],
    plantIn: set('properties.minimumTlsVersion', 'TLS1_0', accounts, ofLocks),
  },
  {
    name: 'a container of locks that everybody can read',
    rule: 'no blob can be read by everybody',
    inBicep: [
      'lock-storage.bicep',
      "name: lockContainerName\n      properties: { publicAccess: 'None' }",
      "name: lockContainerName\n      properties: { publicAccess: 'Blob' }",
    ],
    plantIn: set('properties.publicAccess', 'Blob', `${accounts}/blobServices/containers`, ({ name }) =>
      /locks$/.test(name),
    ),
  },
  {
    name: 'an account name that the longest environment makes too long',
    rule: 'every name keeps to the limits of its type, for the longest environment name',
    inBicep: ['main.bicep', "locksAccount: 'stlk", "locksAccount: 'stlkanenvironment"],
    plantIn(deployment) {
      for (const resource of writable(deployment)) resource.name = resource.name.replace(/^stlk\w+/, '$&anenvironment');
    },
  },
  {
    name: 'an alert on another metric',
    rule: 'dead letters, a backlog, a store that fails and sweeps that do not happen raise an alert',
    inBicep: ['alerts.bicep', "metric: 'DeadletteredMessages'", "metric: 'Messages'"],
    plantIn: set('properties.criteria.allOf.0.metricName', 'Messages', 'Microsoft.Insights/metricAlerts'),
  },
  {
    name: 'a namespace that is open beside a closed network',
    rule: 'storage and Service Bus are closed to the internet exactly if there is a network',
    inBicep: [
      'messaging.bicep',
      "publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'",
      "publicNetworkAccess: 'Enabled'",
    ],
    plantIn: set('properties.publicNetworkAccess', 'Enabled', 'Microsoft.ServiceBus/namespaces'),
  },
  {
    name: 'an archive in another container than the handler writes to',
    rule: 'the containers that the app is told of exist',
    inBicep: ['main.bicep', "archiveContainerName = 'processed'", "archiveContainerName = 'archive'"],
    plantIn: set('name', 'stlk/default/archive', `${accounts}/blobServices/containers`, ({ name }) =>
      /processed$/.test(name),
    ),
  },
  {
    name: 'a deployment by a connection string',
    rule: 'the app is one on Flex Consumption that deploys as its identity',
    inBicep: [
      'app.bicep',
      "{ type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }",
      "{ type: 'StorageAccountConnectionString', storageAccountConnectionStringName: 'DEPLOYMENT' }",
    ],
    plantIn: set(
      'properties.functionAppConfig.deployment.storage.authentication.type',
      'StorageAccountConnectionString',
      'Microsoft.Web/sites',
    ),
  },
  {
    name: 'a site that azd does not find',
    rule: 'everything that takes tags says whose it is',
    inBicep: ['app.bicep', "tags: union(tags, { 'azd-service-name': 'app' })", 'tags: tags'],
    plantIn: set('tags.azd-service-name', undefined, 'Microsoft.Web/sites'),
  },
  {
    name: 'a preview',
    rule: 'no type is used in a preview',
    inBicep: [
      'messaging.bicep',
      "resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01'",
      "resource namespace 'Microsoft.ServiceBus/namespaces@2022-10-01-preview'",
    ],
    plantIn: set('apiVersion', '2022-10-01-preview', 'Microsoft.ServiceBus/namespaces'),
  },
  {
    name: 'nothing put out about duplicate detection',
    rule: 'what is put out is not a secret, and enough for the tools of the operator',
    inBicep: ['main.bicep', 'output DUPLICATE_DETECTION string', 'output DEDUPLICATION string'],
    plantIn({ outputs }) {
      delete (outputs as Record<string, unknown>)['DUPLICATE_DETECTION'];
    },
  },
];
