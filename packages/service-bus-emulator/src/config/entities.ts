import type { EntityOptions } from '../broker/entity-options.ts';
import type { SubscriptionOptions, TopicOptions } from '../broker/topic-options.ts';
import { entityNames } from './names.ts';
import type { Section } from './problems.ts';
import { readQueue } from './queue.ts';
import { readTopic } from './topic.ts';

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
  const readName = entityNames();
  const queues = namespace.sections('Queues').map((section) => readQueue(readName(section), section));
  const topics = namespace.sections('Topics').map((section) => readTopic(readName(section), section));
  const names = new Set([...queues, ...topics].map(({ name }) => name.toLowerCase()));
  for (const { name, forwardTo, forwardDeadLettersTo } of [...queues, ...topics.flatMap(subscriptionsOf)]) {
    for (const path of [forwardTo, forwardDeadLettersTo]) {
      if (path === undefined || names.has(path.toLowerCase())) continue;
      user.problem('Namespaces[0]', `There is no queue or topic "${path}" that "${name}" could forward to.`);
    }
  }
  namespace.end();
  return { queues, topics };
}

const subscriptionsOf = ({ name: topic, subscriptions = [] }: TopicOptions): readonly SubscriptionOptions[] =>
  subscriptions.map((each) => ({ ...each, name: `${topic}/Subscriptions/${each.name}` }));
