import type { LockFault, LockFaultKind, LockFaults } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import { durationMs } from '../../../src/domain/time.ts';
import type { InstancePlan, Trouble, TroubleKind } from './plan.ts';
import type { SimulatedInstance } from './simulated-instance.ts';

const faultKinds: Readonly<Record<TroubleKind, LockFaultKind>> = {
  slow: 'slow',
  'request lost': 'request-lost',
  'answer lost': 'answer-lost',
  'request late': 'request-late',
  'request late and twice': 'request-late',
  'transient error': 'transient-error',
  'final error': 'final-error',
  'crash before the request': 'request-lost',
  'crash after the request': 'slow',
};

/** What the network does to the requests of an instance: every one takes its time, and some meet trouble. */
export function networkOf({ latency, troubles }: InstancePlan, instance: () => SimulatedInstance): LockFaults {
  let requests = -1;
  return ({ operation }): LockFault => {
    requests += 1;
    const usual = latency[requests % latency.length] ?? 0;
    const trouble = troubles.find(({ nth }) => nth === requests);
    if (trouble === undefined) return slow(instance(), usual);
    instance().tell(`meets "${trouble.kind}" at its ${operation}, request ${requests}`);
    return faultOf(trouble, instance());
  };
}

const slow = ({ world }: SimulatedInstance, ms: number): LockFault => ({
  kind: 'slow',
  beforeRequest: () => world.clock.sleep(durationMs(ms)),
  beforeAnswer: () => world.clock.sleep(durationMs(ms)),
});

function faultOf({ kind, beforeMs, afterMs }: Trouble, instance: SimulatedInstance): LockFault {
  const { clock } = instance.world;
  const isLate = kind === 'request late' || kind === 'request late and twice';
  return {
    kind: faultKinds[kind],
    beforeRequest: () => {
      if (kind === 'crash before the request' || kind === 'crash after the request') instance.crash();
      return clock.sleep(durationMs(beforeMs));
    },
    beforeAnswer: async () => {
      if (!isLate) return clock.sleep(durationMs(afterMs));
      const late = instance.lastLateRequest;
      void (async () => {
        await clock.sleep(durationMs(afterMs));
        await late?.arrive();
        if (kind === 'request late') return;
        await clock.sleep(durationMs(afterMs));
        await late?.arrive();
      })();
    },
  };
}
