import { escapeId } from './escaped-id.ts';

/** Where something about a whole scope is kept: `<scope>/<what>.json`, in the folder of its locks and never the name of one. */
export type MarkerName = string & { readonly kind: 'MarkerName' };

/** How far the sweep of a scope is, and who sweeps. */
export const sweepMarkerName = (scope: string): MarkerName => `${escapeId(scope)}/sweep.json` as MarkerName;
