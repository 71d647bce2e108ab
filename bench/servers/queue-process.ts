import { startServiceBusEmulator } from 'service-bus-emulator';
import { serveCalls } from '../processes/serve-calls.ts';

// A queue that nobody receives from, in a process of its own. It forgets its messages soon, or it would grow without end.
const emulator = await startServiceBusEmulator({
  port: 0,
  entities: { queues: [{ name: 'messages', defaultTimeToLiveMs: 2000 }] },
});

serveCalls({ connectionString: () => emulator.connectionString });
