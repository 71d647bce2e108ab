import { idOfMarkerName, type MarkerName, scopeMarkerName } from '../../domain/marker-name.ts';
import type { IdOf } from '../content/id-of.ts';
import type { MarkerStore } from '../ports/marker-store.ts';

/** What whoever operates an app has to know of a scope, and cannot see from its locks. */
export interface WordForOperators {
  readonly name: MarkerName;
  readonly text: string;
}

/** Where the locks of one source are, and what names them. */
export interface LockPlace {
  readonly scope: string;
  /** The queue, or the topic and its subscription. In lower case it is the default scope. */
  readonly path: string;
  readonly idOf?: IdOf | undefined;
}

/** Those of a source: that `idOf` names its messages, and that its locks are not where they are by default. */
export const wordsOf = ({ scope, path, idOf }: LockPlace): readonly WordForOperators[] => [
  ...(idOf !== undefined ? [{ name: idOfMarkerName(scope), text: '{"namedBy":"idOf"}' }] : []),
  ...(scope === path.toLowerCase()
    ? []
    : [{ name: scopeMarkerName(path.toLowerCase()), text: JSON.stringify({ scope }) }]),
];

/** Whether an app has left word that `idOf` names the messages of the scope. @throws LockStoreError */
export const isNamedByIdOf = async (markers: MarkerStore, scope: string): Promise<boolean> =>
  (await markers.read(idOfMarkerName(scope))) !== undefined;

/** The scope that an app uses in the place of this default one; undefined if none has left word. @throws LockStoreError */
export async function scopeInPlaceOf(markers: MarkerStore, defaultScope: string): Promise<string | undefined> {
  const stored = await markers.read(scopeMarkerName(defaultScope));
  try {
    const { scope } = JSON.parse(stored?.text ?? '{}');
    return typeof scope === 'string' ? scope : undefined;
  } catch {
    return undefined;
  }
}
