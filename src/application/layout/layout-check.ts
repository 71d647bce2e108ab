import { escapeId } from '../../domain/escaped-id.ts';
import { type LayoutMarker, layoutMarkerText, parseLayoutMarker } from '../../domain/layout-marker.ts';
import type { LockLayout, LockName } from '../../domain/lock-name.ts';
import { layoutMarkerName } from '../../domain/marker-name.ts';
import type { LockCatalog } from '../ports/lock-catalog.ts';
import { LockStoreError } from '../ports/lock-store.ts';
import type { MarkerStore } from '../ports/marker-store.ts';
import type { WordForOperators } from './word-for-operators.ts';

export interface LayoutPorts {
  readonly markers: MarkerStore;
  readonly catalog: LockCatalog;
}

/** The locks of a scope are not where this process would look for them. It must not work on any message of that scope. */
export class LockLayoutError extends LockStoreError {
  constructor(what: string) {
    super(what, { isTransient: false });
  }
}

/**
 * Holds a process to the layout that the locks of its scopes have. Two layouts at once would be two locks of one message, and
 * its work would be done twice. The first process of a scope fixes the layout by a marker, which every later one compares.
 */
export class LayoutCheck {
  readonly #ports: LayoutPorts;
  readonly #layout: LockLayout;
  readonly #agreed = new Map<string, Promise<void>>();
  readonly #words = new Map<string, readonly WordForOperators[]>();

  constructor(ports: LayoutPorts, layout: LockLayout) {
    this.#ports = ports;
    this.#layout = layout;
  }

  /** Has this word left before anybody works with a lock of the scope. */
  leaveWords(scope: string, words: readonly WordForOperators[]): void {
    if (words.length === 0) return;
    this.#words.set(scope, [...(this.#words.get(scope) ?? []), ...words]);
    this.#agreed.delete(scope);
  }

  /**
   * Resolves when the locks of the scope have the layout of this process, which is then true as long as it lives. Asks once a
   * scope, and after a failure again.
   *
   * @throws LockLayoutError that says what to do; LockStoreError if the store cannot be asked.
   */
  run(scope: string): Promise<void> {
    const known = this.#agreed.get(scope);
    if (known !== undefined) return known;
    const asked = this.#ask(scope);
    this.#agreed.set(scope, asked);
    asked.catch(() => this.#agreed.delete(scope));
    return asked;
  }

  async #ask(scope: string): Promise<void> {
    const stored = (await readLayout(this.#ports.markers, scope)) ?? (await this.#fix(scope));
    if (stored.movingTo !== undefined) throw new LockLayoutError(unfinishedMove(scope, stored.movingTo));
    if (stored.layout !== this.#layout) throw new LockLayoutError(otherLayout(scope, stored.layout));
    for (const { name, text } of this.#words.get(scope) ?? []) {
      // Another process may have left it.
      const { kind } = await this.#ports.markers.put(name, text, 'absent');
      if (kind === 'unknown')
        throw new LockStoreError(`The store did not say whether it has "${name}".`, { isTransient: true });
    }
  }

  /** What the marker says once there is one. */
  async #fix(scope: string): Promise<LayoutMarker> {
    const { markers, catalog } = this.#ports;
    // Of a version that wrote no marker, all locks are flat.
    if (this.#layout === 'spread' && (await hasFlatLocks(catalog, scope))) return { layout: 'flat' };
    const own = { layout: this.#layout };
    const { kind } = await markers.put(layoutMarkerName(scope), layoutMarkerText(own), 'absent');
    if (kind === 'written') return own;
    // Another process was faster, or the answer was lost.
    const stored = await readLayout(markers, scope);
    if (stored !== undefined) return stored;
    throw new LockStoreError(`The store did not say how the locks of the scope "${scope}" are laid out.`, {
      isTransient: true,
    });
  }
}

/**
 * What the marker of the scope says; undefined if there is none.
 *
 * @throws LockLayoutError if it says nothing that is known.
 */
export async function readLayout(markers: MarkerStore, scope: string): Promise<LayoutMarker | undefined> {
  const name = layoutMarkerName(scope);
  const stored = await markers.read(name);
  if (stored === undefined) return undefined;
  const marker = parseLayoutMarker(stored.text);
  if (marker !== undefined) return marker;
  throw new LockLayoutError(
    `The blob "${name}" does not say how the locks of the scope "${scope}" are laid out: it is damaged, or of a later version. ` +
      'If no version is newer than this one, look where the locks are ("isb locks list"), and delete the blob.',
  );
}

/** Where a listing begins so that all locks of this layout, and none of the other, come after. Spread folders come first. */
export const beforeLocksOf = (scope: string, layout: LockLayout): LockName | undefined =>
  layout === 'flat' ? (`${escapeId(scope)}/lock` as LockName) : undefined;

async function hasFlatLocks(catalog: LockCatalog, scope: string): Promise<boolean> {
  for await (const { locks } of catalog.pages(scope, { after: beforeLocksOf(scope, 'flat'), pageSize: () => 100 })) {
    if (locks.length > 0) return true;
  }
  return false;
}

const settingOf = (layout: LockLayout): string => (layout === 'spread' ? 'LOCK_SPREAD=on' : 'LOCK_SPREAD=off');

const otherLayout = (scope: string, layout: LockLayout): string => {
  const wanted = layout === 'spread' ? 'flat' : 'spread';
  return (
    `The locks of the scope "${scope}" are ${layout === 'spread' ? 'spread over folders' : 'not spread over folders'}, but ` +
    `LOCK_SPREAD is ${layout === 'spread' ? 'off' : 'on'}: each message would get a second lock, and its work would be done ` +
    `again. Set ${settingOf(layout)}. To change it for good, stop every process of this scope, run ` +
    `"isb locks move --to ${wanted}", and start them with ${settingOf(wanted)}.`
  );
};

export const unfinishedMove = (scope: string, to: LockLayout): string =>
  `The locks of the scope "${scope}" are being moved, and the move is not finished. Run "isb locks move --to ${to}" until it ` +
  `says that all are moved, then start with ${settingOf(to)}.`;
