import type { CheckHealth } from '../../application/check-health.ts';
import type { Endpoint } from './endpoint.ts';
import { jsonResponse } from './json-response.ts';
import { problem } from './problem.ts';

export const healthPath = '/api/health';
export const livePath = '/api/health/live';

export interface HealthEndpointOptions {
  readonly checkHealth: Pick<CheckHealth<'store' | 'queue'>, 'run'>;
}

/** Whether this process is ready: store and queue answer. It names nothing but that. */
export const healthEndpoint =
  ({ checkHealth }: HealthEndpointOptions): Endpoint =>
  async () => {
    const { store, queue } = await checkHealth.run();
    const ready = store === 'reached' && queue === 'reached';
    const members = { live: true, ready, store, queue };
    if (ready) return jsonResponse(200, members);
    return problem('not-ready', 'The lock store or the queue does not answer. The log says why.', {
      headers: { 'retry-after': '5' },
      members,
    });
  };

/** That this process answers at all. It asks nobody else: a restart would not bring back what others lost. */
export const liveEndpoint: Endpoint = () => jsonResponse(200, { live: true });
