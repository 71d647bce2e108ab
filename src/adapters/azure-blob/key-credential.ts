import { AnonymousCredential } from '@azure/storage-blob';
import type { SharedKey } from './shared-key.ts';

/** That of a client whose requests are signed behind the SDK: to the SDK it has none. */
export class KeyCredential extends AnonymousCredential {
  readonly key: SharedKey;

  constructor(key: SharedKey) {
    super();
    this.key = key;
  }
}
