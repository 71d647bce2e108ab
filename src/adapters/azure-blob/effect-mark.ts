import type { Fence } from '../../application/ports/fenced-store.ts';
import { escapeId } from '../../domain/escaped-id.ts';

/** Whose effect a stored blob is, as its metadata shows it; and which write that was, so that it is known after a lost answer. */
export interface EffectMark {
  readonly fencingtoken: string;
  readonly owner: string;
  readonly writeid: string;
}

/** The mark of one write. Header values are ASCII, so the owner is escaped. */
export const effectMark = ({ fencingToken, owner }: Fence, writeId: string): EffectMark => ({
  fencingtoken: String(fencingToken),
  owner: escapeId(owner),
  writeid: writeId,
});

/** The mark in the metadata of a blob; undefined if that was not written as an effect. */
export function effectMarkIn(metadata: (name: keyof EffectMark) => string | undefined): EffectMark | undefined {
  const [fencingtoken, owner, writeid] = [metadata('fencingtoken'), metadata('owner'), metadata('writeid')];
  if (fencingtoken === undefined || owner === undefined || writeid === undefined) return undefined;
  return /^[0-9]{1,15}$/.test(fencingtoken) ? { fencingtoken, owner, writeid } : undefined;
}

/** A greater token, or the same one of the same owner. */
export const takesPrecedence = (mark: EffectMark, stored: EffectMark): boolean =>
  Number(mark.fencingtoken) > Number(stored.fencingtoken) ||
  (mark.fencingtoken === stored.fencingtoken && mark.owner === stored.owner);
