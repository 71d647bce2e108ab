import type { HostKind } from './host.ts';

export interface HostVariant {
  readonly label: string;
  readonly kind: HostKind;
  readonly store: 'azurite' | 'blob-server';
}

/**
 * Who carries messages from the post to the settlement. The figures with Azurite are Azurite's: it costs more of the processor
 * for a write than everything else together. The blob server of this bench costs a twentieth.
 */
export const hostVariants = {
  oursOnAzurite: { label: 'ours, locks on Azurite', kind: 'standalone', store: 'azurite' },
  ours: { label: 'ours, locks on the blob server', kind: 'standalone', store: 'blob-server' },
  locksInMemory: { label: 'the same host, locks in its memory', kind: 'locks-in-memory', store: 'blob-server' },
  noLock: { label: 'the same host, no lock (ceiling)', kind: 'no-lock', store: 'blob-server' },
  bare: { label: 'bare node:http and bare SDK', kind: 'bare', store: 'blob-server' },
} as const satisfies Record<string, HostVariant>;

export type HostVariantName = keyof typeof hostVariants;
