import type { EntityStatus, QueueOptions } from '../broker/queue-options.ts';
import type { SubscriptionOptions, TopicOptions } from '../broker/topic-options.ts';
import { longestDuration, parseDuration } from '../config/duration.ts';
import { Problems, Section } from '../config/problems.ts';
import { readDuplicates, readReceiving, readTimeToLive } from '../config/queue.ts';
import { Refusal } from './refusal.ts';
import { readRule } from './rule-description.ts';
import { childOf, type XmlElement } from './xml.ts';

const statuses = ['Active', 'Disabled', 'SendDisabled', 'ReceiveDisabled'];
const userMetadata = 'UserMetadata'; // whatever it looks like

/** A queue as it is read from `QueueDescription`. Throws Refusal with everything that is wrong. */
export const readQueueOptions = (description: XmlElement, name: string): QueueOptions =>
  read(description, (section) => ({
    name,
    ...readReceiving(section),
    ...readDuplicates(section),
    ...readCommon(section),
    ...readMaxMessageBytes(section),
  }));

/** A topic as it is read from `TopicDescription`. Throws Refusal with everything that is wrong. */
export const readTopicOptions = (description: XmlElement, name: string): TopicOptions =>
  read(description, (section) => ({
    name,
    ...readDuplicates(section),
    ...readCommon(section),
    ...readMaxMessageBytes(section),
  }));

/** A subscription as it is read from `SubscriptionDescription`. Throws Refusal with everything that is wrong. */
export function readSubscriptionOptions(description: XmlElement, name: string): SubscriptionOptions {
  const options = read(description, (section) => {
    const deadLetterOnFilterError = section.boolean('DeadLetteringOnFilterEvaluationExceptions');
    return {
      name,
      ...readReceiving(section),
      ...readCommon(section),
      ...(deadLetterOnFilterError !== undefined && { deadLetterOnFilterError }),
    };
  });
  const rule = childOf(description, 'DefaultRuleDescription');
  return rule === undefined
    ? options
    : { ...options, rules: [readRule(rule, childOf(rule, 'Name')?.text ?? '$Default')] };
}

/** The members have the names and the limits that they have in the configuration file, and are all text. */
function read<Options>(description: XmlElement, readSection: (section: Section) => Options): Options {
  const problems = new Problems();
  const members = description.children
    .filter(({ text }) => text !== '')
    .map(({ name, text }) => [name, memberOf(name, text)]);
  const options = readSection(new Section(Object.fromEntries(members), '', problems));
  if (problems.found.length > 0) throw new Refusal(400, problems.found.join(' '));
  return options;
}

function memberOf(name: string, text: string): string | number | boolean | undefined {
  if (name.startsWith('Forward')) return pathOf(text);
  if (name === userMetadata) return text;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (/^\d+$/.test(text)) return Number(text);
  const isUnlimited = (parseDuration(text) ?? 0) >= (parseDuration(longestDuration) ?? 0);
  return isUnlimited ? undefined : text;
}

/** Clients name the entity to forward to by its path, or by its whole address. */
const pathOf = (address: string): string => decodeURI(address.replace(/^[a-z]+:\/\/[^/]*\//i, ''));

function readCommon(section: Section): { readonly defaultTimeToLiveMs?: number; readonly status?: EntityStatus } {
  const status = section.text('Status');
  if (status !== undefined && !statuses.includes(status))
    section.problem('Status', `It must be one of ${statuses.join(', ')}.`);
  return { ...readTimeToLive(section), ...(status !== undefined && { status: status as EntityStatus }) };
}

/** Source: Microsoft, "Service Bus quotas", premium tier. */
function readMaxMessageBytes(section: Section): { readonly maxMessageBytes?: number } {
  const kilobytes = section.integer('MaxMessageSizeInKilobytes', 1, 102_400);
  return kilobytes === undefined ? {} : { maxMessageBytes: kilobytes * 1_024 };
}
