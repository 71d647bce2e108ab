import { ofType, read, site, storageAccounts } from '../deployment.ts';
import { differing, type Rule } from './rule.ts';

const tls: Rule = {
  name: 'everything is encrypted on the way',
  problems: (deployment) => [
    ...ofType(deployment, storageAccounts).flatMap((account) =>
      differing(account, { 'properties.minimumTlsVersion': 'TLS1_2', 'properties.supportsHttpsTrafficOnly': true }),
    ),
    ...ofType(deployment, 'Microsoft.ServiceBus/namespaces').flatMap((namespace) =>
      differing(namespace, { 'properties.minimumTlsVersion': '1.2' }),
    ),
    ...ofType(deployment, site).flatMap((app) =>
      differing(app, { 'properties.httpsOnly': true, 'properties.siteConfig.minTlsVersion': '1.2' }),
    ),
  ],
};

const noPublicBlobs: Rule = {
  name: 'no blob can be read by everybody',
  problems: (deployment) => [
    ...ofType(deployment, storageAccounts).flatMap((account) =>
      differing(account, {
        'properties.allowBlobPublicAccess': false,
        'properties.allowCrossTenantReplication': false,
      }),
    ),
    ...ofType(deployment, 'Microsoft.Storage/storageAccounts/blobServices/containers').flatMap((container) =>
      differing(container, { 'properties.publicAccess': 'None' }),
    ),
  ],
};

/** With a network: closed to the internet, and each with an endpoint within. Without: open, and nothing is half closed. */
const publicAccess: Rule = {
  name: 'storage and Service Bus are closed to the internet exactly if there is a network',
  problems(deployment) {
    const isClosed = ofType(deployment, 'Microsoft.Network/virtualNetworks').length > 0;
    const accounts = ofType(deployment, storageAccounts);
    const namespaces = ofType(deployment, 'Microsoft.ServiceBus/namespaces');
    const access = { 'properties.publicNetworkAccess': isClosed ? 'Disabled' : 'Enabled' };
    const acls = { 'properties.networkAcls.defaultAction': isClosed ? 'Deny' : 'Allow' };
    const open = JSON.stringify(ofType(deployment, 'Microsoft.Network/privateEndpoints'));
    return [
      ...accounts.flatMap((account) => differing(account, { ...access, ...acls })),
      ...namespaces.flatMap((namespace) =>
        differing(namespace, { ...access, 'sku.name': isClosed ? 'Premium' : 'Standard' }),
      ),
      ...[...accounts, ...namespaces].flatMap(({ id, name }) =>
        isClosed && !open.includes(`"${id}"`) ? [`${name} has no private endpoint.`] : [],
      ),
      ...ofType(deployment, site).flatMap((app) =>
        (typeof read(app, 'properties.virtualNetworkSubnetId') === 'string') === isClosed
          ? []
          : [`${app.name} is ${isClosed ? 'not ' : ''}in a network.`],
      ),
    ];
  },
};

export const transportRules: readonly Rule[] = [tls, noPublicBlobs, publicAccess];
