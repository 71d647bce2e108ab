// Runs the operations of each client against the emulator's program, and puts the table of what passed into the README.
// `npm run interop [client ...]`; see README.md. A client whose tools are not on this machine is left out with a word.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { clients } from './clients.ts';
import { type Results, writeTable } from './table.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const idleSeconds = process.env['IDLE_SECONDS'] ?? '70';
// Older SDKs know no other port.
const port = '5671';
const folder = mkdtempSync(join(tmpdir(), 'interop-'));
const certificate = join(folder, 'cert.pem');
const config = join(folder, 'Config.json');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const wanted = process.argv.slice(2);
const chosen = clients.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const queues = chosen.flatMap(({ id }) => [
  { Name: id, Properties: { MaxDeliveryCount: 3 } },
  { Name: `${id}-idle` },
  { Name: `${id}-sessions`, Properties: { RequiresSession: true, LockDuration: 'PT10S' } },
  { Name: `${id}-in`, Properties: { ForwardTo: id } },
  { Name: `${id}-failing`, Properties: { ForwardDeadLetteredMessagesTo: id, MaxDeliveryCount: 1 } },
]);
const sql = { FilterType: 'Sql', SqlFilter: { SqlExpression: "level > 3 AND sys.Label LIKE 'order%'" } };
const rules = {
  sql: { ...sql, Action: { SqlExpression: "SET seen = TRUE; SET sys.Label = 'taken'" } },
  red: { FilterType: 'Correlation', CorrelationFilter: { CorrelationId: 'c', Properties: { color: 'red' } } },
};
const subscriptions = [
  { Name: 'all', Properties: { MaxDeliveryCount: 1 } },
  ...Object.entries(rules).map(([name, rule]) => ({ Name: name, Rules: [{ Name: name, Properties: rule }] })),
  { Name: 'changing' },
];
const topics = chosen.map(({ id }) => ({ Name: `${id}-topic`, Subscriptions: subscriptions }));
const namespace = { Name: 'interop', Queues: queues, Topics: topics };
writeFileSync(config, JSON.stringify({ UserConfig: { Namespaces: [namespace] } }));

let emulator = await startEmulator();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    emulator.kill();
    process.exit(1);
  });
}
const results = new Map<string, Results>();
try {
  for (const client of chosen) {
    const start = client.prepare(join(folder, client.id));
    if (typeof start === 'string') {
      say(`${client.name}: left out. ${start}`);
      continue;
    }
    say(`${client.name}:`);
    const secret = 'SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;';
    const environment = {
      ...process.env,
      QUEUE: client.id,
      PORT: port,
      CERTIFICATE: certificate,
      NODE_EXTRA_CA_CERTS: certificate,
      REQUESTS_CA_BUNDLE: certificate,
      IDLE_SECONDS: idleSeconds,
      IS_DEVELOPMENT: String(client.isDevelopment),
      CONNECTION_STRING: `Endpoint=sb://localhost:${port};${secret}UseDevelopmentEmulator=true;`,
      ENDPOINT: client.isDevelopment
        ? `Endpoint=sb://localhost:${port};${secret}UseDevelopmentEmulator=true;`
        : `Endpoint=sb://localhost;${secret}`,
    };
    const [command, ...args] = start.command;
    const child = spawn(command, args, { cwd: start.folder, env: environment, stdio: ['pipe', 'pipe', 'inherit'] });
    results.set(client.id, await follow(child));
  }
} finally {
  emulator.kill();
  rmSync(folder, { recursive: true });
}
if (wanted.length === 0) {
  const readme = here('../README.md');
  writeFileSync(readme, writeTable(readFileSync(readme, 'utf8'), clients, results, { date: new Date(), idleSeconds }));
}
const failures = [...results.values()].flatMap((each) => [...each.values()]).filter((error) => error !== undefined);
say(`${results.size} clients, ${failures.length} failed operations`);
process.exitCode = failures.length > 0 ? 1 : 0;

async function follow(child: ChildProcess): Promise<Results> {
  const outcomes = new Map<string, string | undefined>();
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  for await (const line of lines) {
    const { ask, operation, error, ms } = JSON.parse(line);
    if (ask === 'restart') {
      emulator.kill();
      await new Promise((resolve) => emulator.once('exit', resolve));
      emulator = await startEmulator();
      child.stdin?.write('done\n');
    } else {
      outcomes.set(operation, error ?? undefined);
      say(`  ${error === null ? 'pass' : 'FAIL'}  ${operation}, ${ms} ms${error === null ? '' : `: ${error}`}`);
    }
  }
  return outcomes;
}

/** The same certificate each time, as a client has to trust it. */
async function startEmulator(): Promise<ChildProcess> {
  const program = here('../src/program/main.ts');
  const key = join(folder, 'key.pem');
  const isFirst = spawnSync('test', ['-e', key]).status !== 0;
  if (isFirst) {
    const { makeCertificate } = await import('../src/transport/certificate.ts');
    const made = await makeCertificate();
    writeFileSync(certificate, made.cert);
    writeFileSync(key, made.key);
  }
  const args = [program, '--config', config, '--port', port, '--tls-cert', certificate, '--tls-key', key];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text) => String(text).includes('Ctrl-C') && resolve());
    child.once('exit', () => reject(new Error(`The emulator does not start on port ${port}`)));
  });
  return child;
}
