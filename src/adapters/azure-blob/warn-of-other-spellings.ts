import { seconds } from '../../domain/time.ts';
import type { LazyBlobService } from './lazy-blob-service.ts';
import { otherSpellings } from './other-spellings.ts';

type Log = (level: 'warn', sentence: string, facts: Readonly<Record<string, unknown>>) => void;

/**
 * Says where locks of this queue exist under another spelling of its name, as an earlier version has made them: whoever is
 * known by one of those alone would be worked on again. It never rejects: without an answer there is no warning.
 */
export async function warnOfOtherSpellings(
  storage: LazyBlobService,
  {
    queueName,
    lockScope,
    lockContainer,
  }: { readonly queueName: string; readonly lockScope: string; readonly lockContainer: string },
  log: Log,
): Promise<void> {
  if (lockScope !== queueName.toLowerCase()) return; // LOCK_SCOPE says what is meant
  try {
    const container = storage.container(lockContainer);
    const folders = await otherSpellings(container, lockScope, AbortSignal.timeout(seconds(10)));
    if (folders.length === 0) return;
    const sentence =
      `The container "${lockContainer}" has locks in ${folders.map((folder) => `"${folder}"`).join(', ')}, another spelling ` +
      `of the scope "${lockScope}". Messages that only those locks know would be processed again. To go on with them, set ` +
      `LOCK_SCOPE=${folders[0]}.`;
    log('warn', sentence, { event: 'other-spelling', folders });
  } catch {
    // The store is asked about in earnest elsewhere.
  }
}
