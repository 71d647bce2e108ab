import type { Section } from './problems.ts';

const entityRule = {
  what: 'letters, digits, periods, hyphens, underscores and slashes, with a letter or digit at both ends',
  pattern: /^[a-z\d]([\w./-]*[a-z\d])?$/i,
  most: 260,
};
const innerRule = {
  what: 'letters, digits, periods, hyphens and underscores, with a letter or digit at both ends',
  pattern: /^[a-z\d]([\w.-]*[a-z\d])?$/i,
  most: 50,
};
const ruleRule = { ...innerRule, pattern: /^\$?[a-z\d]([\w.-]*[a-z\d])?$/i };

/** Reads the names of queues and topics, which have to differ. Source: Microsoft, "Service Bus quotas". */
export const entityNames = () => namesOf(entityRule, 'a queue or topic');
/** Reads the names of the subscriptions of a topic. */
export const subscriptionNames = () => namesOf(innerRule, 'a subscription');
/** Reads the names of the rules of a subscription. */
export const ruleNames = () => namesOf(ruleRule, 'a rule');

export const isEntityName = (name: string): boolean => follows(name, entityRule);
export const isInnerName = (name: string): boolean => follows(name, innerRule);

const follows = (name: string, { most, pattern }: typeof entityRule): boolean =>
  name.length <= most && pattern.test(name);

function namesOf(rule: typeof entityRule, kind: string): (section: Section) => string {
  const names = new Set<string>();
  return (section) => {
    const name = section.text('Name') ?? '';
    const key = name.toLowerCase();
    if (!follows(name, rule)) {
      section.problem('Name', `It must be a name of 1 to ${rule.most} ${rule.what}, and is "${name}".`);
    } else if (names.has(key)) {
      section.problem('Name', `There is ${kind} "${name}" already.`);
    }
    names.add(key);
    return name;
  };
}
