import { appSettings, type Deployment, list, locksAccount, ofType, read, theOnly } from '../deployment.ts';
import { differing, type Rule } from './rule.ts';

const lockStore: Rule = {
  name: 'the store of the locks keeps no copies, and loses no write',
  problems(deployment) {
    const account = locksAccount(deployment);
    const sku = String(read(account, 'sku.name'));
    const blobs = theOnly(
      deployment,
      'Microsoft.Storage/storageAccounts/blobServices',
      ({ name }) => name === `${account.name}/default`,
    );
    return [
      // A failover of a geo-redundant account can lose the last writes.
      ...(['Standard_ZRS', 'Standard_LRS'].includes(sku) ? [] : [`${account.name} is ${sku}.`]),
      ...differing(account, { kind: 'StorageV2', 'properties.isHnsEnabled': false, 'properties.isSftpEnabled': false }),
      ...differing(blobs, {
        'properties.isVersioningEnabled': false,
        'properties.deleteRetentionPolicy.enabled': false,
        'properties.changeFeed.enabled': false,
        'properties.restorePolicy.enabled': false,
        'properties.lastAccessTimeTrackingPolicy.enable': false,
      }),
    ];
  },
};

const container: Rule = {
  name: 'the containers that the app is told of exist',
  problems(deployment) {
    const { name } = locksAccount(deployment);
    const containers = ofType(deployment, 'Microsoft.Storage/storageAccounts/blobServices/containers').map(
      (each) => each.name,
    );
    return [appSettings(deployment)['LOCK_CONTAINER'], 'processed'].flatMap((each) =>
      containers.includes(`${name}/default/${each}`) ? [] : [`There is no container ${each} in ${name}.`],
    );
  },
};

/** Days of a duration of whole days. */
export const days = (duration: string | undefined): number => Number(/^P(\d+)D$/.exec(duration ?? '')?.[1]);

/** The days of both retentions that the app is told. */
export function retentions(deployment: Deployment): readonly number[] {
  const { COMPLETED_RETENTION: completed, ABANDONED_RETENTION: abandoned } = appSettings(deployment);
  return [days(completed), days(abandoned)];
}

const lifecycle: Rule = {
  name: 'the store deletes a lock a day after the app may, and not before',
  problems(deployment) {
    const policy = theOnly(deployment, 'Microsoft.Storage/storageAccounts/managementPolicies');
    const [rule, ...others] = list(policy, 'properties.policy.rules');
    if (rule === undefined || others.length > 0) return [`${policy.name} has not exactly one rule.`];
    const given = read(rule, 'definition.actions.baseBlob.delete');
    const least = 1 + Math.max(...retentions(deployment));
    const problems: string[] = [];
    // By the last write: a lock of long work is created long before it is completed.
    if (JSON.stringify(given) !== JSON.stringify({ daysAfterModificationGreaterThan: least })) {
      problems.push(`The rule deletes at ${JSON.stringify(given)}, but must do so ${least} days after the last write.`);
    }
    const prefix = `${appSettings(deployment)['LOCK_CONTAINER']}/`;
    const filters = JSON.stringify(read(rule, 'definition.filters'));
    const expected = JSON.stringify({ blobTypes: ['blockBlob'], prefixMatch: [prefix] });
    if (filters !== expected) problems.push(`The rule is for ${filters}, but must be for ${expected}.`);
    if (read(rule, 'enabled') !== true) problems.push('The rule is off.');
    return problems;
  },
};

const queue: Rule = {
  name: 'the queue is what the app is told of it',
  problems(deployment) {
    const settings = appSettings(deployment);
    const found = theOnly(deployment, 'Microsoft.ServiceBus/namespaces/queues');
    const name = found.name.split('/').at(-1);
    return [
      ...(name === settings['QUEUE_NAME']
        ? []
        : [`QUEUE_NAME is ${settings['QUEUE_NAME']}, but the queue is ${name}.`]),
      ...differing(found, {
        'properties.maxDeliveryCount': Number(settings['MAX_DELIVERY_COUNT']),
        'properties.defaultMessageTimeToLive': settings['MESSAGE_TTL'],
        'properties.deadLetteringOnMessageExpiration': true,
        'properties.requiresDuplicateDetection': false,
        'properties.requiresSession': false,
        'properties.enablePartitioning': false,
      }),
    ];
  },
};

export const lockRules: readonly Rule[] = [lockStore, container, lifecycle, queue];
