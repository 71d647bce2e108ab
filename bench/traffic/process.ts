import { startServiceBusEmulator } from 'service-bus-emulator';
import { serveCalls } from '../processes/serve-calls.ts';
import { Flow, type FlowSummary } from './flow.ts';
import { PostConnection } from './post-connection.ts';
import { sampleMessage } from './sample-message.ts';

export interface Load {
  /** Of the hosts, which get the messages in turns. */
  readonly addresses: readonly string[];
  readonly messages: number;
  /** How many are posted and not yet completed, at most. */
  readonly inFlight: number;
}

const mostConnections = 64;
/** Far longer than any message is on its way while others are. */
const longestStandstillMs = 120_000;

// The queues, and the client that fills them, in one process: it sees when a message is posted and when it is completed by one
// clock, and knows how many are in flight. The arguments are the names of the queues.
let flow: Flow | undefined;
const emulator = await startServiceBusEmulator({
  port: 0,
  entities: { queues: process.argv.slice(2).map((name) => ({ name })) },
  faults: {
    onSettle: ({ messageId, settlement }) => {
      if (settlement === 'complete') flow?.completed(messageId);
      return undefined;
    },
  },
});

serveCalls({ connectionString: () => emulator.connectionString, carry });

/** Posts messages, and waits until all are completed. */
async function carry({ addresses, messages, inFlight: mostInFlight }: Load): Promise<FlowSummary> {
  const count = Math.min(mostInFlight, mostConnections);
  const connections = await Promise.all(
    Array.from({ length: count }, (_, place) => PostConnection.open(addresses[place % addresses.length] ?? '')),
  );
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  let posted = 0;
  const current = new Flow(messages);
  flow = current;
  current.onCompleted = () => {
    inFlight -= 1;
    waiting.shift()?.();
  };
  const loop = async (connection: PostConnection) => {
    while (posted < messages) {
      if (inFlight >= mostInFlight) {
        await new Promise<void>((resolve) => waiting.push(resolve));
        continue;
      }
      posted += 1;
      inFlight += 1;
      const postedAt = performance.now();
      const answer = await connection.post(sampleMessage);
      current.accepted(/"messageId":"([^"]+)"/.exec(answer)?.[1] ?? '', postedAt);
    }
    // What waits for its turn has nothing left to post.
    for (const wake of waiting.splice(0)) wake();
  };
  try {
    const [summary] = await Promise.all([current.end(longestStandstillMs), ...connections.map(loop)]);
    return summary;
  } finally {
    flow = undefined;
    for (const connection of connections) connection.close();
  }
}
