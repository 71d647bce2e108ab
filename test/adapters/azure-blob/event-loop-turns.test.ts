import { describe, expect, it } from 'vitest';
import { EventLoopTurns } from '../../../src/adapters/azure-blob/event-loop-turns.ts';

describe('Work on answers that arrive together', () => {
  it('shares a turn of the event loop as long as it takes no time', async () => {
    expect(await history({ answers: 3, workMs: 0 })).toEqual([
      'work 1',
      'work 2',
      'work 3',
      'request 1',
      'request 2',
      'request 3',
    ]);
  });

  it('lets each request go before the next work when that takes long', async () => {
    expect(await history({ answers: 3, workMs: 1 })).toEqual([
      'work 1',
      'request 1',
      'work 2',
      'request 2',
      'work 3',
      'request 3',
    ]);
  });

  it('shares a turn until half a millisecond is used', async () => {
    const told = await history({ answers: 6, workMs: 0.2 });
    expect(told.slice(0, 5)).toEqual(['work 1', 'work 2', 'work 3', 'request 1', 'work 4']);
    expect(told.filter((line) => line.startsWith('work'))).toEqual(
      [1, 2, 3, 4, 5, 6].map((answer) => `work ${answer}`),
    );
  });
});

describe('Work on an answer that arrives alone', () => {
  it('waits for nothing, however full the turn before was', async () => {
    let nowMs = 0;
    const turns = new EventLoopTurns(() => nowMs);
    for (let answer = 1; answer <= 3; answer += 1) {
      let isLaterTurn = false;
      const later = nextTurn().then(() => {
        isLaterTurn = true;
      });
      await turns.room();
      expect(isLaterTurn).toBe(false);
      nowMs += 1;
      await later;
      await nextTurn();
    }
  });
});

/** In what order work was done on answers that came in one turn, and what followed from it was sent, which is in the check phase. */
async function history({ answers, workMs }: { answers: number; workMs: number }): Promise<readonly string[]> {
  let nowMs = 0;
  const turns = new EventLoopTurns(() => nowMs);
  const told: string[] = [];
  const answered = async (answer: number): Promise<void> => {
    await turns.room();
    told.push(`work ${answer}`);
    nowMs += workMs;
    await nextTurn();
    told.push(`request ${answer}`);
  };
  // As answers come: each by a callback of its own, and after it the promises that it resolves.
  const callbacks = Array.from(
    { length: answers },
    (_, index) => new Promise<void>((resolve) => setImmediate(() => resolve(answered(index + 1)))),
  );
  await Promise.all(callbacks);
  return told;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
