import Module from 'node:module';
import type { Invocation, InvocationEnd, WorkerReport } from './protocol.ts';

type Handler = (...args: unknown[]) => unknown;

interface InvocationModel {
  getArguments(): Promise<{ context: object; inputs: unknown[] }>;
  invokeFunction(context: object, inputs: unknown[], handler: Handler): Promise<unknown>;
  getResponse(context: object, result: unknown): Promise<{ returnValue?: unknown }>;
}

interface ProgrammingModel {
  getInvocationModel(context: object): InvocationModel;
}

/** What has been registered since. */
export const functions = new Map<string, { metadata: WorkerReport['functions'][number]; handler: Handler }>();
export const hooks: { name: string; run: Handler }[] = [];
let model: ProgrammingModel | undefined;

const core = {
  version: '4.0.0',
  hostVersion: '4.1037.0',
  log: () => undefined,
  Disposable: class {},
  setProgrammingModel: (given: ProgrammingModel) => {
    model = given;
  },
  getProgrammingModel: () => model,
  registerHook: (name: string, run: Handler) => {
    hooks.push({ name, run });
    return { dispose: () => undefined };
  },
  registerFunction: (metadata: WorkerReport['functions'][number], handler: Handler) => {
    if (functions.has(metadata.name)) throw new Error(`A function with name ${metadata.name} is registered already.`);
    functions.set(metadata.name, { metadata, handler });
    return { dispose: () => undefined };
  },
};

/** A worker that does not let an app see its requests. */
if (process.env['TEST_WITHOUT_PROGRAMMING_MODEL'] !== undefined) Reflect.deleteProperty(core, 'getProgrammingModel');

/** From here on `@azure/functions` finds the core API that only the worker of a host has, once it is imported. */
const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const loadNormally = loader._load.bind(loader);
loader._load = (request, ...rest) => (request === '@azure/functions-core' ? core : loadNormally(request, ...rest));

/** Runs an invocation through the library's own conversion. */
export async function invoke({ name, request }: Invocation): Promise<Omit<InvocationEnd, 'id'>> {
  const found = functions.get(name);
  if (found === undefined || model === undefined) throw new Error(`There is no function ${name}.`);
  const logs: InvocationEnd['logs'] = [];
  const invocation = model.getInvocationModel({
    invocationId: crypto.randomUUID(),
    metadata: found.metadata,
    request,
    log: (level: string, category: string, message: string) => logs.push({ level, category, message }),
  });
  const { context, inputs } = await invocation.getArguments();
  try {
    const result = await invocation.invokeFunction(context, inputs, found.handler);
    const { returnValue } = await invocation.getResponse(context, result);
    return { returnValue, logs };
  } catch (thrown) {
    // The worker takes undefined and null for success.
    if (thrown === undefined || thrown === null) return { logs };
    return { error: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `no Error: ${thrown}`, logs };
  }
}
