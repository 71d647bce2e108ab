import { escapeId } from './escaped-id.ts';

/** Where something about a whole scope is kept: `<scope>/<what>.json`, in the folder of its locks and never the name of one. */
export type MarkerName = string & { readonly kind: 'MarkerName' };

/** How far the sweep of a scope is, and who sweeps. */
export const sweepMarkerName = (scope: string): MarkerName => markerName(scope, 'sweep');

/** How the locks of a scope are laid out. */
export const layoutMarkerName = (scope: string): MarkerName => markerName(scope, 'layout');

/** Whether what says so must be there as long as its scope, though nobody writes it any more. */
export const outlastsRetention = (name: MarkerName): boolean => name.endsWith('/layout.json');

const markerName = (scope: string, what: 'sweep' | 'layout'): MarkerName =>
  `${escapeId(scope)}/${what}.json` as MarkerName;
