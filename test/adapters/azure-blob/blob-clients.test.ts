import { ContainerClient } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { BlobClients } from '../../../src/adapters/azure-blob/blob-clients.ts';

const clients = () => new BlobClients(new ContainerClient('https://account.blob.core.windows.net/locks'));

describe('the client of a blob', () => {
  it('is that of the blob', () => {
    const blobs = clients();
    expect(blobs.of('messages/lock-a.lock').name).toBe('messages/lock-a.lock');
    expect(blobs.of('messages/lock-b.lock').name).toBe('messages/lock-b.lock');
  });

  it('is the same as long as it was asked for a short while ago', () => {
    const blobs = clients();
    const first = blobs.of('a');
    for (let other = 0; other < 499; other += 1) blobs.of(`other ${other}`);
    expect(blobs.of('a')).toBe(first);
  });

  it('is given up with the last use of it', () => {
    const blobs = clients();
    const first = blobs.of('a');
    expect(blobs.lastOf('a')).toBe(first);
    expect(blobs.lastOf('a').name).toBe('a');
    expect(blobs.of('a')).not.toBe(first);
  });

  it('is not kept for ever', () => {
    const blobs = clients();
    const first = blobs.of('a');
    for (let other = 0; other < 500; other += 1) blobs.of(`other ${other}`);
    expect(blobs.of('a')).not.toBe(first);
  });
});
