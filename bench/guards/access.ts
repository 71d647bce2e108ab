import type { TokenCredential } from '@azure/identity';
import type { BlobAddresses } from '../servers/blob-process.ts';
import { account } from '../servers/blob-service.ts';

/** Any key will do: nobody checks signatures. It is as long as a real one, so that signing costs as much. */
export const accountKey: string = Buffer.alloc(64, 'k').toString('base64');

/** How to reach the blobs by plain HTTP and key. */
export const connectionString = ({ http }: BlobAddresses): string =>
  `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${http};`;

/** As long as a token of a managed identity. */
export const bearerToken: string = 'x'.repeat(1500);

/** A credential that has its token already, as it is between two renewals. */
export const tokenCredential: TokenCredential = {
  getToken: async () => ({ token: bearerToken, expiresOnTimestamp: Date.now() + 86_400_000 }),
};
