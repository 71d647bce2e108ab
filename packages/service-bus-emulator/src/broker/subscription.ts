import type { Clock } from './clock.ts';
import type { MessageProperties } from './message-properties.ts';
import { Queue } from './queue.ts';
import { createRule, defaultRule, type Rule } from './rules/rule.ts';
import type { StoredMessage } from './stored-message.ts';
import type { SubscriptionOptions } from './topic-options.ts';

/** A subscription to a topic: to receivers a queue, which takes those of the topic's messages that its rules match. */
export class Subscription extends Queue {
  readonly #rules = new Map<string, Rule>();

  /** `options.name` is its path, `topic/Subscriptions/name`. */
  constructor(options: SubscriptionOptions, clock: Clock) {
    super(options, clock);
    for (const rule of options.rules ?? [defaultRule]) {
      if (this.#rules.has(rule.name.toLowerCase())) throw new Error(`${options.name} has two rules ${rule.name}`);
      this.#rules.set(rule.name.toLowerCase(), createRule(rule));
    }
  }

  /** Takes a copy of a message of the topic, if a rule matches. The content is shared by all copies. */
  offer(message: StoredMessage, properties: MessageProperties): void {
    for (const rule of this.#rules.values()) {
      if (!rule.matches(properties)) continue;
      this.send(message.content, message);
      return;
    }
  }
}
