import rhea, { type Typed } from 'rhea';
import { readDescribed } from './message-sections.ts';
import type { Outcome } from './rhea-internals.ts';

const { types } = rhea;

/** Source: AMQP 1.0 part 4, section 4.5. */
const code = { coordinator: 0x30, declare: 0x31, discharge: 0x32, declared: 0x33, transactionalState: 0x34 } as const;

const composite = (descriptor: number, fields: readonly Typed[]): Typed =>
  types.described(types.wrap_ulong(descriptor), types.wrap_list([...fields]));

const isOf = (kind: keyof typeof code, value: Typed | undefined): boolean => {
  const descriptor: unknown = value?.descriptor?.value;
  return (
    descriptor === code[kind] ||
    descriptor === `amqp:${kind === 'transactionalState' ? 'transactional-state' : kind}:list`
  );
};

/** Whether an attach's target is a transaction coordinator. */
export const isCoordinator = (target: unknown): boolean => isOf('coordinator', target as Typed | undefined);

/** The target of an attach to the coordinator, which is answered with it. */
export const coordinator = (): Typed => composite(code.coordinator, [types.wrap(null)]);

/** What a client says about a delivery within a transaction: which one, and, if it is a receiver, the outcome. */
export interface TransactionalState {
  readonly transactionId: Buffer;
  readonly outcome: Typed | undefined;
}

export function readTransactionalState(state: unknown): TransactionalState | undefined {
  if (!isOf('transactionalState', state as Typed | undefined)) return undefined;
  const [transactionId, outcome] = fieldsOf(state as Typed);
  return { transactionId: bytesOf(transactionId), outcome: outcome?.value == null ? undefined : outcome };
}

export const transactional = (transactionId: Buffer, outcome: Outcome): Outcome =>
  composite(code.transactionalState, [types.wrap_binary(transactionId), outcome]);

export const declared = (transactionId: Buffer): Outcome =>
  composite(code.declared, [types.wrap_binary(transactionId)]);

/** What a client asks of the coordinator. */
export type CoordinatorRequest =
  | { readonly kind: 'declare' }
  | { readonly kind: 'discharge'; readonly transactionId: Buffer; readonly isFailed: boolean };

/** `undefined` if it is not one of those that there are. Throws if the bytes are not an encoded message. */
export function readCoordinatorRequest(message: Buffer): CoordinatorRequest | undefined {
  const body = readDescribed(message);
  if (isOf('declare', body)) return { kind: 'declare' };
  if (!isOf('discharge', body)) return undefined;
  const [transactionId, isFailed] = fieldsOf(body);
  return { kind: 'discharge', transactionId: bytesOf(transactionId), isFailed: isFailed?.value === true };
}

const fieldsOf = (list: Typed | undefined): readonly (Typed | undefined)[] =>
  Array.isArray(list?.value) ? list.value : [];

const bytesOf = (binary: Typed | undefined): Buffer =>
  Buffer.isBuffer(binary?.value) ? binary.value : Buffer.alloc(0);
