import { describe, expect, it } from 'vitest';
import { claim } from '../support/order-claim.ts';
import { audit } from './audit.ts';
import type { Evidence, Freeze, PlannedStep } from './evidence.ts';
import { begun, done, ToldHistory } from './told-history.ts';

const { messageId } = claim;
const emptyQueue = { active: [], locked: [], deferred: [], scheduled: [], deadLettered: [] };
const plan: readonly PlannedStep[] = [
  { name: 'charge', permanent: false, atMostOnce: false },
  { name: 'ship', permanent: false, atMostOnce: true },
];
const told = () => new ToldHistory();

/** What the audit says of one message with this history. */
function judge(history: ToldHistory, change: Partial<Evidence> = {}) {
  const { applied, last } = history;
  const effects = applied.flatMap((write) => (write.kind === 'effect' ? [write.line] : []));
  const evidence: Evidence = {
    sent: new Map([[messageId, { id: messageId, steps: plan, isAccepted: true }]]),
    applied: new Map([[messageId, applied]]),
    stored: new Map([[messageId, { lockVersion: last?.version, effects }]]),
    queue: emptyQueue,
    freezes: [],
    timedOut: [],
    ...change,
  };
  return audit(evidence);
}
const wrongs = (history: ToldHistory, change?: Partial<Evidence>) =>
  judge(history, change).violations.map(({ what }) => what);

const frozen = (pid: Freeze['pid']): Partial<Evidence> => ({ freezes: [{ pid, from: 0, to: 1_000_000 }] });
const deadLettered = (deadLetterReason: string): Partial<Evidence> => ({
  queue: {
    ...emptyQueue,
    deadLettered: [
      {
        messageId,
        deadLetterReason,
        sequenceNumber: 1,
        deliveryCount: 1,
        enqueuedTime: 0,
        lockedUntil: undefined,
        deadLetterErrorDescription: undefined,
      },
    ],
  },
});

/** Done by `a` as far as its first step. */
const charged = () => told().creates('a').runs('a', 'charge').stores('a', done('charge'));
const shippedBy = (owner: string, history: ToldHistory) =>
  history
    .stores(owner, done('charge'), begun('ship'))
    .runs(owner, 'ship')
    .stores(owner, done('charge'), done('ship'))
    .completes(owner);

describe('Of a request that did not arrive in time, the audit', () => {
  const finished = () => shippedBy('a', charged());
  const timedOut = [{ messageId, pid: 7, from: 5000, to: 9000 }];
  const freeze = (pid: Freeze['pid'], from: number, to: number) => ({ timedOut, freezes: [{ pid, from, to }] });

  it('finds nothing wrong if the process or the whole machine stood still meanwhile', () => {
    expect(wrongs(finished(), freeze(7, 1000, 5000))).toEqual([]);
    expect(wrongs(finished(), freeze('all', 9000, 9500))).toEqual([]);
  });

  it('tells if another process stood still, or the same one at another time', () => {
    const told = ['a process answered 408, and neither it nor the machine stood still meanwhile'];
    expect(wrongs(finished(), freeze(8, 1000, 20_000))).toEqual(told);
    expect(wrongs(finished(), freeze(7, 1000, 4999))).toEqual(told);
    expect(wrongs(finished(), { timedOut })).toEqual(told);
  });
});

describe('The audit finds nothing wrong with work that', () => {
  it('is done in one attempt', () => {
    expect(judge(shippedBy('a', charged()))).toMatchObject({
      violations: [],
      completed: 1,
      executions: 1,
      takeovers: 0,
    });
  });

  it('is resumed by another owner, who runs a step again that no write had finished', () => {
    const history = told().creates('a').runs('a', 'charge').waits(6000).takesOver('b').runs('b', 'charge');
    const resumed = shippedBy('b', history.stores('b', done('charge')));
    expect(judge(resumed)).toMatchObject({ violations: [], completed: 1, executions: 2, takeovers: 1 });
  });

  it('shows a step of a frozen owner after the takeover, and only that', () => {
    const history = told().creates('a').waits(6000).takesOver('b').runs('a', 'charge').runs('b', 'charge');
    const resumed = shippedBy('b', history.stores('b', done('charge')));
    expect(judge(resumed, frozen(1))).toMatchObject({ violations: [], lateEffects: 1 });
    expect(wrongs(resumed, frozen(2))).toEqual(['attempt 1 began step charge after attempt 2 began']);
  });

  it('shows a line that was held back on its way', () => {
    const history = told().creates('a').waits(6000).takesOver('b').runs('a', 'charge', 2000).runs('b', 'charge');
    expect(wrongs(shippedBy('b', history.stores('b', done('charge'))))).toEqual([]);
  });

  it('shows a line that its owner gave up, and said so when it released the lock', () => {
    const history = told().creates('a').releases('a', 'Error: Could not append to the blob "b"').runs('a', 'charge');
    const resumed = history.takesOver('b').runs('b', 'charge').stores('b', done('charge'));
    expect(judge(shippedBy('b', resumed))).toMatchObject({ violations: [], lateEffects: 1 });
  });

  it('fails for the reason that its script says, and is dead-lettered', () => {
    const steps = [{ name: 'charge', permanent: true, atMostOnce: false }];
    const history = told().creates('a').runs('a', 'charge').fails('a', 'Step charge fails for good, as scripted.');
    const sent = new Map([[messageId, { id: messageId, steps, isAccepted: true }]]);
    expect(judge(history, { sent, ...deadLettered('MessageFailedError') })).toMatchObject({
      violations: [],
      failed: 1,
    });
  });

  it('was never confirmed to its sender, and is not there', () => {
    const sent = new Map([[messageId, { id: messageId, steps: plan, isAccepted: false }]]);
    expect(judge(told(), { sent })).toMatchObject({ violations: [], neverThere: 1 });
  });

  it('has a fenced effect of a former owner refused', () => {
    const history = charged().makesFencedEffect('a', true).waits(6000).takesOver('b').makesFencedEffect('b', true);
    expect(judge(shippedBy('b', history.makesFencedEffect('a', false)))).toMatchObject({ violations: [], refused: 1 });
  });
});

