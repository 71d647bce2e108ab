/** What a connection string says of the Blob service of an account, and of who asks. */
export interface BlobAccount {
  /** Where it is; with a shared access signature, if there is one. */
  readonly url: string;
  /** The account's name and key, the latter in Base64. */
  readonly key?: { readonly account: string; readonly secret: string };
}

/**
 * Reads a connection string as the SDK does, which is loaded later.
 *
 * @throws Error if the text is not a connection string. Nothing of it is quoted.
 */
export function blobAccount(connectionString: string): BlobAccount {
  const text = connectionString.startsWith('UseDevelopmentStorage=true') ? developmentStorage : connectionString;
  const endpoint = member(text, 'BlobEndpoint')?.replace(/\/$/, '');
  if (member(text, 'AccountKey') === undefined || member(text, 'DefaultEndpointsProtocol') === undefined) {
    const signature = needed(text, 'SharedAccessSignature').replace(/^\?/, '');
    return { url: `${endpoint ?? needed(text, 'BlobEndpoint')}?${signature}` };
  }
  const account = needed(text, 'AccountName');
  return { url: endpoint ?? endpointOf(account, text), key: { account, secret: needed(text, 'AccountKey') } };
}

function endpointOf(account: string, text: string): string {
  const protocol = needed(text, 'DefaultEndpointsProtocol');
  if (!/^https?$/i.test(protocol)) throw new Error('Its DefaultEndpointsProtocol is neither "https" nor "http".');
  return `${protocol}://${account}.blob.${needed(text, 'EndpointSuffix')}`;
}

function needed(text: string, name: string): string {
  const value = member(text, name);
  if (value === undefined) throw new Error(`It has no ${name}.`);
  return value;
}

/** Undefined if it is not there, or empty. */
function member(text: string, name: string): string | undefined {
  const [, value] = new RegExp(`(?:^|;)\\s*${name}=([^;]*)`).exec(text) ?? [];
  return value?.trim() || undefined;
}

/** Source: Microsoft, "Use the Azurite emulator", well-known storage account and key. */
const developmentStorage =
  'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;' +
  'AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
