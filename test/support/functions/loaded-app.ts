import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { compileCache } from '../compile-cache.ts';
import type { HostSpan, Invocation, InvocationEnd, RegisteredFunction, WorkerReport } from './protocol.ts';
import { type BrokerMessage, type DataType, type TriggerInput, triggerInput } from './trigger-input.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A Function App in a worker process of its own. It stands in for the host. */
export class LoadedApp {
  readonly functions: readonly RegisteredFunction[];
  readonly hooks: readonly string[];
  /** What the entry file threw, or else a hook at the start, if any did. */
  readonly error: string | undefined;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, PromiseWithResolvers<InvocationEnd>>();
  #invocations = 0;

  /** Loads the app in `folder`, whose package.json says where it starts, under these settings and no others. */
  static async load(folder: string, entry: string, settings: Readonly<Record<string, string>>): Promise<LoadedApp> {
    const child = fork(join(import.meta.dirname, 'worker.ts'), [join(folder, entry)], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...compileCache, ...settings },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [report] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`The worker ended with ${code} while loading.`))),
    ]);
    return new LoadedApp(child, report);
  }

  private constructor(child: ChildProcess, { functions, hooks, error }: WorkerReport) {
    this.#child = child;
    this.functions = functions;
    this.hooks = hooks;
    this.error = error;
    child.on('message', (end: InvocationEnd) => this.#pending.get(end.id)?.resolve(end));
    child.once('exit', (code) => {
      for (const invocation of this.#pending.values()) invocation.reject(new Error(`The worker ended with ${code}.`));
    });
  }

  /** The trigger of a function. */
  trigger(name: string): Readonly<Record<string, unknown>> {
    const bindings = Object.values(this.functions.find((each) => each.name === name)?.bindings ?? {});
    const trigger = bindings.find(({ direction }) => direction === 'in');
    if (trigger === undefined) throw new Error(`There is no function ${name}.`);
    return trigger;
  }

  async request(
    name: string,
    url: string,
    init: { method: string; headers?: object; body?: string },
    traceContext?: HostSpan,
  ): Promise<HttpAnswer> {
    const http = {
      method: init.method,
      url,
      nullableHeaders: Object.fromEntries(Object.entries(init.headers ?? {}).map(([key, value]) => [key, { value }])),
      ...(init.body !== undefined && { body: { bytes: Buffer.from(init.body) } }),
    };
    const { error, returnValue } = await this.#invoke(name, { data: { http }, triggerMetadata: {} }, traceContext);
    if (error !== undefined) throw new Error(error);
    const answer = (
      returnValue as { http: { statusCode: string; headers: Record<string, string>; body: { bytes?: Uint8Array } } }
    ).http;
    const body = Buffer.from(answer.body?.bytes ?? []).toString();
    return { status: Number(answer.statusCode), headers: answer.headers, body };
  }

  /** Hands over a message to the function `name`, its body converted as the binding asks, or as `dataType` says. */
  deliver(
    message: BrokerMessage,
    dataType?: DataType,
    name = 'processMessage',
    traceContext?: HostSpan,
  ): Promise<InvocationEnd> {
    const asked = this.trigger(name)['dataType'] === 'binary' ? 'binary' : 'string';
    return this.#invoke(name, triggerInput(message, dataType ?? asked), traceContext);
  }

  /** Fires a timer. */
  tick(name: string): Promise<InvocationEnd> {
    return this.#invoke(name, { data: { json: '{"IsPastDue":false}' }, triggerMetadata: {} });
  }

  /** Runs what the app registered for its end, and waits until the process has ended. Returns its exit code. */
  async terminate(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const ended = once(this.#child, 'exit');
    this.#child.send({ terminate: true });
    const [code] = await ended;
    return code;
  }

  /** Ends the worker at once, as a crash does. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #invoke(name: string, { data, triggerMetadata }: TriggerInput, traceContext?: HostSpan): Promise<InvocationEnd> {
    this.#invocations += 1;
    const id = this.#invocations;
    const request = {
      inputData: [{ name: String(this.trigger(name)['name']), data }],
      triggerMetadata,
      ...(traceContext && { traceContext }),
    };
    const ended = Promise.withResolvers<InvocationEnd>();
    this.#pending.set(id, ended);
    this.#child.send({ id, name, request } satisfies Invocation);
    return ended.promise;
  }
}
