import type { Mutant } from './mutant.ts';

/** Tests that prove something of the protocol together, by their files. They are asked in this order: quick ones first. */
export const proofs = {
  grid: ['test/exploration/crash-grid.test.ts'],
  application: ['test/application/', 'test/entrypoints/composition/config.test.ts'],
  properties: ['test/properties/'],
  exploration: ['test/exploration/exhaustive.test.ts'],
  domain: ['test/domain/'],
  adapters: ['test/adapters/in-memory/', 'test/adapters/azure-blob/'],
  content: ['test/adapters/cloud-events/', 'test/adapters/system/fingerprint-of.test.ts'],
} as const;
export type Proof = keyof typeof proofs;

export const allProofs = Object.keys(proofs) as readonly Proof[];

/** The proofs that run the file a mutant is in: the others would not notice anything. */
export function proofsOf({ file }: Mutant): readonly Proof[] {
  if (file.startsWith('src/adapters/azure-blob/')) return ['adapters'];
  return file.startsWith('src/adapters/cloud-events/') ? ['content'] : allProofs;
}
