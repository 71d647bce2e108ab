import type { Clock } from '../../application/ports/clock.ts';
import type { EffectsLog } from '../../application/ports/effects-log.ts';
import type { HandlerContext, MessageHandler } from '../../application/ports/message-handler.ts';
import type { Message } from '../../domain/message.ts';
import type { MessageId } from '../../domain/message-id.ts';
import { durationMs } from '../../domain/time.ts';
import { parseScript, type ScriptedStep } from './script.ts';

export interface ScriptedPorts {
  readonly effects: EffectsLog;
  readonly clock: Clock;
  readonly effectsNameOf: (id: MessageId) => string;
}

/**
 * Work for demonstrations and fault tests: the message says what happens. Each executed step first leaves a line of
 * evidence `{"messageId","step","attempt","fencingToken","owner","at"}`, so that what ran twice shows twice.
 *
 * @throws ScriptError (by the handler) if the message's content is no script.
 */
export const scripted =
  (ports: ScriptedPorts): MessageHandler =>
  async (message, context) => {
    const { steps } = parseScript(message.content);
    for (const step of steps) await runStep(ports, message, context, step);
    return { steps: steps.length };
  };

async function runStep(
  { effects, clock, effectsNameOf }: ScriptedPorts,
  { id }: Message,
  { attempt, fencingToken, owner }: HandlerContext,
  { name, ms, failTimes }: ScriptedStep,
): Promise<void> {
  const evidence = { messageId: id, step: name, attempt, fencingToken, owner, at: clock.timestamp() };
  await effects.append(effectsNameOf(id), JSON.stringify(evidence));
  await clock.sleep(durationMs(ms));
  if (attempt <= failTimes) throw new Error(`Step ${name} fails in attempt ${attempt}, as scripted.`);
}
