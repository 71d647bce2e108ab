import { serveCalls } from '../processes/serve-calls.ts';
import { quantile } from '../report/statistics.ts';
import { PostConnection } from './post-connection.ts';
import { sampleMessage } from './sample-message.ts';

export interface Posting {
  readonly address: string;
  readonly connections: number;
  readonly requests: number;
  /** Whether each request has an Idempotency-Key of its own. */
  readonly withKey: boolean;
}

export interface Posted {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

// A client that posts as fast as it is answered, in a process of its own.
serveCalls({ post });

async function post({ address, connections: count, requests, withKey }: Posting): Promise<Posted> {
  const connections = await Promise.all(Array.from({ length: count }, () => PostConnection.open(address)));
  const run = crypto.randomUUID();
  const tookMs: number[] = [];
  let posted = 0;
  const start = performance.now();
  const loop = async (connection: PostConnection) => {
    for (let sent = start; posted < requests; ) {
      posted += 1;
      await connection.post(sampleMessage, withKey ? `${run}-${posted}` : undefined);
      const done = performance.now();
      tookMs.push(done - sent);
      sent = done;
    }
  };
  try {
    await Promise.all(connections.map(loop));
    return {
      perSecond: (requests / (performance.now() - start)) * 1000,
      p50Ms: quantile(tookMs, 0.5),
      p99Ms: quantile(tookMs, 0.99),
    };
  } finally {
    for (const connection of connections) connection.close();
  }
}
