import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ChildOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself. Default: `--expose-gc`. */
  readonly nodeOptions?: readonly string[];
}

/** What a child process answers to one call. */
export type Answer =
  | { readonly call: number; readonly value: unknown }
  | { readonly call: number; readonly error: string };

/** A process of its own that is asked by name, one after another or at once. It ends with its parent, whatever ends that. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #calls = 0;

  constructor(script: URL, { args = [], env = {}, nodeOptions = ['--expose-gc'] }: ChildOptions = {}) {
    this.#process = fork(fileURLToPath(script), args, {
      execArgv: [...nodeOptions],
      env: { ...process.env, ...env },
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#process.on('message', (answer) => this.#settle(answer as Answer));
    this.#process.once('exit', (code, signal) => this.#rejectAll(new Error(`${script} ended: ${signal ?? code}`)));
  }

  /** @throws Error with what the child threw, or if it has ended. */
  call<Value = void>(name: string, argument?: unknown): Promise<Value> {
    if (!this.#process.connected) return Promise.reject(new Error('The child process has ended.'));
    this.#calls += 1;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#calls, answer);
    this.#process.send({ call: this.#calls, name, argument });
    return answer.promise as Promise<Value>;
  }

  /** Resolves when the process has ended. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.#process.once('exit', () => resolve()));
    if (this.#process.connected) this.#process.disconnect();
    await ended;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.call);
    this.#waiting.delete(answer.call);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value);
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
