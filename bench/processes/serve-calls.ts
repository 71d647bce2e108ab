import type { Answer } from './child.ts';

interface Call {
  readonly call: number;
  readonly name: string;
  readonly argument: never;
}

/** What a child process can be asked, by name. */
export type Calls = Readonly<Record<string, (argument: never) => unknown>>;

/** Answers the calls of the parent of this process, and ends when the parent has gone or wants no more. */
export function serveCalls(calls: Calls): void {
  process.once('disconnect', () => process.exit());
  process.on('message', async ({ call, name, argument }: Call) => {
    const answer = await answerTo(calls, name, argument).then(
      (value): Answer => ({ call, value }),
      (error): Answer => ({ call, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
    process.send?.(answer);
  });
}

async function answerTo(calls: Calls, name: string, argument: never): Promise<unknown> {
  const answered = calls[name];
  if (answered === undefined) throw new Error(`This process cannot be asked for "${name}".`);
  return await answered(argument);
}
