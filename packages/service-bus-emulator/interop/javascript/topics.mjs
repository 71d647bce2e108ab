// The operations on topics, on what forwards, and of an administrator.
import assert from 'node:assert/strict';

/** `sdk` is the module; `queue` is where the client's other operations take place. */
export function topicOperations({ sdk, client, queue, connectionString, tools: { take, one, bodies, refused } }) {
  const topic = `${queue}-topic`;
  const sender = client.createSender(topic);
  const receiver = (subscription, options = {}) => client.createReceiver(topic, subscription, options);
  const bodiesOf = async (subscription, count) => bodies(await take(receiver(subscription), count));
  const nothing = async (subscription) => {
    assert.deepEqual(await receiver(subscription).receiveMessages(1, { maxWaitTimeInMs: 300 }), []);
  };
  const administrator = new sdk.ServiceBusAdministrationClient(connectionString);

  const operations = [
    [
      'topics and filters',
      async () => {
        await sender.sendMessages([
          { body: 1, subject: 'order 17', applicationProperties: { level: 4 } },
          { body: 2, correlationId: 'c', applicationProperties: { color: 'red' } },
          { body: 3, correlationId: 'c', subject: 'order 18', applicationProperties: { level: 3.5 } },
          { body: 4, correlationId: 'c', applicationProperties: { color: 'blue' } },
        ]);
        assert.equal(await bodiesOf('all', 4), '1234');
        assert.equal(await bodiesOf('changing', 4), '1234');
        assert.equal(await bodiesOf('red', 1), '2');
        const taken = await take(receiver('sql'), 2);
        assert.deepEqual(
          taken.map(({ body, subject, applicationProperties }) => [body, subject, { ...applicationProperties }]),
          [
            [1, 'taken', { level: 4, seen: true, RuleName: 'sql' }],
            [3, 'taken', { level: 3.5, seen: true, RuleName: 'sql' }],
          ],
        );
        for (const subscription of ['all', 'red', 'sql']) await nothing(subscription);
      },
    ],
    [
      'dead letters of a subscription',
      async () => {
        await sender.sendMessages({ body: 'bad' });
        await take(receiver('changing'), 1);
        const its = receiver('all');
        await its.abandonMessage(await one(its));
        const [dead] = await take(receiver('all', { subQueueType: 'deadLetter' }), 1);
        assert.deepEqual([dead.body, dead.deadLetterReason], ['bad', 'MaxDeliveryCountExceeded']);
      },
    ],
    [
      'schedule to a topic',
      async () => {
        const later = new Date(Date.now() + 2_000);
        const numbers = await sender.scheduleMessages([{ body: 'kept' }, { body: 'cancelled' }], later);
        await sender.cancelScheduledMessages(numbers[1]);
        assert.equal(await bodiesOf('all', 1), 'kept');
        assert(new Date() >= later);
        await nothing('all');
        await take(receiver('changing'), 1);
      },
    ],
    [
      'forwarding',
      async () => {
        await client.createSender(`${queue}-in`).sendMessages({ body: 'through' });
        const its = client.createReceiver(queue);
        assert.equal(bodies(await take(its, 1)), 'through');
        await client.createSender(`${queue}-failing`).sendMessages({ body: 'failed' });
        const failing = client.createReceiver(`${queue}-failing`);
        await failing.abandonMessage(await one(failing));
        const [dead] = await take(its, 1);
        assert.deepEqual([dead.body, dead.deadLetterReason], ['failed', 'MaxDeliveryCountExceeded']);
        assert.equal(dead.deadLetterSource, `${queue}-failing`);
        await refused(() => client.createReceiver(`${queue}-in`).receiveMessages(1), /auto-forwarding/);
      },
    ],
    [
      'administration of queues',
      async () => {
        const name = `${queue}-made`;
        const options = { lockDuration: 'PT45S', maxDeliveryCount: 2, userMetadata: '<data>' };
        assert.partialDeepStrictEqual(await administrator.createQueue(name, options), { name, ...options });
        await refused(() => administrator.createQueue(name), new RegExp(`AlreadyExists.*${name}`, 's'));
        const made = await administrator.getQueue(name);
        await administrator.updateQueue({ ...made, maxDeliveryCount: 1, status: 'ReceiveDisabled' });
        assert.equal((await administrator.getQueue(name)).maxDeliveryCount, 1);
        const its = client.createSender(name);
        await its.sendMessages({ body: 1 });
        await refused(() => client.createReceiver(name).receiveMessages(1), /Disabled|disabled/);
        const counts = await administrator.getQueueRuntimeProperties(name);
        assert.partialDeepStrictEqual(counts, { name, totalMessageCount: 1, activeMessageCount: 1 });
        const names = [];
        for await (const each of administrator.listQueues()) names.push(each.name);
        assert(names.includes(name) && names.includes(queue));
        await administrator.deleteQueue(name);
        assert.equal(await administrator.queueExists(name), false);
        await refused(() => its.sendMessages({ body: 2 }), /could not be found/);
      },
    ],
    [
      'administration of topics and rules',
      async () => {
        const made = `${queue}-made-topic`;
        await administrator.createTopic(made, { defaultMessageTimeToLive: 'PT1H' });
        await administrator.createSubscription(made, 'some', { maxDeliveryCount: 7 });
        await administrator.createSubscription(made, 'all');
        await administrator.deleteRule(made, 'some', '$Default');
        const sql = { sqlExpression: 'level > 4' };
        const correlation = { correlationId: 'c', applicationProperties: { text: 't', half: 0.5, yes: true } };
        await administrator.createRule(made, 'some', 'first', sql, { sqlExpression: 'SET seen = 1' });
        await administrator.createRule(made, 'some', 'second', correlation);
        const rules = [];
        for await (const each of administrator.listRules(made, 'some')) rules.push(each);
        assert.partialDeepStrictEqual(rules[0], {
          name: 'first',
          filter: sql,
          action: { sqlExpression: 'SET seen = 1' },
        });
        assert.partialDeepStrictEqual(rules[1], { name: 'second', filter: { correlationId: 'c' } });
        await refused(() => administrator.createRule(made, 'some', 'bad', { sqlExpression: 'a LIKE' }), /Position 7/);
        const properties = [{ level: 5 }, { level: 4 }];
        await client
          .createSender(made)
          .sendMessages(properties.map((applicationProperties, body) => ({ body, applicationProperties })));
        const counts = async (name) =>
          (await administrator.getSubscriptionRuntimeProperties(made, name)).activeMessageCount;
        assert.deepEqual([await counts('some'), await counts('all')], [1, 2]);
        const subscription = await administrator.getSubscription(made, 'some');
        await administrator.updateSubscription({ ...subscription, maxDeliveryCount: 8 });
        assert.equal((await administrator.getSubscription(made, 'some')).maxDeliveryCount, 8);
        await administrator.deleteSubscription(made, 'some');
        await administrator.deleteTopic(made);
        assert.equal(await administrator.topicExists(made), false);
      },
    ],
  ];
  // Older ones have no manager of rules.
  if (typeof client.createRuleManager === 'function') {
    operations.splice(2, 0, ['rules over AMQP', () => changeRules(client.createRuleManager(topic, 'changing'))]);
  }
  return operations;

  async function changeRules(rules) {
    await rules.deleteRule('$Default');
    await rules.createRule('high', { sqlExpression: 'level >= 5' }, { sqlExpression: 'SET level = level / 2' });
    await rules.createRule('color', { subject: 's', applicationProperties: { color: 'red' } });
    await refused(() => rules.createRule('color', { sqlExpression: '1=1' }), /color/);
    await refused(() => rules.deleteRule('none'), /MessagingEntityNotFound.*none/s);
    await refused(() => rules.createRule('bad', { sqlExpression: 'level >' }), /Position 8/);
    const found = [];
    for await (const { name, filter, action } of rules.listRules())
      found.push([name, filter.sqlExpression, action.sqlExpression]);
    assert.deepEqual(found, [
      ['high', 'level >= 5', 'SET level = level / 2'],
      ['color', undefined, undefined],
    ]);
    await sender.sendMessages([{ body: 'high', applicationProperties: { level: 7 } }, { body: 'low' }]);
    const [message] = await take(receiver('changing'), 1);
    assert.deepEqual([message.body, message.applicationProperties.level], ['high', 3]);
    await nothing('changing');
    await take(receiver('all'), 2);
    for (const name of ['high', 'color']) await rules.deleteRule(name);
    await rules.createRule('$Default', { sqlExpression: '1=1' });
  }
}
