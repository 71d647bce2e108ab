import { BrokenAnswerError } from './storage-errors.ts';

/**
 * The content of an answer. Reading ends as soon as there are more than `mostBytes`: longer content comes back cut off, but
 * still longer than that.
 *
 * @throws BrokenAnswerError if the content ends before its end, or does not come in time.
 */
export async function readContent(content: NodeJS.ReadableStream | undefined, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of content ?? []) {
      chunks.push(Buffer.from(chunk));
      length += chunk.length;
      if (length > mostBytes) break;
    }
  } catch (cause) {
    throw new BrokenAnswerError('the answer broke off', { cause });
  }
  return Buffer.concat(chunks);
}
