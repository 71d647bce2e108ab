import type { SubscriptionOptions, TopicOptions } from '../broker/topic-options.ts';
import { ruleNames, subscriptionNames } from './names.ts';
import type { Section } from './problems.ts';
import { readDuplicates, readReceiving, readTimeToLive } from './queue.ts';
import { readRule } from './rule.ts';

/** A topic, with everything of its section. */
export function readTopic(name: string, section: Section): TopicOptions {
  const properties = section.section('Properties');
  const options = { ...readDuplicates(properties), ...readTimeToLive(properties) };
  properties.end();
  const readName = subscriptionNames();
  const subscriptions = section.sections('Subscriptions').map((each) => readSubscription(readName(each), each));
  section.end();
  return { name, ...options, subscriptions };
}

function readSubscription(name: string, section: Section): SubscriptionOptions {
  const properties = section.section('Properties');
  const deadLetterOnFilterError = properties.boolean('DeadLetteringOnFilterEvaluationExceptions');
  const options = {
    ...readReceiving(properties),
    ...readTimeToLive(properties),
    ...(deadLetterOnFilterError !== undefined && { deadLetterOnFilterError }),
  };
  properties.end();
  const readName = ruleNames();
  const rules = section.sections('Rules').map((each) => readRule(readName(each), each));
  section.end();
  return { name, ...options, ...(rules.length > 0 && { rules }) };
}
