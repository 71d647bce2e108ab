/** A Function App: a guard for functions of your own, or a whole app around one handler. */
export { ConfigError } from '../../application/settings/config-error.ts';
export * from '../composition/handler-api.ts';
export type { OpenParts } from '../composition/lock-container.ts';
export { Token } from '../composition/tokens.ts';
export type { OnceOptions, OnceResult } from '../guard/once.ts';
export type { GuardedContext, GuardOptions } from './guarded-source.ts';
export {
  type MessageGuard,
  type MessageGuardOptions,
  messageGuard,
  type QueueGuardOptions,
  type TopicGuardOptions,
} from './message-guard.ts';
export { type FunctionsOptions, registerFunctions } from './register-functions.ts';
