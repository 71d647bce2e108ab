import { FaultyLockStore, type LockFaults } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import type { OperatorPorts } from '../../../src/application/operate/operator-ports.ts';
import type { LockEvent } from '../../../src/application/ports/lock-events.ts';
import { lockTimings } from '../../../src/application/time/lock-timings.ts';
import { ownerId } from '../../../src/domain/owner.ts';
import { seconds } from '../../../src/domain/time.ts';
import { lockOf } from '../../support/lock-records.ts';
import type { World } from '../../support/message-run.ts';

/** What Ann does by hand to the locks of a world, and what was told of it. */
export function operatorIn(world: World, faults: LockFaults = () => undefined) {
  const events: LockEvent[] = [];
  let acts = 0;
  const ports: OperatorPorts = {
    store: new FaultyLockStore(world.locks, faults),
    clock: world.clock,
    events: { emit: (event) => void events.push(event) },
    timings: lockTimings(seconds(30)),
    ids: {
      newOwnerId: () => {
        acts += 1;
        return ownerId(`act-${acts}`);
      },
    },
    lockNameOf: lockOf,
    who: 'ann',
    host: 'desk/1',
  };
  return { ports, events };
}
