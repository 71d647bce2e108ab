/**
 * The work of an Azure Service Bus message happens once. This is what is needed in every host: the words of a handler, and a guard
 * for work that no broker delivers. Hosts are `immutable-service-bus/functions` and `immutable-service-bus/standalone`.
 */
export * from './entrypoints/composition/handler-api.ts';
export { Token } from './entrypoints/composition/tokens.ts';
export { type LockGuard, type LockGuardOptions, lockGuard } from './entrypoints/guard/lock-guard.ts';
export type { OnceOptions, OnceResult } from './entrypoints/guard/once.ts';
