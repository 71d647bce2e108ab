import type { MessageId } from '../../src/domain/message-id.ts';
import { type MessageIdentity, workName } from '../../src/domain/work-key.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import type { Producers } from './options.ts';
import { seedOf } from './seed.ts';

/** How a message gets onto the queue. */
export type Channel =
  /** By POST to one of the processes. */
  | 'http'
  /** Straight to the queue, as the CloudEvent that a POST would have put there. */
  | 'envelope'
  /** Straight to the queue, as plain JSON of another producer, named by its Service Bus message ID. */
  | 'foreign'
  /** Straight to the queue, as an event of another producer, in structured or in binary mode. */
  | 'structured'
  | 'binary'
  /** The same event by POST to one of the processes. */
  | 'http-event'
  /** As plain JSON to another queue, to a topic, or to a queue with sessions. */
  | 'second'
  | 'topic'
  | 'session';

/** One step for the scripted handler. */
export interface ScriptStep {
  readonly name: string;
  readonly ms?: number;
  readonly failTimes?: number;
  readonly permanent?: boolean;
  readonly block?: boolean;
  readonly atMostOnce?: boolean;
}

export interface PlannedMessage {
  /** The name of its work, which everything is named by: for most, the ID as it is. */
  readonly id: string;
  readonly identity: MessageIdentity;
  readonly script: { readonly steps: readonly ScriptStep[] };
  readonly channel: Channel;
  /** The session that it belongs to. */
  readonly session?: string;
  /** When it is sent again under the same ID: so long after it was sent, or once its work is completed. */
  readonly again: readonly { readonly when: number | 'completed'; readonly channel: Channel }[];
}

/** The `index`-th message of the run with this seed. It depends on nothing else but on who sends. */
export function plannedMessage(seed: number, index: number, producers: Producers = 'own'): PlannedMessage {
  const random = new SeededRandom(seedOf(seed, `message ${index}`));
  const isForeign = producers === 'foreign' || random.chance(0.25);
  const identity = producers === 'foreign' ? confusingIdentity(index) : { id: `order-${index}` as MessageId };
  // A duplicate is the same message only if it has the same type: one of another producer never has that of a POST.
  const elsewhere = producers === 'several' ? sources[index % sources.length] : undefined;
  const channel = (): Channel => {
    if (elsewhere !== undefined) return elsewhere;
    if (identity.source !== undefined) return random.of(['structured', 'binary', 'http-event']);
    return isForeign ? 'foreign' : random.of(['http', 'http', 'envelope']);
  };
  const again = (random.chance(0.3) ? [1, 2, 3].slice(0, 1 + random.integer(3)) : []).map(() => ({
    when: random.of<number | 'completed'>([0, 20, 200 + random.integer(3000), 'completed']),
    channel: channel(),
  }));
  return {
    id: workName(identity),
    identity,
    script: { steps: scriptSteps(random) },
    channel: channel(),
    ...(elsewhere === 'session' && { session: `session-${random.integer(6)}` }),
    again,
  };
}

/** Where the messages go in turns; undefined is the queue that takes POSTs. */
const sources = [undefined, 'second', 'topic', 'session'] as const;

/** Ten messages each are nearly one another: to a parser of numbers, to a reader of quotes, or without their sources. */
function confusingIdentity(index: number): MessageIdentity {
  const number = 1000 + Math.floor(index / confusing.length);
  const { id, source } = confusing[index % confusing.length] ?? { id: '%' };
  return { id: id.replaceAll('%', String(number)) as MessageId, ...(source !== undefined && { source }) };
}

const confusing: readonly { readonly id: string; readonly source?: string }[] = [
  { id: '%' },
  { id: '%.0' },
  { id: ' %' },
  { id: '"%"' },
  { id: 'n%' },
  { id: 'N%' },
  { id: '%', source: '/shop-a' },
  { id: '%', source: '/shop-b' },
  { id: '%', source: '/Shop-a' },
  { id: '%.0', source: '/shop-a' },
];

const stepNames = ['reserve', 'charge', 'pack', 'ship', 'tell'];

function scriptSteps(random: SeededRandom): readonly ScriptStep[] {
  const steps: ScriptStep[] = stepNames
    .slice(0, 1 + random.integer(stepNames.length))
    .map((name) => ({ name, ms: random.integer(250) }));
  const place = random.integer(steps.length);
  const chosen = steps[place] ?? { name: 'reserve' };
  return steps.with(place, { ...chosen, ...special(random.next(), random) });
}

/** What one of the steps is, besides quick. After one that fails, the next attempt begins 1 s later, and then 2 s. */
function special(kind: number, random: SeededRandom): Partial<ScriptStep> {
  if (kind < 0.15) return { failTimes: 1 + random.integer(2), ms: 300 + random.integer(1200) };
  if (kind < 0.18) return { permanent: true };
  if (kind < 0.27) return { atMostOnce: true };
  // Longer than heartbeats are apart, and now and then than a lock lasts unrenewed.
  if (kind < 0.36) return { ms: 1000 + random.integer(2500) };
  if (kind < 0.38) return { ms: 7000 };
  if (kind < 0.4) return { block: true, ms: 200 + random.integer(500) };
  return {};
}
