/** Where in the life of the first delivery something goes wrong. */
export const points = [
  'before create',
  'create sent',
  'create acked',
  'before step',
  'step start written',
  'effect done',
  'checkpoint sent',
  'checkpoint acked',
  'last write sent',
  'last write acked',
  'host returns',
  'settle sent',
  'settle acked',
] as const;
export type Point = (typeof points)[number];

/** What goes wrong there. */
export const faults = [
  'kill',
  'freeze',
  'drop-request',
  'drop-response',
  'duplicate-request',
  'delay',
  '500-applied',
  '503-not-applied',
  '403',
] as const;
export type Fault = (typeof faults)[number];

export interface Cell {
  readonly point: Point;
  readonly fault: Fault;
  /** How many deliveries of the message come at once. */
  readonly deliveries: number;
  /** By how much the clock of the first process is wrong, in seconds; that of the third is as wrong the other way. */
  readonly skew: number;
}

/** Why a point and a fault do not meet. */
export type LeftOut = 'no request is under way there' | 'a broker answers with no status of HTTP';

const isSent = (point: Point): boolean => point.endsWith(' sent');

const isOfProcess = (fault: Fault): boolean => fault === 'kill' || fault === 'freeze';

const isHttpStatus = (fault: Fault): boolean => /^\d/.test(fault);

export function leftOut(point: Point, fault: Fault): LeftOut | undefined {
  if (!isOfProcess(fault) && !isSent(point)) return 'no request is under way there';
  if (isHttpStatus(fault) && point === 'settle sent') return 'a broker answers with no status of HTTP';
  return undefined;
}

/** The cells of one point and one fault. */
export const cellsOf = (point: Point, fault: Fault): readonly Cell[] =>
  [1, 2, 3].flatMap((deliveries) => [-300, 0, 300].map((skew) => ({ point, fault, deliveries, skew })));
