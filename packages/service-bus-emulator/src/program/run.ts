import { readFile, writeFile } from 'node:fs/promises';
import type { EntityOptions } from '../broker/entity-options.ts';
import { readConfigFile } from '../config/read-config-file.ts';
import { type ServiceBusEmulator, startServiceBusEmulator } from '../service-bus-emulator.ts';
import type { RunOptions } from './arguments.ts';

/** Starts what the arguments ask for, and says through `print` how clients find it. */
export async function run(options: RunOptions, print: (text: string) => void): Promise<ServiceBusEmulator> {
  const { configFile, host, port, httpPort, certificate, writeCertificateTo } = options;
  const entities = await readConfigFile(configFile);
  const emulator = await startServiceBusEmulator({
    entities,
    host,
    port,
    ...(httpPort !== undefined && { httpPort }),
    ...(certificate !== undefined && {
      certificate: {
        cert: await readFile(certificate.certFile, 'utf8'),
        key: await readFile(certificate.keyFile, 'utf8'),
      },
    }),
  });
  try {
    if (writeCertificateTo !== undefined) await writeFile(writeCertificateTo, await emulator.certificate());
  } catch (error) {
    await emulator.close();
    throw error;
  }
  print(announcement(emulator, entities, host));
  return emulator;
}

function announcement(emulator: ServiceBusEmulator, { queues = [], topics = [] }: EntityOptions, host: string): string {
  const { port, httpPort, connectionString, tlsConnectionString } = emulator;
  const named = (what: string, entities: readonly { readonly name: string }[]) =>
    `${entities.length === 0 ? 'no' : ''} ${what} ${entities.map(({ name }) => name).join(', ')}`.trim();
  return [
    `Service Bus emulator on ${host}, port ${port}: ${named('queues', queues)}; ${named('topics', topics)}`,
    '',
    `  ${connectionString}`,
    '',
    'For clients that always speak TLS, and are to trust the certificate (--write-cert):',
    '',
    `  ${tlsConnectionString}`,
    '',
    `Health: http://${host}:${httpPort ?? port}/health`,
    'Everything is kept in memory. Ctrl-C ends it.',
    '',
  ].join('\n');
}
