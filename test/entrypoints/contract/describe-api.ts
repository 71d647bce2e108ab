import { randomUUID } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type Faults, startServiceBusEmulator } from 'service-bus-emulator';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { BlobLockStore } from '../../../src/adapters/azure-blob/blob-lock-store.ts';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import { createContainers } from '../../../src/adapters/azure-blob/create-containers.ts';
import { sha256Hex } from '../../../src/adapters/system/sha256.ts';
import { lockName } from '../../../src/domain/lock-name.ts';
import { identityOf } from '../../../src/domain/lock-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import { workContainers } from '../../../src/entrypoints/composition/work-containers.ts';
import { blobProxy } from '../../support/blob-proxy.ts';
import { until } from '../../support/until.ts';
import { type ApiCase, apiCases, corruptId, plantedLocks, type Trouble } from './api-cases.ts';
import { type ApiAnswer, ApiContract, type ApiRequest } from './api-contract.ts';

export interface RunningApi {
  send(request: ApiRequest): Promise<ApiAnswer>;
  stop(): Promise<unknown>;
}

export interface ApiUnderTest {
  readonly start: (settings: Readonly<Record<string, string>>) => Promise<RunningApi>;
  /** What of the document this host does not answer by itself, or only to what no HTTP client can send. */
  readonly notHere: readonly string[];
  /** More that is to be seen on it. */
  readonly more?: (api: RunningApi, contract: ApiContract) => Promise<void>;
}

/** Sends every case, and checks each answer, and that nothing which the document knows was left out. */
export function describeApi(name: string, { start, notHere, more }: ApiUnderTest): void {
  describe(name, () => {
    const contract = new ApiContract();
    const ends: (() => unknown)[] = [];
    const faults: Faults = {};
    let trouble: Trouble | undefined;
    let api: RunningApi;

    beforeAll(async () => {
      const queue = `q-${randomUUID()}`;
      const emulator = await startServiceBusEmulator({ port: 0, entities: { queues: [{ name: queue }] }, faults });
      ends.push(() => emulator.close());
      const store = await blobProxy(() => (trouble === 'store-down' ? { kind: 'drop-request' } : undefined), {
        onTestFinished: (end) => ends.push(end),
      });
      const storage = blobServiceFromConnectionString(inject('blobStorage'));
      const locks = storage.getContainerClient(`locks-${randomUUID()}`);
      await createContainers(storage, [locks.containerName, ...Object.values(workContainers)]);
      ends.push(() => locks.delete());
      const lockStore = new BlobLockStore(locks, { requestTimeoutMs: seconds(10) });
      for (const record of plantedLocks) {
        await lockStore.put(lockName({ scope: queue, ...identityOf(record) }, sha256Hex), record, 'absent');
      }
      await locks.getBlockBlobClient(`${queue}/lock-${corruptId}.lock`).upload('not a lock', 10);
      api = await start({
        ServiceBusConnection: emulator.connectionString,
        LockStorage: store.connectionString,
        QUEUE_NAME: queue,
        LOCK_CONTAINER: locks.containerName,
        PORT: '0',
      });
      ends.push(() => api.stop());
    });
    afterAll(async () => {
      for (const end of ends.reverse()) await end();
    });

    it('describes itself in a document that is valid OpenAPI 3.1', async () => {
      const { body } = await api.send({ method: 'GET', path: '/api/openapi.json' });
      const { valid, errors } = await new Validator().validate(JSON.parse(body));
      expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    });

    it.for(apiCases)('answers as its document says, asked for $what', async (given) => {
      // What was found of the health is told for a second.
      if (given.request.path === '/api/health') await new Promise((resolve) => setTimeout(resolve, 1100));
      trouble = given.trouble;
      if (given.trouble === 'queue-down') faults.onSend = () => ({ reject: 'amqp:internal-error' });
      try {
        // What the store does not say within a second is not told to a sender, and a busy machine may be late.
        const isToldInTime = ['content-mismatch', 'message-failed'].includes(given.expected.kind ?? '');
        await (isToldInTime ? until(() => check(given)) : check(given));
      } finally {
        trouble = undefined;
        faults.onSend = undefined;
      }
    });

    async function check({ request, expected, isConditional = false }: ApiCase): Promise<void> {
      const headers = { ...request.headers };
      if (isConditional) headers['if-none-match'] = (await api.send(request)).headers['etag'] ?? '';
      const answer = await api.send({ ...request, headers });
      contract.check(request, answer);
      expect(answer.status, answer.body).toBe(expected.status);
      const value = answer.body === '' ? {} : JSON.parse(answer.body);
      if (expected.kind) expect(value.type).toBe(`urn:immutable-service-bus:problem:${expected.kind}`);
      if (expected.members) expect(value).toMatchObject(expected.members);
    }

    it('has answered everything that its document knows', async () => {
      await more?.(api, contract);
      expect([...contract.all].filter((each) => !contract.seen.has(each)).sort()).toEqual([...notHere].sort());
    });
  });
}
