import type { Applied, Evidence, LockApplied, Violation } from './evidence.ts';

/** Whether the messages of each session were worked on in their order: none was begun before the one before it had ended. */
export function* auditSessions({ sent, applied }: Pick<Evidence, 'sent' | 'applied'>): Iterable<Violation> {
  const inSessions = [...sent.values()].filter(({ session }) => session !== undefined);
  for (const [session, messages] of Map.groupBy(inSessions, (message) => message.session)) {
    const inOrder = messages
      .flatMap(({ id }) => lifeOf(id, applied.get(id) ?? []) ?? [])
      .toSorted((one, other) => (one.number < other.number ? -1 : 1));
    for (const [index, { id, begunAt }] of inOrder.entries()) {
      const before = inOrder[index - 1];
      if (before !== undefined && !(before.endedAt <= begunAt))
        yield { messageId: id, what: `it was begun in ${session} before ${before.id} had ended` };
    }
  }
}

interface Life {
  readonly id: string;
  /** Where it came in its session, by the broker's count. */
  readonly number: bigint;
  readonly begunAt: number;
  /** Infinity if it did not. */
  readonly endedAt: number;
}

function lifeOf(id: string, history: readonly Applied[]): Life | undefined {
  const locks = history.filter((write): write is LockApplied => write.kind === 'lock');
  const [first] = locks;
  if (first === undefined) return undefined;
  const ended = locks.find(({ record: { state } }) => state === 'completed' || state === 'failed');
  const number = BigInt(first.record.physical.sequenceNumber);
  return { id, number, begunAt: first.at, endedAt: ended?.at ?? Number.POSITIVE_INFINITY };
}
