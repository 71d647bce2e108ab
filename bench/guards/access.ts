import type { TokenCredential } from '@azure/identity';
import type { BlobAddresses } from '../servers/blob-process.ts';
import { account } from '../servers/blob-service.ts';
import type { Access } from './guard.ts';

/** Any key will do: nobody checks signatures. It is as long as a real one, so that signing costs as much. */
export const accountKey: string = Buffer.alloc(64, 'k').toString('base64');

/** How to reach the blobs by plain HTTP and key. */
export const connectionString = ({ http }: BlobAddresses): string =>
  `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${http};`;

/** The same by a shared access signature, which is made once and signs no request. As long as a real one. */
const signatureConnectionString = ({ http }: BlobAddresses): string =>
  `BlobEndpoint=${http};SharedAccessSignature=sv=2024-11-04&ss=b&srt=co&sp=rwdlac&se=2099-01-01T00:00:00Z&sig=${'x'.repeat(46)};`;

/** How the product is told to reach the blobs, if not as an identity. */
export const connectionStringBy = (access: Exclude<Access, 'bearer'>, blobs: BlobAddresses): string =>
  access === 'signature' ? signatureConnectionString(blobs) : connectionString(blobs);

/** As long as a token of a managed identity. */
export const bearerToken: string = 'x'.repeat(1500);

/** A credential that has its token already, as it is between two renewals. */
export const tokenCredential: TokenCredential = {
  getToken: async () => ({ token: bearerToken, expiresOnTimestamp: Date.now() + 86_400_000 }),
};
