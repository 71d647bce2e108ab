import type { EntityOptions } from '../broker/entity-options.ts';
import type { QueueOptions } from '../broker/queue-options.ts';
import type { Section } from './problems.ts';

/** The entities of the one namespace. What is wrong is noted where the sections note it. */
export function readEntities(root: Section): EntityOptions {
  const user = root.section('UserConfig');
  root.end();
  const [namespace, ...others] = user.sections('Namespaces');
  user.section('Logging'); // how the official emulator logs; this one writes to the standard error output
  user.end();
  if (namespace === undefined) {
    user.problem('Namespaces', 'There must be one namespace.');
    return {};
  }
  if (others.length > 0) user.problem('Namespaces', 'There must be one namespace only, as in the official emulator.');
  namespace.text('Name');
  const queues = readQueues(namespace);
  for (const topic of namespace.sections('Topics')) {
    namespace.problem('Topics', `Topics are not emulated. Take "${topic.text('Name')}" out.`);
  }
  namespace.end();
  return { queues };
}

function readQueues(namespace: Section): readonly QueueOptions[] {
  const names = new Set<string>();
  return namespace.sections('Queues').map((section) => {
    const name = section.text('Name') ?? '';
    const key = name.toLowerCase();
    if (!isName(name)) section.problem('Name', `It must be a name of 1 to 260 ${nameRule}, and is "${name}".`);
    else if (names.has(key)) section.problem('Name', `There is a queue "${name}" already.`);
    names.add(key);
    const options = readQueue(name, section.section('Properties'));
    section.end();
    return options;
  });
}

/** Source of the limits: Microsoft, "Service Bus quotas", and its reference of Microsoft.ServiceBus namespaces/queues. */
function readQueue(name: string, properties: Section): QueueOptions {
  const lockDurationMs = properties.duration('LockDuration', { least: 'PT1S', most: 'PT5M' });
  const defaultTimeToLiveMs = properties.duration('DefaultMessageTimeToLive', { least: 'PT1S' });
  const detectsDuplicates = properties.boolean('RequiresDuplicateDetection') ?? false;
  const windowMs = properties.duration('DuplicateDetectionHistoryTimeWindow', { least: 'PT20S', most: 'P7D' });
  const maxDeliveryCount = properties.integer('MaxDeliveryCount', 1, 2_000);
  const deadLetterOnExpiration = properties.boolean('DeadLetteringOnMessageExpiration') ?? false;
  if (properties.boolean('RequiresSession')) properties.problem('RequiresSession', 'Sessions are not emulated.');
  for (const forwarding of ['ForwardTo', 'ForwardDeadLetteredMessagesTo']) {
    if (properties.text(forwarding)) properties.problem(forwarding, 'Forwarding is not emulated.');
  }
  properties.end();
  return {
    name,
    deadLetterOnExpiration,
    ...(lockDurationMs !== undefined && { lockDurationMs }),
    ...(maxDeliveryCount !== undefined && { maxDeliveryCount }),
    ...(defaultTimeToLiveMs !== undefined && { defaultTimeToLiveMs }),
    ...(detectsDuplicates && { duplicateDetectionWindowMs: windowMs ?? 600_000 }),
  };
}

const nameRule = 'letters, digits, periods, hyphens, underscores and slashes, with a letter or digit at both ends';
const isName = (name: string): boolean => name.length <= 260 && /^[a-z\d]([\w./-]*[a-z\d])?$/i.test(name);
