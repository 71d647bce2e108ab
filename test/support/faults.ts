import type { LockCall, LockFault, LockFaultKind, LockFaults } from '../../src/adapters/in-memory/faulty-lock-store.ts';

/** Asks each in turn; the first that has a fault for a call decides. */
export const anyOf =
  (...faults: readonly LockFaults[]): LockFaults =>
  (call) => {
    for (const faultOf of faults) {
      const fault = faultOf(call);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };

/** Meets the calls of `operation` numbered `nth`, from 1, counted per instance and lock. */
export const on =
  (operation: LockCall['operation'], nth: number | readonly number[], fault: LockFault | LockFaultKind): LockFaults =>
  (call) =>
    call.operation === operation && [nth].flat().includes(call.nth) ? faultOf(fault) : undefined;

/** Meets every call as long as `isOn` says so: an outage. */
export const whenever =
  (isOn: () => boolean, fault: LockFault | LockFaultKind): LockFaults =>
  () =>
    isOn() ? faultOf(fault) : undefined;

const faultOf = (fault: LockFault | LockFaultKind): LockFault => (typeof fault === 'string' ? { kind: fault } : fault);
