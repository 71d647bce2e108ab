import { escapeId } from './escaped-id.ts';

/** Where something about a whole scope is kept: `<scope>/<what>.json`, in the folder of its locks and never the name of one. */
export type MarkerName = string & { readonly kind: 'MarkerName' };

/** How far the sweep of a scope is, and who sweeps. */
export const sweepMarkerName = (scope: string): MarkerName => markerName(scope, 'sweep');

/** How the locks of a scope are laid out. */
export const layoutMarkerName = (scope: string): MarkerName => markerName(scope, 'layout');

/** That the messages of a scope are named by a function of the app. */
export const idOfMarkerName = (scope: string): MarkerName => markerName(scope, 'id-of');

/** Which scope is used in the place of this one. */
export const scopeMarkerName = (defaultScope: string): MarkerName => markerName(defaultScope, 'scope');

/** Whether what says so must be there as long as its scope, though nobody writes it any more. */
export const outlastsRetention = (name: MarkerName): boolean => !name.endsWith('/sweep.json');

const markerName = (scope: string, what: 'sweep' | 'layout' | 'id-of' | 'scope'): MarkerName =>
  `${escapeId(scope)}/${what}.json` as MarkerName;
