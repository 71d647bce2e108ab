import type { Clock } from '../../application/ports/clock.ts';
import type { EffectsLog } from '../../application/ports/effects-log.ts';
import type { HandlerContext, MessageHandler } from '../../application/ports/message-handler.ts';
import { PermanentFailure } from '../../domain/step-errors.ts';
import { durationMs } from '../../domain/time.ts';
import type { WorkKey } from '../../domain/work-key.ts';
import { parseScript, type ScriptedStep } from './script.ts';

export interface ScriptedPorts {
  readonly effects: EffectsLog;
  readonly clock: Clock;
  readonly effectsNameOf: (key: WorkKey) => string;
}

/**
 * Work for demonstrations and fault tests: the message says what happens. Each executed step first leaves a line of
 * evidence `{"messageId","source","step","attempt","fencingToken","owner","at"}`, so that what ran twice shows twice.
 *
 * @throws ScriptError (by the handler) if the message's content is not a script.
 */
export const scripted =
  (ports: ScriptedPorts): MessageHandler =>
  async (message, context) => {
    const { steps } = parseScript(message.content);
    for (const step of steps) {
      const { name, atMostOnce } = step;
      await context.step(name, () => runStep(ports, context, step), { atMostOnce });
    }
    return { steps: steps.length };
  };

async function runStep(
  { effects, clock, effectsNameOf }: ScriptedPorts,
  { workKey, attempt, fencingToken, owner, signal }: HandlerContext,
  { name, ms, failTimes, permanent, block, hang }: ScriptedStep,
): Promise<void> {
  const { id: messageId, source } = workKey;
  const evidence = { messageId, source, step: name, attempt, fencingToken, owner, at: clock.timestamp() };
  await effects.append(effectsNameOf(workKey), JSON.stringify(evidence));
  if (block) blockEventLoop(clock, ms);
  else await clock.sleep(durationMs(ms), hang ? undefined : signal);
  if (hang) await new Promise(() => undefined);
  if (permanent) throw new PermanentFailure(`Step ${name} fails for good, as scripted.`);
  if (attempt <= failTimes) throw new Error(`Step ${name} fails in attempt ${attempt}, as scripted.`);
}

/** Burns the processor, so that no timer of this process runs meanwhile. */
function blockEventLoop(clock: Clock, ms: number): void {
  const end = clock.monotonic() + ms;
  while (clock.monotonic() < end);
}
