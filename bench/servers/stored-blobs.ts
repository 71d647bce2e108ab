/** One revision of a blob. Times are cut to whole seconds, as headers show them. */
export interface StoredBlob {
  readonly content: Buffer;
  readonly contentType: string;
  readonly etag: string;
  /** As the service writes it into headers. */
  readonly lastModified: string;
  /** Header names and values, in pairs. */
  readonly metadata: readonly string[];
  readonly leaseId?: string;
}

/** What was asked of a blob, with its conditions. */
export interface BlobRequest {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly leaseId: string | undefined;
}

/** Why a request is refused: a status and an error code of the Blob service. */
export type Refusal = readonly [status: number, errorCode: string];

/** Blobs by container and name, in memory, under the conditions of the Blob service. Single-threaded, so each request is atomic. */
export class StoredBlobs {
  readonly blobs = new Map<string, StoredBlob>();
  #revisions = 0;

  /** Source: Microsoft, "Specifying conditional headers for Blob service operations"; "Lease Blob". */
  refusal(name: string, { ifMatch, ifNoneMatch, leaseId }: BlobRequest): Refusal | undefined {
    const stored = this.blobs.get(name);
    if (ifNoneMatch === '*' && stored !== undefined) return [409, 'BlobAlreadyExists'];
    if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== stored?.etag) return [412, 'ConditionNotMet'];
    if (stored?.leaseId !== undefined && leaseId === undefined) return [412, 'LeaseIdMissing'];
    if (leaseId !== undefined && leaseId !== stored?.leaseId) return [412, 'LeaseIdMismatchWithBlobOperation'];
    return undefined;
  }

  put(name: string, blob: Pick<StoredBlob, 'content' | 'contentType' | 'metadata'>): StoredBlob {
    const leaseId = this.blobs.get(name)?.leaseId;
    const stored = {
      ...blob,
      etag: this.#newEtag(),
      lastModified: new Date().toUTCString(),
      ...(leaseId !== undefined && { leaseId }),
    };
    this.blobs.set(name, stored);
    return stored;
  }

  /** Acquires, renews or releases; the lease does not expire by itself, and leaves the ETag as it is. */
  lease(name: string, action: string | undefined, leaseId: string): StoredBlob | Refusal {
    const stored = this.blobs.get(name);
    if (stored === undefined) return [404, 'BlobNotFound'];
    if (stored.leaseId !== undefined && stored.leaseId !== leaseId) {
      return [409, action === 'acquire' ? 'LeaseAlreadyPresent' : 'LeaseIdMismatchWithLeaseOperation'];
    }
    const { leaseId: _, ...unleased } = stored;
    const next = action === 'release' ? unleased : { ...unleased, leaseId };
    this.blobs.set(name, next);
    return next;
  }

  delete(name: string): void {
    this.blobs.delete(name);
  }

  /** Never used twice, also not after a deletion. */
  #newEtag(): string {
    this.#revisions += 1;
    return `"0x${this.#revisions.toString(16).toUpperCase().padStart(15, '0')}"`;
  }
}
