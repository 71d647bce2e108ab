import { InMemoryMarkerStore } from '../../src/adapters/in-memory/in-memory-marker-store.ts';
import { sweepsAfterMs } from '../../src/application/sweep/sweep-lease.ts';
import { sweepMarkerName } from '../../src/domain/marker-name.ts';
import { sweepProgressText } from '../../src/domain/sweep-progress.ts';
import { storeTime } from '../../src/domain/time.ts';

/** The markers of an app that has been there for long enough to sweep the scope, and does not grow older by itself. */
export async function markersOfOldApp(scope = 'queue'): Promise<InMemoryMarkerStore> {
  const markers = new InMemoryMarkerStore({ clock: () => sweepsAfterMs });
  await markers.put(sweepMarkerName(scope), sweepProgressText({ presentSince: storeTime(0) }), 'absent');
  return markers;
}
