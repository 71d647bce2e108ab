import { type MessageGuard, messageGuard } from './message-guard.ts';

export type { GuardedContext } from './guarded-source.ts';

/** The guard of an app that has no more to say about it: its settings are the app's, its host.json that of the current folder. */
export const guard: MessageGuard = messageGuard();
