import { describe, expect, it } from 'vitest';
import { LazyServiceBus } from '../../../src/adapters/service-bus/lazy-service-bus.ts';

const connectionString =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true;';

describe('A namespace whose SDK is loaded when it is needed', () => {
  it('makes one client for all who ask at once', async () => {
    let made = 0;
    const serviceBus = new LazyServiceBus(({ serviceBusClientFromConnectionString }) => {
      made += 1;
      return serviceBusClientFromConnectionString(connectionString);
    });
    const [one, other] = await Promise.all([serviceBus.client(), serviceBus.client()]);
    expect(one).toBe(other);
    expect(made).toBe(1);
    await serviceBus.close();
  });

  it('tries again for the next who asks after it could not be made', async () => {
    let isBroken = true;
    const serviceBus = new LazyServiceBus(({ serviceBusClientFromConnectionString }) => {
      if (isBroken) throw new Error('not now');
      return serviceBusClientFromConnectionString(connectionString);
    });
    await expect(serviceBus.queueProbe({ queueName: 'orders' }).reach()).rejects.toThrow('not now');
    isBroken = false;
    expect((await serviceBus.client()).fullyQualifiedNamespace).toBe('127.0.0.1');
    await serviceBus.close();
  });

  it('has nothing to close if nobody needed it', async () => {
    const serviceBus = new LazyServiceBus(() => {
      throw new Error('nobody asks for it');
    });
    await expect(serviceBus.close()).resolves.toBeUndefined();
  });
});
