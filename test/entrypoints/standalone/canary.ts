import { freePort } from '../../support/ports.ts';

/** What must not be seen anywhere: as it is, in Base64, and as it stands in a URL. */
export const canary = 'c4naryKEY/9fQ+zX7secretPartOfAKey==';
export const base64 = Buffer.from(canary).toString('base64');
const shapes = [canary, canary.slice(0, -2), encodeURIComponent(canary), base64, base64.slice(0, 20), 'c4naryKEY'];

export function expectNoCanary(text: string): void {
  for (const shape of shapes) if (text.includes(shape)) throw new Error(`There is ${shape} in:\n${text}`);
}

export const good = {
  ServiceBusConnection: 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true',
  LockStorage: 'UseDevelopmentStorage=true',
};

const pasted = {
  serviceBus: `Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${canary}`,
  storage: `DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=${canary}`,
  sas: `https://orders.blob.core.windows.net/?sv=2024-11-04&sig=${encodeURIComponent(canary)}`,
};

/** What people paste by mistake where no secret belongs. */
export const misplaced = [
  canary,
  ...Object.values(pasted),
  `https://someone:${encodeURIComponent(canary)}@orders.blob.core.windows.net`,
  `SharedAccessSignature sr=x&sig=${encodeURIComponent(canary)}&se=1&skn=Root`,
];

const bySas = async () =>
  `BlobEndpoint=http://127.0.0.1:${await freePort()}/a;SharedAccessSignature=sv=2024-11-04&ss=b&sig=${encodeURIComponent(canary)}`;
const byKey = async () =>
  `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=${base64};BlobEndpoint=http://127.0.0.1:${await freePort()}/a`;

/** Settings, each beside the good ones, under which a host cannot start. */
export const cannotStart: readonly (readonly [
  what: string,
  settings: () => Promise<Readonly<Record<string, string>>>,
])[] = [
  ['whose storage cannot be reached by a signature', async () => ({ LockStorage: await bySas() })],
  ['whose storage cannot be reached by a key', async () => ({ LockStorage: await byKey() })],
  [
    'with connection strings in the wrong settings',
    async () => ({ QUEUE_NAME: pasted.serviceBus, HOST: pasted.sas, EVENT_SOURCE: pasted.storage }),
  ],
  [
    'with a proxy that needs a password',
    async () => ({
      LockStorage: `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=${base64};BlobEndpoint=http://of-the-canary.example/a`,
      HTTP_PROXY: `http://someone:${encodeURIComponent(canary)}@127.0.0.1:${await freePort()}`,
    }),
  ],
];
