import type { FencedStore } from '../../application/ports/fenced-store.ts';
import type { Telemetry } from '../../application/ports/telemetry/telemetry.ts';

/** `store`, whose refusals are counted as those of `effect`. */
export const toldFencedStore = (store: FencedStore, effect: string, telemetry: Telemetry): FencedStore => ({
  put: async (...write) => {
    const outcome = await store.put(...write);
    if (outcome === 'refused') telemetry.refusedEffect(effect);
    return outcome;
  },
});
