/** For tests of your own handlers, hosts and adapters: no test runner is needed. The suites for adapters are in `contracts`. */
export * from '../adapters/in-memory/index.ts';
export type { HandlerContext, MessageHandler } from '../application/ports/message-handler.ts';
export type { ProcessSettings } from '../application/settings/process-settings.ts';
export type { LockRecord } from '../domain/lock-record.ts';
export { durationMs, seconds } from '../domain/time.ts';
export { type FunctionHandler, functionHandler } from './function-handler.ts';
export { type DeliveryEnd, type HandlerRun, type RunOptions, type RunStep, runHandler } from './run-handler.ts';
export type { StoreFaults, StoreRequest } from './simulated-process.ts';
