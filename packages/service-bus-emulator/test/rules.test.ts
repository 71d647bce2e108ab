import type { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import type { SubscriptionOptions } from '../src/broker/topic-options.ts';
import { receiveOne, startEmulator } from './emulator-fixture.ts';

const path = 'news/Subscriptions/mine';

async function startWith(subscription: Omit<SubscriptionOptions, 'name'>) {
  const topics = [{ name: 'news', subscriptions: [{ name: 'mine', ...subscription }] }];
  const started = await startEmulator({ entities: { queues: [{ name: 'orders' }], topics } });
  const idsIn = (place: 'active' | 'deadLettered') =>
    started.emulator.inspect(path)[place].map(({ messageId }) => messageId);
  return { ...started, idsIn, sender: started.client.createSender('news') };
}

describe('the rules of a subscription', () => {
  it('see the properties of a message as it was sent', async () => {
    const filter = `price > 99.5 AND amount / 2 = 3 AND isNew = TRUE AND sys.Label LIKE 'order%'
      AND sys.ContentType = 'application/json' AND sys.SessionId = 's' AND NOT EXISTS(gone) AND nothing IS NULL`;
    const { sender, idsIn } = await startWith({ rules: [{ name: 'all', filter }] });
    const message = { body: 1, subject: 'orders', contentType: 'application/json', sessionId: 's' };
    const applicationProperties = { Price: 100, amount: 7, isNew: true, nothing: null };
    await sender.sendMessages({ ...message, messageId: 'yes', applicationProperties });
    await sender.sendMessages({
      ...message,
      messageId: 'no',
      applicationProperties: { ...applicationProperties, amount: 8 },
    });
    expect(idsIn('active')).toEqual(['yes']);
  });

  it('make one copy without an action, and one for each action that matches, named by its rule', async () => {
    const rules = [
      { name: 'one', filter: 'level > 1' },
      { name: 'two', filter: 'level > 2' },
      {
        name: 'set',
        filter: 'level > 1',
        action: "SET level = level + 1; SET sys.Label = 'seen'; SET extra = level * 2",
      },
      { name: 'remove', filter: { subject: 'x' }, action: 'REMOVE level; REMOVE sys.CorrelationId' },
      { name: 'never', filter: false, action: "SET a = 'b'" },
    ];
    const { sender, client } = await startWith({ rules });
    const properties = { messageId: 'm', subject: 'x', correlationId: 'c', contentType: 'text/plain' };
    await sender.sendMessages({ ...properties, body: 'same', applicationProperties: { level: 3, date: new Date(5) } });
    const receiver = client.createReceiver('news', 'mine');
    const copies = await receiver.receiveMessages(10, { maxWaitTimeInMs: 1_000 });
    const shown = copies.map(({ body, subject, correlationId, contentType, applicationProperties }) => [
      body,
      subject,
      correlationId,
      contentType,
      { ...applicationProperties },
    ]);
    expect(shown).toEqual([
      ['same', 'x', 'c', 'text/plain', { level: 3, date: 5 }],
      ['same', 'seen', 'c', 'text/plain', { level: 4, extra: 8, date: 5, RuleName: 'set' }],
      ['same', 'x', undefined, 'text/plain', { date: 5, RuleName: 'remove' }],
    ]);
  });

  it('dead-letter a message that they cannot judge, or leave it out', async () => {
    const rules = [{ name: 'number', filter: 'level > 3' }];
    const strict = await startWith({ rules });
    await strict.sender.sendMessages({ body: 1, messageId: 'm', applicationProperties: { level: 'high' } });
    expect(strict.emulator.inspect(path).deadLettered).toMatchObject([
      { messageId: 'm', deadLetterErrorDescription: 'The operator > cannot be applied to a text and a whole number.' },
    ]);
    const lenient = await startWith({ rules, deadLetterOnFilterError: false });
    await lenient.sender.sendMessages({ body: 1, applicationProperties: { level: 'high' } });
    expect([lenient.idsIn('active'), lenient.idsIn('deadLettered')]).toEqual([[], []]);
  });

  it('that are not valid are refused at the start', async () => {
    await expect(startWith({ rules: [{ name: 'bad', filter: 'level >' }] })).rejects.toThrow(
      'The SQL filter "level >" is not valid. Position 8: a property or a value is expected, and here is the end.',
    );
  });
});

describe('over $management', () => {
  const manager = (client: ServiceBusClient) => client.createRuleManager('news', 'mine');
  const rulesOf = async (client: ServiceBusClient) => {
    const rules = [];
    for await (const { name, filter, action } of manager(client).listRules()) rules.push([name, { ...filter }, action]);
    return rules;
  };

  it('a subscription that was given none has $Default, which takes all', async () => {
    const { client } = await startWith({});
    expect(await rulesOf(client)).toEqual([['$Default', { sqlExpression: '1=1' }, {}]]);
  });

  it('rules are added, listed and removed, and judge the messages that come afterwards', async () => {
    const { client, sender, idsIn } = await startWith({});
    const rules = manager(client);
    await rules.deleteRule('$Default');
    await sender.sendMessages({ body: 1, messageId: 'nobody' });
    await rules.createRule('sql', { sqlExpression: "color = 'red'" }, { sqlExpression: 'SET seen = TRUE' });
    await rules.createRule('correlation', { correlationId: 'c', applicationProperties: { level: 3, color: 'blue' } });
    await sender.sendMessages({ body: 1, messageId: 'red', applicationProperties: { color: 'red' } });
    await sender.sendMessages({
      body: 1,
      messageId: 'blue',
      correlationId: 'c',
      applicationProperties: { level: 3, color: 'blue' },
    });
    expect(idsIn('active')).toEqual(['red', 'blue']);
    const none = { messageId: null, to: null, replyTo: null, subject: null, sessionId: null };
    const correlation = { ...none, replyToSessionId: null, contentType: null, correlationId: 'c' };
    expect(await rulesOf(client)).toEqual([
      ['sql', { sqlExpression: "color = 'red'" }, { sqlExpression: 'SET seen = TRUE' }],
      ['correlation', { ...correlation, applicationProperties: { level: 3, color: 'blue' } }, {}],
    ]);
    expect((await receiveOne(client.createReceiver('news', 'mine'))).applicationProperties).toEqual({
      color: 'red',
      seen: true,
      RuleName: 'sql',
    });
  });

  it('a rule that is there, is missing or makes no sense is refused with its name', async () => {
    const { client } = await startWith({});
    const rules = manager(client);
    await expect(rules.createRule('$default', { sqlExpression: '1=1' })).rejects.toThrow(
      "The messaging entity 'news/Subscriptions/mine/Rules/$default' already exists.",
    );
    await expect(rules.deleteRule('none')).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    await expect(rules.createRule('bad', { sqlExpression: 'a LIKE' })).rejects.toThrow(
      'Position 7: a property or a value',
    );
    expect(await rulesOf(client)).toHaveLength(1);
  });
});
