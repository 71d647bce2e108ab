import type { Clock } from './clock.ts';
import type { MessageProperties } from './message-properties.ts';
import { Queue } from './queue.ts';
import type { Rule } from './rules/rule.ts';
import { RuleSet } from './rules/rule-set.ts';
import { RuleError } from './rules/sql/tokens.ts';
import type { MessageContent, StoredMessage } from './stored-message.ts';
import type { SubscriptionOptions } from './topic-options.ts';

/** A subscription to a topic: to receivers a queue, which takes those of the topic's messages that its rules match. */
export class Subscription extends Queue {
  readonly topicName: string;
  /** Its name within the topic; `name` is its path. */
  readonly shortName: string;
  readonly rules: RuleSet;
  deadLetterOnFilterError: boolean;

  /** Throws RuleError for a rule that is not valid. */
  constructor(topicName: string, options: SubscriptionOptions, clock: Clock) {
    super({ ...options, name: `${topicName}/Subscriptions/${options.name}` }, clock);
    this.topicName = topicName;
    this.shortName = options.name;
    this.rules = new RuleSet(options.rules);
    this.deadLetterOnFilterError = options.deadLetterOnFilterError ?? true;
  }

  /**
   * Takes of a message of the topic one copy for all rules without an action that match, whose content is shared, and one
   * for each rule with an action. Source: Microsoft documentation "Topic filters and actions".
   */
  offer(message: StoredMessage, properties: () => MessageProperties): void {
    let isTaken = false;
    let error: RuleError | undefined;
    for (const rule of this.rules) {
      if (isTaken && rule.act === undefined) continue;
      try {
        if (!rule.matches(properties)) continue;
        this.send(copyFor(rule, message.content, properties), message);
        if (rule.act === undefined) isTaken = true;
      } catch (cause) {
        if (!(cause instanceof RuleError)) throw cause;
        error ??= cause;
      }
    }
    if (error !== undefined && this.deadLetterOnFilterError) {
      this.deadLetterQueue?.bury(message, { reason: 'FilterEvaluationException', description: error.message });
    }
  }
}

function copyFor({ act, options }: Rule, content: MessageContent, properties: () => MessageProperties): MessageContent {
  if (act === undefined) return content;
  const { system, application } = act(properties());
  const rule = { name: 'RuleName', value: options.name };
  return content.withProperties({ system, application: new Map(application).set('rulename', rule) });
}
