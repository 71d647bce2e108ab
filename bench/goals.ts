import type { PartName } from './parts/parts.ts';

/** What a figure has to reach. */
export interface Goal {
  readonly id: string;
  readonly text: string;
  /** Who measures it, and what the figure is called there. */
  readonly part: PartName;
  readonly figure: string;
  readonly bound: Bound;
}

export type Bound = { readonly atMost: number } | { readonly atLeast: number } | { readonly exactly: number };

const goal = (id: string, part: PartName, figure: string, bound: Bound, text: string): Goal => ({
  id,
  part,
  figure,
  bound,
  text,
});

/**
 * What the product has to reach. Ratios are medians of the ratios of single rounds; "round trip" is the median time of one
 * read by a raw client in the same round; "CPU" is user and system time of the client's process per message.
 */
export const goals: readonly Goal[] = [
  goal('P1', 'requests', 'requests ours new', { exactly: 2 }, 'requests of a new message'),
  goal('P1', 'requests', 'requests of 3 checkpoints', { exactly: 3 }, 'requests more with three checkpoints'),
  goal('P1', 'requests', 'requests ours redelivered', { exactly: 1 }, 'requests of a redelivered duplicate'),
  goal('P1', 'requests', 'requests ours fresh', { exactly: 2 }, 'requests of a duplicate that looks new'),
  goal(
    'P2',
    'latency',
    'added latency of a new message',
    { atMost: 2.08 },
    'added latency, p50 at 20 ms, in round trips',
  ),
  goal(
    'P2',
    'latency',
    'added latency of a redelivered duplicate',
    { atMost: 1.04 },
    'the same of a redelivered duplicate',
  ),
  goal('P4', 'logic', 'CPU of the logic', { atMost: 25 }, 'CPU of the guard without I/O, in microseconds'),
  goal('P4', 'logic', 'CPU of the logic, ours : Powertools', { atMost: 1 }, "the same : Powertools' own"),
  goal('P5', 'cpu', 'CPU, redelivered : new', { atMost: 0.75 }, 'CPU of a redelivered duplicate : a new message'),
  goal(
    'P5',
    'cpu',
    'CPU, redelivered : download by S',
    { atMost: 1.1 },
    "CPU of a redelivered duplicate : one bare download by the product's client",
  ),
  goal(
    'P7',
    'throughput',
    'messages/s, ours : ideal, 16 at a time',
    { atLeast: 0.93 },
    'messages/s at 20 ms, 16 at a time : ideal',
  ),
  goal(
    'P7',
    'throughput',
    'messages/s, ours : raw, 64 at a time',
    { atLeast: 0.92 },
    'messages/s at 20 ms, 64 at a time : the raw client',
  ),
  goal(
    'P8',
    'throughput',
    'messages/s, ours : naive',
    { atLeast: 1.35 },
    'messages/s at 20 ms, 64 at a time : the naive lock',
  ),
  goal(
    'P8',
    'throughput',
    'messages/s, ours : lease mutex',
    { atLeast: 1.75 },
    'messages/s at 20 ms, 64 at a time : the lease mutex',
  ),
  goal('P8', 'throughput', 'CPU, ours : naive', { atMost: 0.65 }, 'CPU at 20 ms, 64 at a time : the naive lock'),
  goal('P8', 'throughput', 'CPU, ours : lease mutex', { atMost: 0.55 }, 'CPU at 20 ms, 64 at a time : the lease mutex'),
  goal('P9', 'checkpoints', 'checkpoint 100 : first', { atMost: 1.1 }, 'checkpoint 100 at 5 ms : the first'),
  goal('P9', 'checkpoints', 'checkpoint 500 : first', { atMost: 1.15 }, 'checkpoint 500 at 5 ms (105 KB) : the first'),
  goal(
    'P11',
    'many-messages',
    'CPU per message, last : first',
    { atMost: 1.1 },
    'CPU per message after 200,000 messages : after 1,000',
  ),
  goal('P11', 'many-messages', 'heap, last : first', { atMost: 1.1 }, 'heap after 200,000 messages : after 1,000'),
  goal(
    'P11',
    'old-locks',
    'CPU per message, most old locks : 10',
    { atMost: 1.1 },
    'CPU per message beside 1,000,000 old locks : beside 10',
  ),
  goal(
    'P11',
    'old-locks',
    'CPU per blob listed, most : 10,000',
    { atMost: 1.1 },
    'CPU per blob of a sweep of 1,000,000 : of 10,000',
  ),
  goal(
    'P11',
    'old-locks',
    'heap after the sweep, most : 10,000',
    { atMost: 1.1 },
    'heap after a sweep of 1,000,000 : of 10,000',
  ),
  goal('sweep', 'sweep-in-runs', 'due locks left', { exactly: 0 }, 'due locks that a pass in runs of 50 ms has left'),
  goal('sweep', 'sweep-in-runs', 'locks wrongly deleted', { exactly: 0 }, 'locks that it has deleted wrongly'),
  goal('sweep', 'sweep-in-runs', 'locks looked at : locks', { atMost: 1.2 }, 'how often it has looked at a lock'),
  goal(
    'P11',
    'many-hauls',
    'end to end, CPU per message, last : first',
    { atMost: 1.1 },
    "end to end, a host's CPU per message after 200,000 messages : after 1,000",
  ),
  goal(
    'P11',
    'many-hauls',
    'end to end, heap, last : first',
    { atMost: 1.1 },
    "end to end, a host's heap after 200,000 messages : after 1,000",
  ),
  goal(
    'P12',
    'accepting',
    'accepted/s, ours : bare',
    { atLeast: 0.7 },
    'requests that one process accepts : bare node:http and bare SDK send',
  ),
  goal('S1', 'cpu', 'CPU, ours : SD', { atMost: 0.5 }, 'CPU of a new message : SD'),
  goal('S1', 'cpu', 'CPU, ours : R', { atMost: 1.5 }, 'CPU of a new message : R'),
  goal('S1', 'cpu', 'CPU, ours : SD, TLS + bearer', { atMost: 0.58 }, 'the same by TLS and bearer token : SD'),
  goal('S1', 'cpu', 'CPU, ours : R, TLS + bearer', { atMost: 1.35 }, 'the same by TLS and bearer token : R'),
  goal(
    'S2',
    'cpu',
    'CPU, redelivered : download by SD',
    { atMost: 0.4 },
    "CPU of a redelivered duplicate : one bare download by the SDK's defaults",
  ),
  goal(
    'S3',
    'end-to-end',
    'end to end, CPU, no lock : bare',
    { atMost: 1.2 },
    'end to end, CPU of the host without locks : bare',
  ),
  goal('S3', 'end-to-end', 'end to end, CPU, ours : bare', { atMost: 3 }, 'end to end, CPU of the host : bare'),
  goal('S3', 'end-to-end', 'completed/s, ours : bare', { atLeast: 0.3 }, 'end to end, completed/s : bare'),
  goal(
    'S4',
    'accepting',
    'accepted/s, ours with a key : bare',
    { atLeast: 0.45 },
    'requests with an Idempotency-Key that one process accepts : bare',
  ),
  goal('S4', 'accepting', 'accepted/s, ours : bare', { atLeast: 0.8 }, 'the same without a key'),
  goal(
    'S5',
    'cold-start',
    'import, ours : four SDKs',
    { atMost: 0.16 },
    'import of what is deployed : the four SDKs unbundled',
  ),
  goal('T2', 'collectors', 'CPU, exporting : not', { atMost: 1.25 }, "a host's CPU, telemetry exported : not"),
  goal(
    'T4',
    'collectors',
    'completed/s, bad collectors : good',
    { atLeast: 0.95 },
    'completed/s, the worst of three bad collectors : a good one',
  ),
  goal(
    'O1',
    'listing',
    'CPU per lock, isb : SDK',
    { atMost: 1.3 },
    'CPU per lock of "isb locks list" of 1,000,000 : the bare SDK client',
  ),
  goal('O1', 'listing', 'pages before the first row', { exactly: 1 }, 'pages that it asks for before its first row'),
  goal('O1', 'listing', 'memory, MB', { atMost: 150 }, 'largest resident set of it, in MB'),
  goal(
    'O2',
    'redrive',
    'SDK : isb',
    { atLeast: 3 },
    'speed of "isb dead redrive" of 10,000 : receive, send and complete one by one',
  ),
  goal('O2', 'redrive', 'astray', { exactly: 0 }, 'messages that were lost or doubled by it'),
  goal(
    'O3',
    'operator-page',
    'the open page, % of a core',
    { atMost: 15 },
    'the page of operators at 200 changes of locks a second, in % of a core of the host',
  ),
  goal(
    'O3',
    'operator-page',
    'longest task in the browser, ms',
    { atMost: 100 },
    'longest task of it in a browser, in ms',
  ),
  goal('S5', 'cold-start', 'deployed MB', { atMost: 7 }, 'size of what is deployed, in MB'),
  goal(
    'S5',
    'cold-start',
    'import and first message : 3673366',
    { atMost: 0.75 },
    'CPU of the import of what is deployed, and of its first guarded message : those of 3673366',
  ),
  goal(
    'S6',
    'listed-locks',
    'CPU per listed lock : 3673366',
    { atMost: 0.15 },
    'CPU per listed lock : that of 3673366',
  ),
  goal(
    'S7',
    'fingerprint',
    'fingerprint of one long text : least',
    { atMost: 1.3 },
    '256 KB of one text, from delivery to fingerprint : decode, parse and SHA-256',
  ),
  goal('S7', 'fingerprint', 'fingerprint of many members : least', { atMost: 2 }, 'the same of many members'),
];

export function isReached(bound: Bound, value: number): boolean {
  if ('atMost' in bound) return value <= bound.atMost;
  if ('atLeast' in bound) return value >= bound.atLeast;
  return value === bound.exactly;
}

export function boundText(bound: Bound): string {
  if ('atMost' in bound) return `≤ ${bound.atMost}`;
  return 'atLeast' in bound ? `≥ ${bound.atLeast}` : `= ${bound.exactly}`;
}
