import { describe, expect, it } from 'vitest';
import { BlobEffectsLog } from '../../../src/adapters/azure-blob/blob-effects-log.ts';
import { blobServiceFromConnectionString } from '../../../src/adapters/azure-blob/blob-service.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { describeEffectsLog } from '../../contracts/effects-log.contract.ts';
import { newContainer } from '../../support/blob-containers.ts';
import { type BlobFault, blobProxy } from '../../support/blob-proxy.ts';
import { paced } from '../../support/machine-speed.ts';

const requestTimeoutMs = seconds(10);
const patiently = { timeout: 10_000 };
/** For requests whose answers do not come. */
const shortTimeoutMs = durationMs(paced(700));

/** A log whose first requests of each method meet `faults`, one after the other, one beside it, and a look past the network. */
async function logWith(faults: Readonly<Record<string, readonly BlobFault[]>>, timeoutMs = requestTimeoutMs) {
  const container = await newContainer();
  const proxy = await blobProxy(({ method, nth }) => faults[method]?.[nth - 1]);
  const service = blobServiceFromConnectionString(proxy.connectionString);
  const log = new BlobEffectsLog(service.getContainerClient(container.containerName), { requestTimeoutMs: timeoutMs });
  const direct = new BlobEffectsLog(container, { requestTimeoutMs });
  const lines = async (name: string) => {
    const text = (await container.getBlobClient(name).downloadToBuffer()).toString();
    return text.split('\n').slice(0, -1);
  };
  return { log, direct, lines, proxy, container };
}

describeEffectsLog('BlobEffectsLog', () => logWith({}));

describe('BlobEffectsLog', () => {
  const name = 'queue/lock-m-1.lock.jsonl';
  const busy: BlobFault = { kind: 'answer', status: 503, code: 'ServerBusy', isApplied: false };

  it.each<[string, BlobFault]>([
    ['the request is lost', { kind: 'drop-request' }],
    ['the answer is lost', { kind: 'drop-answer' }],
    ['the server is busy', busy],
    ['the server fails afterwards', { kind: 'answer', status: 500, code: 'InternalError', isApplied: true }],
  ])('appends a line exactly once if %s', async (_, fault) => {
    const { log, direct, lines } = await logWith({ PUT: [fault] });
    await direct.append(name, 'before');
    await log.append(name, 'line');
    await direct.append(name, 'after');
    expect(await lines(name)).toEqual(['before', 'line', 'after']);
  });

  it('appends a line exactly once if the answer does not come in time', async () => {
    const { log, direct, lines } = await logWith({ PUT: [{ kind: 'hang' }] }, shortTimeoutMs);
    await direct.append(name, 'before');
    await log.append(name, 'line');
    expect(await lines(name)).toEqual(['before', 'line']);
  });

  it('appends a line exactly once if every answer is lost for a while', async () => {
    const lost: BlobFault = { kind: 'drop-answer' };
    const { log, lines } = await logWith({ HEAD: [lost], PUT: [lost, lost, lost], GET: [lost, lost] });
    await log.append(name, 'line');
    expect(await lines(name)).toEqual(['line']);
  });

  it('starts a log although the answer to its creation is lost', async () => {
    const { log, lines } = await logWith({ PUT: [{ kind: 'drop-answer' }] });
    await log.append(name, 'line');
    expect(await lines(name)).toEqual(['line']);
  });

  it('does not append a line again that arrives late', async () => {
    const release = Promise.withResolvers<void>();
    const { log, direct, lines, proxy } = await logWith(
      { PUT: [{ kind: 'delay', until: release.promise }] },
      shortTimeoutMs,
    );
    await direct.append(name, 'before');
    await log.append(name, 'line');
    const answered = proxy.answered();
    release.resolve();
    await expect.poll(() => proxy.answered(), patiently).toBe(answered + 1);
    expect(await lines(name)).toEqual(['before', 'line']);
  });

  it('knows its line when that arrives late, ahead of the second try', async () => {
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    const faults = [first, second].map(({ promise }): BlobFault => ({ kind: 'delay', until: promise }));
    const { log, direct, lines, proxy } = await logWith({ PUT: faults }, shortTimeoutMs);
    await direct.append(name, 'before');
    const append = log.append(name, 'line');
    await expect.poll(() => proxy.count('PUT'), patiently).toBe(2);
    first.resolve();
    await expect.poll(() => lines(name), patiently).toEqual(['before', 'line']);
    second.resolve();
    await append;
    expect(await lines(name)).toEqual(['before', 'line']);
  });

  it.each(['another', 'a', 'line of another'])('goes behind another line that took its place: %s', async (other) => {
    const release = Promise.withResolvers<void>();
    const faults = { PUT: [{ kind: 'drop-request' }], GET: [{ kind: 'delay', until: release.promise }] } as const;
    const { log, direct, lines, proxy } = await logWith(faults);
    await direct.append(name, 'before');
    const append = log.append(name, 'line');
    await expect.poll(() => proxy.count('GET'), patiently).toBe(1);
    await direct.append(name, other);
    release.resolve();
    await append;
    expect(await lines(name)).toEqual(['before', other, 'line']);
  });

  it('starts the log again if somebody has deleted it meanwhile', async () => {
    const release = Promise.withResolvers<void>();
    const { log, direct, lines, proxy, container } = await logWith({
      PUT: [{ kind: 'delay', until: release.promise }],
    });
    await direct.append(name, 'before');
    const append = log.append(name, 'line');
    await expect.poll(() => proxy.count('PUT'), patiently).toBe(1);
    await container.deleteBlob(name);
    release.resolve();
    await append;
    expect(await lines(name)).toEqual(['line']);
  });

  it('says what is wrong if the name belongs to a blob of another type', async () => {
    const { log, container } = await logWith({});
    await container.getBlockBlobClient(name).upload('foreign', 7);
    await expect(log.append(name, 'line')).rejects.toThrow(
      `Could not append to the blob "${name}" in the container "${container.containerName}": the answer was 409 InvalidBlobType. A blob of another type has this name`,
    );
  });

  it('gives up in time, with the reason, when the server stays busy', async () => {
    const { log } = await logWith({ HEAD: Array(1000).fill(busy) }, shortTimeoutMs);
    await expect(log.append(name, 'line')).rejects.toThrow(
      `within ${3 * shortTimeoutMs} ms: the answer was 503 ServerBusy`,
    );
  });

  it('refuses a name that could leave the container', async () => {
    const { log, proxy } = await logWith({});
    await expect(log.append('../other/log', 'line')).rejects.toThrow(RangeError);
    expect(proxy.count()).toBe(0);
  });
});
