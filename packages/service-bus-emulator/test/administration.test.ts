import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { receiveOne, startEmulator } from './emulator-fixture.ts';

/** The client always speaks TLS, so it is given the string for those, and the certificate. */
async function start(...options: Parameters<typeof startEmulator>) {
  const started = await startEmulator(...options);
  const ca = await started.emulator.certificate();
  const administrator = new ServiceBusAdministrationClient(started.emulator.tlsConnectionString, {
    tlsOptions: { ca },
  });
  return { ...started, administrator };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('an administrator', () => {
  it('makes a queue, reads it, changes it and deletes it, while clients use it', async () => {
    const { administrator, client } = await start();
    const made = await administrator.createQueue('made', {
      lockDuration: 'PT45S',
      maxDeliveryCount: 2,
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindow: 'PT2M',
      deadLetteringOnMessageExpiration: true,
      userMetadata: 'for <tests> & more',
    });
    expect(made).toMatchObject({
      name: 'made',
      lockDuration: 'PT45S',
      maxDeliveryCount: 2,
      requiresSession: false,
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindow: 'PT2M',
      defaultMessageTimeToLive: 'P10675199DT2H48M5.4775807S',
      autoDeleteOnIdle: 'P10675199DT2H48M5.4775807S',
      deadLetteringOnMessageExpiration: true,
      enablePartitioning: false,
      status: 'Active',
      userMetadata: 'for <tests> & more',
      maxMessageSizeInKilobytes: 256,
    });
    const sender = client.createSender('made');
    await sender.sendMessages([
      { body: 1, messageId: 'same' },
      { body: 2, messageId: 'same' },
    ]);
    await administrator.updateQueue({ ...made, maxDeliveryCount: 1, defaultMessageTimeToLive: 'P14D' });
    expect(await administrator.getQueue('MADE')).toMatchObject({
      maxDeliveryCount: 1,
      defaultMessageTimeToLive: 'P14D',
    });
    const receiver = client.createReceiver('made');
    await receiver.abandonMessage(await receiveOne(receiver));
    expect(await administrator.getQueueRuntimeProperties('made')).toMatchObject({
      name: 'made',
      totalMessageCount: 1,
      activeMessageCount: 0,
      deadLetterMessageCount: 1,
      scheduledMessageCount: 0,
      transferDeadLetterMessageCount: 0,
    });
    await administrator.deleteQueue('made');
    expect(await administrator.queueExists('made')).toBe(false);
    await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
  });

  it('makes topics, subscriptions and rules, which judge at once', async () => {
    const { administrator, client, emulator } = await start();
    await administrator.createTopic('news', { defaultMessageTimeToLive: 'PT1H' });
    await administrator.createSubscription('news', 'all', { forwardTo: 'orders', lockDuration: 'PT10S' });
    await administrator.createSubscription('news', 'red', {
      defaultRuleOptions: {
        name: 'color',
        filter: { correlationId: 'c', applicationProperties: { color: 'red', level: 3 } },
      },
    });
    const sql = { sqlExpression: 'level > @low', sqlParameters: { '@low': 4 } };
    await administrator.createRule('news', 'red', 'level', sql, { sqlExpression: 'SET seen = TRUE' });
    const sender = client.createSender('news');
    await sender.sendMessages({
      body: 1,
      messageId: 'm1',
      correlationId: 'c',
      applicationProperties: { color: 'red', level: 3 },
    });
    await sender.sendMessages({ body: 1, messageId: 'm2', applicationProperties: { level: 5 } });
    const ids = (path: string) => emulator.inspect(path).active.map(({ messageId }) => messageId);
    expect([ids('news/Subscriptions/red'), ids('orders')]).toEqual([
      ['m1', 'm2'],
      ['m1', 'm2'],
    ]);

    expect(await administrator.getTopic('news')).toMatchObject({ name: 'news', defaultMessageTimeToLive: 'PT1H' });
    expect(await administrator.getTopicRuntimeProperties('news')).toMatchObject({ name: 'news', subscriptionCount: 2 });
    const subscription = await administrator.getSubscription('news', 'all');
    expect(subscription).toMatchObject({ topicName: 'news', subscriptionName: 'all', lockDuration: 'PT10S' });
    expect(subscription.forwardTo).toMatch(/^sb:\/\/127\.0\.0\.1:\d+\/orders$/);
    expect(await administrator.getSubscriptionRuntimeProperties('news', 'red')).toMatchObject({
      activeMessageCount: 2,
    });
    expect(await administrator.getRule('news', 'red', 'level')).toMatchObject({
      name: 'level',
      filter: sql,
      action: { sqlExpression: 'SET seen = TRUE' },
    });
    expect(await all(administrator.listRules('news', 'red'))).toMatchObject([
      { name: 'color', filter: { correlationId: 'c', applicationProperties: { color: 'red', level: 3 } } },
      { name: 'level' },
    ]);
    const rule = await administrator.getRule('news', 'red', 'color');
    await administrator.updateRule('news', 'red', { ...rule, filter: { sqlExpression: '1=0' } });
    await administrator.deleteRule('news', 'red', 'level');
    await sender.sendMessages({ body: 1, messageId: 'm3', applicationProperties: { level: 5 } });
    expect(ids('news/Subscriptions/red')).toEqual(['m1', 'm2']);
    await administrator.updateSubscription({ ...subscription, forwardTo: undefined as unknown as string });
    await sender.sendMessages({ body: 1, messageId: 'm4' });
    expect(ids('news/Subscriptions/all')).toEqual(['m4']);
    await administrator.deleteSubscription('news', 'red');
    expect(await administrator.subscriptionExists('news', 'red')).toBe(false);
    await administrator.deleteTopic('news');
    expect(await administrator.topicExists('news')).toBe(false);
  });

  it('lists what there is, page by page', async () => {
    const names = Array.from({ length: 5 }, (_, number) => ({ name: `many/q${number}` }));
    const topics = [{ name: 'a', subscriptions: [{ name: 's1' }, { name: 's2', requiresSession: true }] }];
    const { administrator } = await start({ entities: { queues: names, topics } });
    const pages = await all(administrator.listQueues().byPage({ maxPageSize: 2 }));
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([
      ['many/q0', 'many/q1'],
      ['many/q2', 'many/q3'],
      ['many/q4'],
    ]);
    expect((await all(administrator.listTopics())).map(({ name }) => name)).toEqual(['a']);
    expect(await all(administrator.listSubscriptions('a'))).toMatchObject([
      { subscriptionName: 's1', requiresSession: false },
      { subscriptionName: 's2', requiresSession: true },
    ]);
    expect(await all(administrator.listRules('a', 's1'))).toMatchObject([
      { name: '$Default', filter: { sqlExpression: '1=1' } },
    ]);
    expect(await administrator.getNamespaceProperties()).toMatchObject({
      name: 'sbemulatorns',
      messagingSku: 'Standard',
    });
  });

  it('is told what is wrong, and with what', async () => {
    const { administrator } = await start();
    const refused = async (what: Promise<unknown>, code: string, message: string) => {
      await expect(what).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    };
    await refused(
      administrator.createQueue('orders'),
      'MessageEntityAlreadyExistsError',
      "The messaging entity 'orders' already exists.",
    );
    await refused(
      administrator.getQueue('none'),
      'MessageEntityNotFoundError',
      "The messaging entity 'none' could not be found.",
    );
    await refused(administrator.deleteTopic('none'), 'MessageEntityNotFoundError', "'none' could not be found");
    await refused(
      administrator.createQueue('bad', { lockDuration: 'PT1H', maxDeliveryCount: 0 }),
      'ServiceError',
      'LockDuration: It must be a duration from PT1S to PT5M such as "PT1M", and is "PT1H". MaxDeliveryCount: It must be',
    );
    await refused(
      administrator.createQueue('bad', { forwardTo: 'none' }),
      'ServiceError',
      'There is no queue or topic none that bad',
    );
    const orders = await administrator.getQueue('orders');
    await refused(
      administrator.updateQueue({ ...orders, requiresSession: true }),
      'ServiceError',
      'The value for the RequiresSession property of an existing entity cannot be changed.',
    );
    await administrator.createTopic('news');
    await administrator.createSubscription('news', 'mine');
    await refused(
      administrator.createRule('news', 'mine', 'bad', { sqlExpression: 'a LIKE' }),
      'ServiceError',
      'The SQL filter "a LIKE" is not valid. Position 7',
    );
    await refused(
      administrator.getRule('news', 'mine', 'bad'),
      'MessageEntityNotFoundError',
      'news/Subscriptions/mine/Rules/bad',
    );
  });

  it('disables a queue, which ends the links to it', async () => {
    const { administrator, client, sender } = await start();
    await sender.sendMessages({ body: 1 });
    await administrator.updateQueue({ ...(await administrator.getQueue('orders')), status: 'SendDisabled' });
    await expect(sender.sendMessages({ body: 2 })).rejects.toMatchObject({ code: 'MessagingEntityDisabled' });
    expect((await receiveOne(client.createReceiver('orders'))).body).toBe(1);
  });
});

describe('a request', () => {
  it.each([
    ['PUT', '/made', 'no XML', 400, 'The request is not XML'],
    ['PUT', '/made', '<entry/>', 400, 'The request describes nothing.'],
    ['POST', '/made', '', 405, 'The method POST has no meaning here.'],
    ['GET', '/none', '', 404, 'could not be found'],
    ['GET', '/%zz', '', 400, 'The path is not encoded as it must be.'],
    ['DELETE', '/$Resources/queues', '', 405, 'This cannot be deleted.'],
  ])('%s %s with the body "%s" is answered %i', async (method, path, body, status, detail) => {
    const { emulator } = await startEmulator();
    const response = await fetch(`http://127.0.0.1:${emulator.port}${path}`, { method, ...(body !== '' && { body }) });
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(detail)]);
  });
});
