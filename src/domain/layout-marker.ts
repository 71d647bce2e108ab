import type { LockLayout } from './lock-name.ts';

/** What the marker of a scope says about its locks. */
export interface LayoutMarker {
  /** Where all of them are; while they are moved, where they come from. */
  readonly layout: LockLayout;
  /** Where they are being moved to. Until that is done, nobody may work with them. */
  readonly movingTo?: LockLayout | undefined;
}

/** As every store keeps it. */
export const layoutMarkerText = (marker: LayoutMarker): string => JSON.stringify(marker);

/** What a stored text says; undefined if it says nothing that is known. */
export function parseLayoutMarker(text: string): LayoutMarker | undefined {
  try {
    const { layout, movingTo } = JSON.parse(text);
    if (isLayout(layout) && (movingTo === undefined || isLayout(movingTo))) return { layout, movingTo };
  } catch {
    // It is not JSON, or null.
  }
  return undefined;
}

const isLayout = (value: unknown): value is LockLayout => value === 'flat' || value === 'spread';
