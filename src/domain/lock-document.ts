import { fencingToken } from './fencing-token.ts';
import { fingerprint } from './fingerprint.ts';
import type { FormerOwner } from './lock-history.ts';
import type { LockRecord } from './lock-record.ts';
import { isMessageId, parseMessageId } from './message-id.ts';
import type { OperatorAct } from './operator-act.ts';
import { ownerId, type WriteId } from './owner.ts';
import type { Step } from './step.ts';
import { type DurationMs, durationMs, storeTime } from './time.ts';
import { isTraceparent } from './trace-context.ts';
import { longestTtl, shortestTtl } from './ttl.ts';
import { utf8Length } from './utf8-length.ts';
import { parseSource } from './work-key.ts';

/**
 * The version of the record's meaning. A later one is not read by this version: it cannot be guessed. Members that a later version
 * adds without changing the meaning of the others are kept, and written back.
 */
const schema = 2;

/** The record as JSON text, as every store keeps it. What steps and work returned is in it as JSON, not as a text. */
export function lockDocument(record: LockRecord): string {
  const { steps, result, further, ...members } = record;
  const head = JSON.stringify({ schema, ...further, ...members }).slice(0, -1);
  return `${head}${resultMember(result)},"steps":[${steps.map(stepText).join(',')}]}`;
}

/**
 * The record in a stored text.
 *
 * @throws LockDocumentError if it is not one. Such a lock never counts as free: a person has to look at it.
 */
export function parseLockDocument(text: string): LockRecord {
  const value = parseObject(text);
  const field = <T>(name: string, isRight: (found: unknown) => found is T): T => {
    const found = value[name];
    if (!isRight(found)) throw new LockDocumentError(`its "${name}" is ${shown(found)}`);
    return found;
  };
  if (value['schema'] !== schema) throw new LockDocumentError(`its "schema" is not ${schema}`);
  const messageId = parseMessageId(value['messageId']);
  if (!isMessageId(messageId)) throw new LockDocumentError(`its "messageId" ${messageId.problem.slice(0, -1)}`);
  const owner = ownerId(field('owner', isText));
  return {
    state: field('state', isLockState),
    messageId,
    ...(value['source'] === undefined ? {} : { source: field('source', isSource) }),
    owner,
    host: field('host', isString),
    writeId: field('writeId', (found): found is WriteId => isString(found) && isWriteIdOf(owner, found)),
    ...(value['fencingToken'] === undefined ? {} : { fencingToken: fencingToken(field('fencingToken', isCount)) }),
    ttlMs: field('ttlMs', isTtl),
    fingerprint: fingerprint(field('fingerprint', isText)),
    physical: field('physical', isPhysicalMessage),
    attempt: field('attempt', isCount),
    failures: field('failures', isCount),
    crashes: field('crashes', isCount),
    retryAfterMs: durationMs(field('retryAfterMs', isCount)),
    steps: field('steps', isSteps).map(({ name, status, result, at, ...others }) => ({
      name,
      status,
      result: jsonText(result),
      at,
      ...further(others),
    })),
    result: jsonText(value['result']),
    lastError: field('lastError', isTextOrNull),
    ...(value['operator'] === undefined ? {} : { operator: operatorAct(field('operator', isOperatorAct)) }),
    ...(value['acquiredAt'] === undefined ? {} : { acquiredAt: storeTime(field('acquiredAt', isCount)) }),
    ...(value['traceparent'] === undefined ? {} : { traceparent: field('traceparent', isTraceparent) }),
    ...(value['history'] === undefined ? {} : { history: field('history', isHistory) }),
    ...further(Object.fromEntries(Object.entries(value).filter(([name]) => !known.has(name)))),
  };
}

/** The members of a record that this version reads. */
const known = new Set([
  ...['schema', 'state', 'messageId', 'source', 'owner', 'host', 'writeId', 'fencingToken', 'ttlMs', 'fingerprint'],
  ...['physical', 'attempt', 'failures', 'crashes', 'retryAfterMs', 'steps', 'result', 'lastError', 'operator'],
  ...['acquiredAt', 'traceparent', 'history'],
]);

/** What a later version has added. */
function further(members: Readonly<Record<string, unknown>>): Pick<LockRecord, 'further'> {
  if (Object.keys(members).length === 0) return {};
  jsonText(members); // so that it can be written back
  return { further: members };
}

