import { fingerprintOf } from '../../src/adapters/system/fingerprint-of.ts';
import type { LockStore, LockVersion, StoredLock } from '../../src/application/ports/lock-store.ts';
import { storeTime } from '../../src/domain/time.ts';
import { Token } from '../../src/entrypoints/composition/container.ts';
import type { MakeGuard } from './guard.ts';
import { deliveryOf, productWith } from './product.ts';

/**
 * The product on locks that are kept as they are in a Map, and answered at once: what remains is the guard's own logic, the
 * fingerprint that its hosts take of each message included.
 */
export const makeGuard: MakeGuard = async (settings) => {
  const locks = new Map<string, StoredLock>();
  const container = productWith(async () => undefined, settings);
  container.rebind(Token.lockStore).toConstantValue(mapStore(locks));
  const processMessage = container.get(Token.processMessage);
  const guard = (id: string, deliveryCount: number) => {
    const delivery = deliveryOf(id, deliveryCount);
    return processMessage.run({ ...delivery, fingerprint: fingerprintOf(delivery.message) });
  };
  return {
    paths: {
      new: (id) => guard(id, 1),
      redelivered: (id) => guard(id, 2),
      fresh: (id) => guard(id, 1),
    },
    forgetAll: () => locks.clear(),
  };
};

function mapStore(locks: Map<string, StoredLock>): LockStore {
  let revisions = 0;
  const now = () => storeTime(Date.now());
  const versionOf = (name: string) => locks.get(name)?.version;
  return {
    read: async (name) => locks.get(name),
    put: async (name, record, condition) => {
      if (versionOf(name) !== (condition === 'absent' ? undefined : condition.version)) return { kind: 'conflict' };
      revisions += 1;
      const revision = { version: `"${revisions}"` as LockVersion, writtenAt: now() };
      locks.set(name, { record, ...revision, observedAt: revision.writtenAt });
      return { kind: 'written', ...revision };
    },
    delete: async (name, version) => {
      if (versionOf(name) !== version) return { kind: 'conflict' };
      locks.delete(name);
      return { kind: 'written' };
    },
  };
}
