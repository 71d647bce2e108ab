import { hostAccount, site, theOnly } from '../deployment.ts';
import { eachText, type Rule } from './rule.ts';

/** By type: the last segment of a name. Source: Microsoft, "Naming rules and restrictions for Azure resources". */
const namePatterns: Readonly<Record<string, RegExp>> = {
  'Microsoft.Authorization/roleAssignments': /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'Microsoft.Insights/actionGroups': /^[\w-]{1,260}$/,
  'Microsoft.Insights/components': /^[\w-]{1,260}$/,
  'Microsoft.Insights/metricAlerts': /^[\w-]{1,260}$/,
  'Microsoft.Insights/scheduledQueryRules': /^[\w-]{1,260}$/,
  'Microsoft.ManagedIdentity/userAssignedIdentities': /^[a-z0-9][\w-]{2,127}$/i,
  'Microsoft.Network/privateDnsZones': /^(?:[a-z0-9-]{1,63}\.)+[a-z]+$/,
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks': /^[a-z0-9][\w.-]{0,78}\w$/i,
  'Microsoft.Network/privateEndpoints': /^[a-z0-9][\w.-]{0,62}\w$/i,
  'Microsoft.Network/privateEndpoints/privateDnsZoneGroups': /^[\w-]{1,80}$/,
  'Microsoft.Network/virtualNetworks': /^[a-z0-9][\w.-]{0,62}\w$/i,
  'Microsoft.OperationalInsights/workspaces': /^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/i,
  'Microsoft.Resources/resourceGroups': /^[\w().-]{0,89}[\w()-]$/,
  'Microsoft.ServiceBus/namespaces': /^(?!.*-(?:sb|mgmt)?$)[a-z][a-z0-9-]{5,49}$/i,
  'Microsoft.ServiceBus/namespaces/queues': /^[a-z0-9](?:[\w.-]{0,258}[a-z0-9])?$/i,
  'Microsoft.Storage/storageAccounts': /^[a-z0-9]{3,24}$/,
  'Microsoft.Storage/storageAccounts/blobServices': /^default$/,
  'Microsoft.Storage/storageAccounts/blobServices/containers': /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/,
  'Microsoft.Storage/storageAccounts/managementPolicies': /^default$/,
  'Microsoft.Web/serverfarms': /^[a-z0-9-]{1,60}$/i,
  // Hosts of apps that share the first 32 characters take each other's leases.
  'Microsoft.Web/sites': /^[a-z0-9][a-z0-9-]{0,30}[a-z0-9]$/i,
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': /^(?:scm|ftp)$/,
  'Microsoft.Web/sites/config': /^appsettings$/,
};

/** Only Azure knows how the names of its clouds end. */
const cloud = (name: string): string =>
  name.replace(
    /\[format\('privatelink\.blob\.\{0\}', environment\(\)\.suffixes\.storage\)\]/,
    'privatelink.blob.core.windows.net',
  );

const names: Rule = {
  name: 'every name keeps to the limits of its type, for the longest environment name',
  problems: ({ predictedResources }) =>
    predictedResources.flatMap(({ type, name }) => {
      const pattern = namePatterns[type];
      if (pattern === undefined) return [`${type} is a type that is not listed here.`];
      if (type === 'Microsoft.Network/privateDnsZones/virtualNetworkLinks' && name.startsWith('[')) return [];
      return pattern.test(cloud(name).split('/').at(-1) ?? '') ? [] : [`${name} is not a name for ${type}.`];
    }),
};

const versions: Rule = {
  name: 'no type is used in a preview',
  problems: ({ predictedResources }) =>
    predictedResources.flatMap(({ type, apiVersion }) =>
      /^\d{4}-\d\d-\d\d$/.test(apiVersion) ? [] : [`${type}@${apiVersion} is a preview.`],
    ),
};

const outputs: Rule = {
  name: 'what is put out is not a secret, and enough for the tools of the operator',
  problems(deployment) {
    const { outputs: given } = deployment;
    const needed = [
      'AZURE_RESOURCE_GROUP',
      'AZURE_FUNCTION_NAME',
      'FUNCTION_HOST',
      'ServiceBusConnection__fullyQualifiedNamespace',
      'LockStorage__blobServiceUri',
      'QUEUE_NAME',
      'LOCK_CONTAINER',
      'LOCK_SCOPE',
      'DUPLICATE_DETECTION',
    ];
    const problems = needed.filter((name) => typeof given[name] !== 'string').map((name) => `${name} is not put out.`);
    eachText(given, (text, member) => {
      if (/key|secret|connectionstring|password/i.test(text.replace(/'[^']*'/g, '')))
        problems.push(`${member} puts out "${text}".`);
    });
    if (given['AZURE_FUNCTION_NAME'] !== theOnly(deployment, site).name)
      problems.push('AZURE_FUNCTION_NAME is another app.');
    if (String(given['LockStorage__blobServiceUri']).includes(`'${hostAccount(deployment).name}'`))
      problems.push('LockStorage__blobServiceUri is the account of the host.');
    return problems;
  },
};

export const nameRules: readonly Rule[] = [names, versions, outputs];