/** The text under a lock's name is not a lock record of this version. What to do: look at the blob, then delete it. */
export class LockDocumentError extends Error {
  override readonly name = 'LockDocumentError';
  constructor(why: string) {
    super(`The text is not a lock record of schema ${schema}: ${why}.`);
  }
}

/** How many bytes of the record a step takes. */
export const stepBytes = (step: Step): number => utf8Length(stepText(step)) + 1;

/** Steps are never changed, only added: each is written out once, however many checkpoints follow. */
const stepTexts = new WeakMap<Step, string>();

function stepText(step: Step): string {
  const known = stepTexts.get(step);
  if (known !== undefined) return known;
  const { name, status, at, further } = step;
  const text = `${JSON.stringify({ ...further, name, status, at }).slice(0, -1)}${resultMember(step.result)}}`;
  stepTexts.set(step, text);
  return text;
}

/** A result of nothing has no such member, and a result of null has one: so the two stay different when they are replayed. */
const resultMember = (result: string | null): string => (result === null ? '' : `,"result":${result}`);

function jsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    // JSON.parse reads what is nested deeper than JSON.stringify can write.
    throw new LockDocumentError('a value in it is nested too deeply');
  }
}

/** The start of what was found, for people: a wrong value can be as long as a record. */
function shown(found: unknown): string {
  const text = jsonText(found) ?? 'missing';
  return text.length <= longestShown ? text : `${text.slice(0, longestShown).toWellFormed()}…`;
}

const longestShown = 100;

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LockDocumentError('it is not JSON');
  }
  if (!isObject(value)) throw new LockDocumentError('it is not a JSON object');
  return value;
}

const isSource = (found: unknown): found is string => typeof parseSource(found) === 'string';
const isObject = (found: unknown): found is Readonly<Record<string, unknown>> =>
  typeof found === 'object' && found !== null && !Array.isArray(found);
const isString = (found: unknown): found is string => typeof found === 'string';
const isText = (found: unknown): found is string => isString(found) && found.length > 0;
const isTextIfAny = (found: unknown): found is string | undefined => found === undefined || isText(found);
const isTextOrNull = (found: unknown): found is string | null => found === null || isString(found);
const isCount = (found: unknown): found is number => Number.isSafeInteger(found) && (found as number) >= 0;
export const isLockState = (found: unknown): found is LockRecord['state'] =>
  isString(found) && ['held', 'released', 'completed', 'failed'].includes(found);
const isTtl = (found: unknown): found is DurationMs => isCount(found) && found >= shortestTtl && found <= longestTtl;
const isWriteIdOf = (owner: string, found: string): boolean =>
  found.startsWith(`${owner}:`) && /^[1-9][0-9]{0,14}$/.test(found.slice(owner.length + 1));
const isPhysicalMessage = (found: unknown): found is LockRecord['physical'] =>
  isObject(found) && isString(found['sequenceNumber']) && isString(found['enqueuedTime']);
const operatorAct = ({ action, who, reason, at }: OperatorAct): OperatorAct => ({ action, who, reason, at });
const isOperatorAct = (found: unknown): found is OperatorAct =>
  isObject(found) &&
  (found['action'] === 'release' || found['action'] === 'answer') &&
  [found['who'], found['reason'], found['at']].every(isString);
const isStepStatus = (found: unknown): found is Step['status'] =>
  found === 'started' || found === 'finished' || found === 'not-done';
type StoredStep = Pick<Step, 'name' | 'status' | 'at'> & { readonly result?: unknown };
const isStep = (found: unknown): found is StoredStep =>
  isObject(found) && isText(found['name']) && isStepStatus(found['status']) && isTextIfAny(found['at']);
/** An ending that a later version has is kept as it is: nothing is decided by it. */
const isFormerOwner = (found: unknown): found is FormerOwner =>
  isObject(found) &&
  isText(found['owner']) &&
  isString(found['host']) &&
  isCount(found['acquiredAt']) &&
  isCount(found['lastWrittenAt']) &&
  isText(found['ending']) &&
  isTextIfAny(found['traceparent']);
const isHistory = (found: unknown): found is readonly FormerOwner[] =>
  Array.isArray(found) && found.every(isFormerOwner);
const isSteps = (found: unknown): found is readonly StoredStep[] => Array.isArray(found) && found.every(isStep);
