// Imports the modules that its arguments name, and prints what that took; with FIRST_MESSAGE=yes also what a host has one of them do then. JavaScript, or Node's own stripping of types would be
// measured, too.
import Module from 'node:module';

/** What has been registered with the core API, which only the worker of a host has. Here this is it. */
const functions = [];
const handlers = new Map();
const startHooks = [];
const disposable = { dispose: () => undefined };
const core = {
  version: '4.0.0',
  hostVersion: '4.1037.0',
  Disposable: class {},
  log: () => undefined,
  setProgrammingModel: () => undefined,
  registerHook: (name, hook) => {
    if (name === 'appStart') startHooks.push(hook);
    return disposable;
  },
  registerFunction: ({ name }, handler) => {
    functions.push(name);
    handlers.set(name, handler);
    return disposable;
  },
};
const loadNormally = Module._load.bind(Module);
Module._load = (request, ...rest) => (request === '@azure/functions-core' ? core : loadNormally(request, ...rest));

const start = performance.now();
const { user, system } = process.cpuUsage();
await Promise.all(process.argv.slice(2).map((name) => import(name)));
if (process.env['FIRST_MESSAGE'] === 'yes') await guardFirstMessage();
const tookMs = performance.now() - start;
const cpu = process.cpuUsage();
const cpuMs = (cpu.user - user + cpu.system - system) / 1000;
process.stdout.write(JSON.stringify({ tookMs, cpuMs, rss: process.memoryUsage.rss(), functions }));

/** What the host does next: it starts the app, and hands over a message. */
async function guardFirstMessage() {
  for (const hook of startHooks) await hook({ appHookData: {}, hookData: {}, functionAppDirectory: process.cwd() });
  const triggerMetadata = {
    messageId: `first-${process.pid}-${Date.now()}`,
    contentType: 'application/json',
    applicationProperties: {},
    deliveryCount: 1,
    sequenceNumber: 1,
    enqueuedTimeUtc: '2024-01-01T00:00:00.000Z',
  };
  const line = () => undefined;
  const lines = { log: line, trace: line, debug: line, info: line, warn: line, error: line };
  const context = { functionName: 'processMessage', invocationId: 'first', triggerMetadata, options: {}, ...lines };
  await handlers.get('processMessage')(Buffer.from('{"order":1}'), context);
}
