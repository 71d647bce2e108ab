import { describe, expect, it } from 'vitest';
import { archive, FencedOutError } from '../../../src/adapters/handlers/archive.ts';
import { InMemoryFencedStore } from '../../../src/adapters/in-memory/in-memory-fenced-store.ts';
import { fencingToken } from '../../../src/domain/fencing-token.ts';
import type { DeliveredMessage, Message } from '../../../src/domain/message.ts';
import { ownerId } from '../../../src/domain/owner.ts';
import { messageId } from '../../support/lock-records.ts';
import { contextOf } from './handler-context.ts';

const message = (content: Message['content'], contentType?: string): DeliveredMessage => ({
  id: messageId('m-1'),
  source: '/test',
  type: 'test',
  content,
  properties: {},
  ...(contentType !== undefined && { contentType }),
});

const newArchive = () => {
  const store = new InMemoryFencedStore();
  return { store, handler: archive(store, ({ id }) => `scope/${id}`) };
};

describe('The archive', () => {
  it('stores bytes as they came, under the name of the message, and says where', async () => {
    const { store, handler } = newArchive();
    const bytes = new Uint8Array(256).map((_, index) => index);
    const result = await handler(message({ kind: 'binary', bytes }, 'image/png'), contextOf());
    expect(store.get('scope/m-1')).toMatchObject({ bytes, contentType: 'image/png' });
    expect(result).toEqual({ stored: 'scope/m-1', bytes: 256 });
  });

  it('stores a JSON value as its text in UTF-8', async () => {
    const { store, handler } = newArchive();
    const result = await handler(
      message({ kind: 'json', value: { b: 'ä', a: [null] } }, 'application/json'),
      contextOf(),
    );
    const stored = store.get('scope/m-1');
    expect(Buffer.from(stored?.bytes ?? []).toString()).toBe('{"b":"ä","a":[null]}');
    expect(stored?.contentType).toBe('application/json');
    expect(result).toEqual({ stored: 'scope/m-1', bytes: 21 });
  });

  it('calls content of no type what it is: bytes', async () => {
    const { store, handler } = newArchive();
    await handler(message({ kind: 'binary', bytes: Buffer.from('x') }), contextOf());
    expect(store.get('scope/m-1')?.contentType).toBe('application/octet-stream');
  });

  it('stores on behalf of its owner, who may do so again', async () => {
    const { store, handler } = newArchive();
    await handler(message({ kind: 'json', value: 1 }), contextOf());
    await handler(message({ kind: 'json', value: 1 }), contextOf());
    expect(store.get('scope/m-1')).toMatchObject({ owner: 'owner-1', fencingToken: 1_708_302_251_000 });
  });

  it('fails when a later owner was there, and leaves what that one stored', async () => {
    const { store, handler } = newArchive();
    const later = { owner: ownerId('owner-2'), fencingToken: fencingToken(1_708_302_251_001) };
    await handler(message({ kind: 'json', value: 'later' }), contextOf(later));
    const late = handler(message({ kind: 'json', value: 'late' }), contextOf());
    await expect(late).rejects.toThrow(FencedOutError);
    await expect(late).rejects.toThrow('The effect scope/m-1 was refused');
    expect(Buffer.from(store.get('scope/m-1')?.bytes ?? []).toString()).toBe('"later"');
  });
});