describe('The audit tells of', () => {
  const cases: readonly (readonly [string, ToldHistory, Partial<Evidence>?])[] = [
    ['it was accepted, and lost', told()],
    ['its work did not end: its lock is held', charged()],
    ['its work did not end: its lock is released', charged().releases('a')],
    ['it failed for no known reason: Error: oh', charged().fails('a', 'Error: oh'), deadLettered('MessageFailedError')],
    [
      'it is still active',
      shippedBy('a', charged()),
      { queue: { ...emptyQueue, active: deadLettered('').queue?.deadLettered ?? [] } },
    ],
    [
      'it was dead-lettered as MessageFailedError, and its lock is completed',
      shippedBy('a', charged()),
      deadLettered('MessageFailedError'),
    ],
    ['the finished step charge ran again, in attempt 1', shippedBy('a', charged().runs('a', 'charge'))],
    [
      'the finished step charge ran again, in attempt 2',
      shippedBy('b', charged().waits(6000).takesOver('b').runs('b', 'charge')),
    ],
    ['the work was completed without step ship', charged().completes('a')],
    [
      'step charge was finished by an owner that had not run it',
      shippedBy('a', told().creates('a').stores('a', done('charge'))),
    ],
    ['step ship ran before charge was stored as finished', told().creates('a').runs('a', 'charge').runs('a', 'ship')],
    [
      'step ship is to run at most once, and ran again in attempt 2',
      charged()
        .stores('a', done('charge'), begun('ship'))
        .runs('a', 'ship')
        .waits(6000)
        .takesOver('b')
        .runs('b', 'ship'),
    ],
    ['step ship ran before it was stored that it begins', charged().runs('a', 'ship')],
    ['b takes over from a, which completed the work', shippedBy('a', charged()).waits(6000).takesOver('b')],
    ['b takes over from a, which wrote 2000 ms ago', charged().waits(1000).takesOver('b')],
    ['a comes back', charged().waits(6000).takesOver('b').stores('a', done('charge'))],
    [
      'attempt 1 began step charge after attempt 2 began',
      told().creates('a').waits(6000).takesOver('b').runs('a', 'charge'),
    ],
    ['attempt 1 began step charge after its lock was released', told().creates('a').releases('a').runs('a', 'charge')],
    [
      'attempt 1 began a second step after attempt 2 began: ship',
      charged().waits(6000).takesOver('b').runs('a', 'charge').runs('a', 'ship'),
      frozen(1),
    ],
    ['step charge ran for c, who never had the lock', charged().runs('c', 'charge')],
    [
      'an effect with token 1700000001000 replaced one with token 1700000010000',
      charged()
        .makesFencedEffect('a', true)
        .waits(6000)
        .takesOver('b')
        .makesFencedEffect('b', true)
        .makesFencedEffect('a', true),
    ],
    ['an effect was made with token 0 by c, who does not have it', told().makesFencedEffect('c', true)],
  ];
  for (const [what, history, change] of cases) {
    it(what, () => {
      expect(wrongs(history, change)).toContain(what);
    });
  }

  it('a message that nobody sent', () => {
    expect(wrongs(shippedBy('a', charged()), { sent: new Map() })).toContain('nobody sent it');
  });

  it('a write that was not seen on its way to the store', () => {
    const stored = new Map([[messageId, { lockVersion: 'another', effects: [] }]]);
    expect(wrongs(shippedBy('a', charged()), { stored })).toEqual([
      expect.stringMatching(/^its lock is stored as another, but was last written as v/),
      expect.stringMatching(/^its effects are stored as , but were written as /),
    ]);
  });
});
