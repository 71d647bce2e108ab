// Imports the modules that its arguments name, and prints what that took. JavaScript, or Node's own stripping of types would be
// measured, too.
import Module from 'node:module';

/** What has been registered with the core API, which only the worker of a host has. Here this is it. */
const functions = [];
const disposable = { dispose: () => undefined };
const core = {
  version: '4.0.0',
  hostVersion: '4.1037.0',
  Disposable: class {},
  log: () => undefined,
  setProgrammingModel: () => undefined,
  registerHook: () => disposable,
  registerFunction: ({ name }) => {
    functions.push(name);
    return disposable;
  },
};
const loadNormally = Module._load.bind(Module);
Module._load = (request, ...rest) => (request === '@azure/functions-core' ? core : loadNormally(request, ...rest));

const start = performance.now();
const { user, system } = process.cpuUsage();
await Promise.all(process.argv.slice(2).map((name) => import(name)));
const tookMs = performance.now() - start;
const cpu = process.cpuUsage();
const cpuMs = (cpu.user - user + cpu.system - system) / 1000;
process.stdout.write(JSON.stringify({ tookMs, cpuMs, rss: process.memoryUsage.rss(), functions }));
