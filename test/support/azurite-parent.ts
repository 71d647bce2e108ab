import { startAzurite } from '../../src/adapters/azurite/start-azurite.ts';
import { timeLimits } from './time-limits.ts';

// A process that starts Azurite, tells its port, and drains for as long as it likes when it is interrupted.
process.on('SIGINT', () => process.stdout.write('draining\n'));
const { port } = await startAzurite({ port: 0, startTimeoutMs: timeLimits.waitMs });
process.stdout.write(`${port}\n`);
