/**
 * A process that loads a Function App as the Node worker of a host does: with the app's own `@azure/functions`, and the core
 * API that only the worker has. It reports what was registered, and runs invocations through the library's own conversion.
 * It is run as a child: argument 1 is the entry file; messages go over IPC.
 */
import { pathToFileURL } from 'node:url';
import type { Invocation, InvocationEnd, WorkerReport } from './protocol.ts';
import { functions, hooks, invoke } from './worker-core.ts';

const report = (message: WorkerReport | InvocationEnd): void => void process.send?.(message);

process.on('message', async (message: Invocation | { terminate: true }) => {
  if ('terminate' in message) {
    for (const hook of hooks) if (hook.name === 'appTerminate') await hook.run({});
    process.exit(0);
  }
  report({ id: message.id, ...(await invoke(message)) });
});
process.on('disconnect', () => process.exit(1));

const texts = (error: Error) => ({ error: `${error.name}: ${error.message}` });
const loaded = await import(pathToFileURL(process.argv[2] ?? '').href).then(() => ({}), texts);
/** As the worker does, before it answers the host that the app is loaded; what a hook throws is its answer then. */
async function start(): Promise<{ error?: string }> {
  try {
    for (const hook of hooks) if (hook.name === 'appStart') await hook.run({});
    return {};
  } catch (error) {
    return texts(error as Error);
  }
}
report({
  ...(await start()),
  ...loaded,
  functions: [...functions.values()].map(({ metadata }) => metadata),
  hooks: hooks.map(({ name }) => name),
});
