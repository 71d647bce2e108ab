import { appSettings, hostAccount, list, ofType, read, site, theOnly } from '../deployment.ts';
import { differing, type Rule } from './rule.ts';

/** Source: Microsoft, "App settings reference for Azure Functions", Flex Consumption plan deprecations. */
const refusedSettings = [
  'AzureWebJobsStorage', // a plain one wins over those with a suffix, even if it is empty
  'ENABLE_ORYX_BUILD',
  'FUNCTIONS_EXTENSION_VERSION',
  'FUNCTIONS_WORKER_RUNTIME',
  'SCM_DO_BUILD_DURING_DEPLOYMENT',
  'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING',
  'WEBSITE_CONTENTSHARE',
  'WEBSITE_NODE_DEFAULT_VERSION',
  'WEBSITE_RUN_FROM_PACKAGE',
];

const noRefusedSetting: Rule = {
  name: 'no app setting is one that Flex Consumption refuses',
  problems: (deployment) =>
    Object.keys(appSettings(deployment)).flatMap((name) =>
      refusedSettings.some((each) => each.toLowerCase() === name.toLowerCase()) ? [`${name} is set.`] : [],
    ),
};

/** With a user-assigned identity each connection needs all three; a trigger without them looks for a connection string. */
const wholeConnections: Rule = {
  name: 'every connection says where, how, and as whom',
  problems(deployment) {
    const settings = appSettings(deployment);
    const { id } = theOnly(deployment, 'Microsoft.ManagedIdentity/userAssignedIdentities');
    const clientId = `[reference('${id}', '2024-11-30').clientId]`;
    const addresses = {
      AzureWebJobsStorage: 'accountName',
      ServiceBusConnection: 'fullyQualifiedNamespace',
      LockStorage: 'blobServiceUri',
    };
    const problems = Object.entries(addresses).flatMap(([name, address]) => [
      ...(settings[`${name}__${address}`] ? [] : [`${name}__${address} is not set.`]),
      ...(settings[`${name}__credential`] === 'managedidentity'
        ? []
        : [`${name}__credential is not "managedidentity".`]),
      ...(settings[`${name}__clientId`] === clientId ? [] : [`${name}__clientId is not the identity's client ID.`]),
      ...(name in settings ? [`${name} is set, and would win.`] : []),
    ]);
    const authentication = settings['APPLICATIONINSIGHTS_AUTHENTICATION_STRING'] ?? '';
    if (!authentication.includes('Authorization=AAD') || !authentication.includes(clientId.slice(1, -1))) {
      problems.push('APPLICATIONINSIGHTS_AUTHENTICATION_STRING does not name the identity.');
    }
    return problems;
  },
};

const flexConsumption: Rule = {
  name: 'the app is one on Flex Consumption that deploys as its identity',
  problems(deployment) {
    const app = theOnly(deployment, site);
    const identity = theOnly(deployment, 'Microsoft.ManagedIdentity/userAssignedIdentities').id;
    const account = hostAccount(deployment).name;
    const storage = String(read(app, 'properties.functionAppConfig.deployment.storage.value'));
    const containers = ofType(deployment, 'Microsoft.Storage/storageAccounts/blobServices/containers').map(
      (each) => each.name,
    );
    const config = 'properties.functionAppConfig';
    return [
      ...differing(theOnly(deployment, 'Microsoft.Web/serverfarms'), {
        'sku.name': 'FC1',
        'sku.tier': 'FlexConsumption',
        'properties.reserved': true,
      }),
      ...differing(app, {
        kind: 'functionapp,linux',
        'identity.type': 'UserAssigned',
        [`${config}.runtime.name`]: 'node',
        [`${config}.deployment.storage.authentication.type`]: 'UserAssignedIdentity',
        [`${config}.deployment.storage.authentication.userAssignedIdentityResourceId`]: identity,
      }),
      ...(storage.includes(`'${account}'`) && storage.includes("'app-package'")
        ? []
        : [`The package goes to ${storage}.`]),
      ...(containers.includes(`${account}/default/app-package`) ? [] : ['The container of the package is not made.']),
      ...(Object.keys((app['identity'] as { userAssignedIdentities: object }).userAssignedIdentities).join() ===
      identity
        ? []
        : ['The app has not the identity alone.']),
      ...list(app, `${config}.scaleAndConcurrency.alwaysReady`).flatMap((ready) =>
        read(ready, 'name') === 'function:processMessage' ? [] : [`${read(ready, 'name')} is always ready.`],
      ),
    ];
  },
};

/** By these azd finds what is its own, and the one site that it deploys to. */
const tags: Rule = {
  name: 'everything that takes tags says whose it is',
  problems(deployment) {
    const withLocation = deployment.predictedResources.filter(({ location }) => location !== undefined);
    const services = withLocation.filter((each) => read(each, 'tags.azd-service-name') !== undefined);
    return [
      ...withLocation.flatMap((each) =>
        typeof read(each, 'tags.azd-env-name') === 'string' ? [] : [`${each.name} has no tag azd-env-name.`],
      ),
      ...(services.map(({ type }) => type).join() === site
        ? []
        : ['Not exactly the site has the tag azd-service-name.']),
    ];
  },
};

export const appRules: readonly Rule[] = [noRefusedSetting, wholeConnections, flexConsumption, tags];
