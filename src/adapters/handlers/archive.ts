import type { FencedContent, FencedStore } from '../../application/ports/fenced-store.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import type { Content, Message } from '../../domain/message.ts';
import type { WorkKey } from '../../domain/work-key.ts';

/**
 * Work that stores each message once, as it came, under the name that `nameOf` gives it.
 *
 * @throws FencedOutError (by the handler) if a later owner has stored it already.
 */
export const archive =
  (store: FencedStore, nameOf: (key: WorkKey) => string): MessageHandler =>
  async (message, { workKey, fencingToken, owner }) => {
    const name = nameOf(workKey);
    const content = fencedContent(message);
    if ((await store.put(name, content, { fencingToken, owner })) === 'refused') throw new FencedOutError(name);
    return { stored: name, bytes: content.bytes.byteLength };
  };

/** The effect was refused: the lock was taken over, and the later owner's stands. The next delivery finds out. */
export class FencedOutError extends Error {
  override readonly name = 'FencedOutError';
  constructor(effect: string) {
    super(`The effect ${effect} was refused: a later owner of the lock has made it.`);
  }
}

const fencedContent = ({ content, contentType }: Message): FencedContent => ({
  bytes: bytesOf(content),
  contentType: contentType ?? (content.kind === 'json' ? 'application/json' : 'application/octet-stream'),
});

const bytesOf = (content: Content): Uint8Array =>
  content.kind === 'json' ? new TextEncoder().encode(JSON.stringify(content.value)) : content.bytes;
