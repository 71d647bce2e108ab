import type { Content } from '../../domain/message.ts';
import { PermanentFailure } from '../../domain/step-errors.ts';
import { isStepName } from '../../domain/steps-journal.ts';

/** What happens in one step of scripted work. */
export interface ScriptedStep {
  readonly name: string;
  /** How long it takes, in milliseconds. */
  readonly ms: number;
  /** In how many attempts, from the first, it fails. */
  readonly failTimes: number;
  /** It fails for good. */
  readonly permanent: boolean;
  /** It takes its time without ever letting go of the processor. */
  readonly block: boolean;
  /** It never ends, and ignores its signal. */
  readonly hang: boolean;
  readonly atMostOnce: boolean;
}

export interface Script {
  readonly steps: readonly ScriptedStep[];
}

/** The content of a message is not a script, and never will be. What to do: send `{"steps":[{"name":"charge","ms":200,"failTimes":1}]}`. */
export class ScriptError extends PermanentFailure {
  override readonly name = 'ScriptError';
  constructor(why: string) {
    super(`The content is not a script: ${why}. Send {"steps":[{"name":"charge","ms":200,"failTimes":1}]}.`);
  }
}

/** @throws ScriptError if `content` is something else, or has a member that is not known. */
export function parseScript(content: Content): Script {
  const value = content.kind === 'json' ? content.value : undefined;
  if (!isObject(value) || !Array.isArray(value['steps'])) throw new ScriptError('it has no list "steps"');
  return { steps: value['steps'].map(parseStep) };
}

const longestStepMs = 3_600_000;

function parseStep(value: unknown, index: number): ScriptedStep {
  const place = `step ${index + 1}`;
  if (!isObject(value)) throw new ScriptError(`${place} is not an object`);
  const {
    name,
    ms = 0,
    failTimes = 0,
    permanent = false,
    block = false,
    hang = false,
    atMostOnce = false,
    ...others
  } = value;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new ScriptError(`${place} has an unknown member "${unknown}"`);
  if (!isStepName(name)) throw new ScriptError(`${place} has no "name" that a step can have`);
  if (!isCount(ms) || ms > longestStepMs)
    throw new ScriptError(`${place} has an "ms" that is not 0 to ${longestStepMs}`);
  if (!isCount(failTimes)) throw new ScriptError(`${place} has a "failTimes" that is not a count`);
  const flags = { permanent, block, hang, atMostOnce };
  for (const [flag, given] of Object.entries(flags)) {
    if (typeof given !== 'boolean') throw new ScriptError(`${place} has a "${flag}" that is neither true nor false`);
  }
  return { name, ms, failTimes, ...(flags as Record<keyof typeof flags, boolean>) };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
