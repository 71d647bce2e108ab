import type { Access } from './guard.ts';

export interface Variant {
  readonly label: string;
  /** The file of its guard, as seen from this folder. */
  readonly file: string;
  readonly access: Access;
}

const variant = (label: string, file: string, access: Access = 'key'): Variant => ({ label, file, access });

/** Who is measured. Those by TLS and bearer token are the same code as their namesakes. */
export const variants = {
  ours: variant('ours', 'ours.ts'),
  oursBearer: variant('ours, TLS + bearer', 'ours.ts', 'bearer'),
  oursLogging: variant('ours, with its log lines', 'ours-logging.ts'),
  oursInMemory: variant('ours, store in memory', 'ours-in-memory.ts'),
  oursSteps: variant('ours, with three steps', 'ours-steps.ts'),
  sdk: variant("S: two bare SDK calls, the product's client", 'sdk-like-ours.ts'),
  sdkBearer: variant("S, TLS + bearer, the product's client", 'sdk-like-ours.ts', 'bearer'),
  sdkDefault: variant("SD: two bare SDK calls, the SDK's defaults", 'sdk-default.ts'),
  sdkDefaultBearer: variant("SD, TLS + bearer, the SDK's defaults", 'sdk-default.ts', 'bearer'),
  raw: variant('R: raw node:http', 'raw.ts'),
  rawBearer: variant('R, TLS + bearer', 'raw.ts', 'bearer'),
  naive: variant('naive exists / upload / delete', 'naive.ts'),
  lease: variant('lease mutex, DistributedLock.Azure order', 'lease-mutex.ts'),
  powertools: variant('Powertools, DynamoDB layer, dynalite', '../powertools/dynamodb.ts'),
  powertoolsInMemory: variant('Powertools, layer in memory', '../powertools/in-memory.ts'),
  powertoolsEventsInMemory: variant(
    'Powertools, same layer, ID and content of an event',
    '../powertools/in-memory-events.ts',
  ),
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof variants;
