/**
 * A digest of a message's type and content: tells a retry of a message from another message under the same ID.
 * Its prefix names the way it was made; only fingerprints made the same way can be compared.
 */
export type Fingerprint = string & { readonly kind: 'Fingerprint' };

export const fingerprint = (value: string): Fingerprint => value as Fingerprint;

/** The way that this version makes them: SHA-256 over the RFC 8785 canonical form, or over the bytes of other content. */
export const fingerprintPrefix = 'jcs1:';

/** `unknown` if one of the two was made in a way that this version does not know. */
export function compareFingerprints(stored: Fingerprint, claimed: Fingerprint): 'same' | 'different' | 'unknown' {
  if (stored === claimed) return 'same';
  const areComparable = [stored, claimed].every((print) => print.startsWith(fingerprintPrefix));
  return areComparable ? 'different' : 'unknown';
}
