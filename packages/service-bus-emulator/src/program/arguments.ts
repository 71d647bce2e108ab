import { parseArgs } from 'node:util';

/** What the program is asked to do. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly options: RunOptions }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

export interface RunOptions {
  readonly configFile: string;
  readonly host: string;
  readonly port: number;
  readonly httpPort: number | undefined;
  /** Files in PEM: what clients on TLS are shown. */
  readonly certificate: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Where to write the certificate that clients are to trust. */
  readonly writeCertificateTo: string | undefined;
}

export const usage = `Usage: service-bus-emulator --config Config.json [options]

  --config FILE      the queues, in the format of Microsoft's own emulator (JSON, comments allowed)
  --port N           AMQP, AMQP over TLS and WebSockets, and HTTP; default 5672, 0 takes a free one
  --http-port N      HTTP on a second port (GET /health); default none, 0 takes a free one
  --host ADDRESS     a loopback address; default 127.0.0.1
  --tls-cert FILE    what clients on TLS are shown, with --tls-key; default: made at start
  --tls-key FILE
  --write-cert FILE  writes the certificate there, for clients that are to trust it
  --help, --version

It keeps everything in memory. Ctrl-C ends it.
`;

/** Reads the arguments, without the program's own path. All that is wrong is named at once. */
export function readArguments(args: readonly string[]): Command {
  let values: Values;
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }));
  } catch (error) {
    return { kind: 'wrong', problems: [(error as Error).message] };
  }
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const problems: string[] = [];
  const port = (name: 'port' | 'http-port', text: string): number => {
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
    problems.push(`--${name} must be a number from 0 to 65535, and is "${text}".`);
    return 0;
  };
  const { config, host = '127.0.0.1', 'tls-cert': certFile, 'tls-key': keyFile } = values;
  if (config === undefined) problems.push('--config is missing: the file that names the queues.');
  if ((certFile === undefined) !== (keyFile === undefined)) problems.push('--tls-cert and --tls-key go together.');
  const httpPort = values['http-port'];
  const runOptions: RunOptions = {
    configFile: config ?? '',
    host,
    port: port('port', values.port ?? '5672'),
    httpPort: httpPort === undefined ? undefined : port('http-port', httpPort),
    certificate: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    writeCertificateTo: values['write-cert'],
  };
  return problems.length > 0 ? { kind: 'wrong', problems } : { kind: 'run', options: runOptions };
}

const options = {
  config: { type: 'string' },
  port: { type: 'string' },
  'http-port': { type: 'string' },
  host: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'write-cert': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

type Values = {
  readonly [Name in keyof typeof options]?: (typeof options)[Name]['type'] extends 'string' ? string : boolean;
};
