import type { BlobAddresses } from '../servers/blob-process.ts';

/** What is done with a message. */
export type Path =
  /** Nobody has seen it: acquire, run the empty handler, mark it done. */
  | 'new'
  /** It is done, and this is a later delivery of the same message. */
  | 'redelivered'
  /** It is done, and this is another message under its ID, which looks new. */
  | 'fresh'
  /** It is done; its record is read, and nothing made of it. */
  | 'read';

/** One way to have the work of a message done once. */
export interface Guard {
  /** By path, what is done with the message of an ID. A path that is not there makes no sense for it. */
  readonly paths: Partial<Readonly<Record<Path, (id: string) => Promise<unknown>>>>;
  /** For a store within this process: how late it answers, in milliseconds. */
  answerAfter?(latencyMs: number): void;
  /** Empties a store within this process. */
  forgetAll?(): void;
}

/** Where the stores are, and how they are reached. */
export interface GuardSettings {
  readonly blobs: BlobAddresses;
  readonly dynamodb: string | undefined;
  readonly access: Access;
}

/** Plain HTTP with the account's key, as locally; or TLS with a bearer token, as in production. */
export type Access = 'key' | 'bearer';

/** Every file of a guard exports one of these by the name `makeGuard`. */
export type MakeGuard = (settings: GuardSettings) => Promise<Guard>;

export const lockContainer = 'locks';
export const lockScope = 'queue';
