// A host of the packed package around a handler, as whoever installs it writes one.
import { startHost } from 'immutable-service-bus/standalone';

const host = await startHost({ handler: (_message, { step }) => step('charge', () => 'receipt-1') });
process.stdout.write(`address ${host.address}\n`);
