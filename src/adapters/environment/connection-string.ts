/** The members of a connection string by their names, as they are written; or why it is not one. Nothing of it is quoted. */
export function connectionStringMembers(text: string): ReadonlyMap<string, string> | { readonly problem: string } {
  const members = new Map<string, string>();
  for (const [index, member] of text.split(';').entries()) {
    if (member.trim() === '') continue;
    const equals = member.indexOf('=');
    const name = member.slice(0, Math.max(0, equals)).trim();
    if (name === '') return { problem: `its member ${index + 1} has no name and "=".` };
    members.set(name, member.slice(equals + 1).trim());
  }
  return members.size > 0 ? members : { problem: 'it is empty.' };
}

export const isProblem = (value: unknown): value is { readonly problem: string } =>
  typeof value === 'object' && value !== null && 'problem' in value;

/**
 * What is wrong with a connection string of Service Bus, in words; undefined if nothing is. A signature can come instead of a
 * key and its name. Source: Microsoft, "Get a Service Bus connection string".
 */
export function serviceBusProblem(text: string): string | undefined {
  const found = connectionStringMembers(text);
  if (isProblem(found)) return found.problem;
  const members = lowerCased(found);
  const endpoint = members.get('endpoint') ?? '';
  if (!/^sb:[/][/]./i.test(endpoint) || URL.parse(endpoint.replace(/^sb:/i, 'http:')) === null) {
    return 'it has no "Endpoint=sb://…".';
  }
  const emulator = members.get('usedevelopmentemulator');
  if (emulator !== undefined && emulator !== 'true') {
    return 'its "UseDevelopmentEmulator" must be "true", in lower case; remove it for a namespace in Azure.';
  }
  const hasKey = Boolean(members.get('sharedaccesskeyname') && members.get('sharedaccesskey'));
  if (hasKey || members.get('sharedaccesssignature')) return undefined;
  return 'it has neither "SharedAccessKeyName=…" and "SharedAccessKey=…", nor "SharedAccessSignature=…".';
}

/** The queue, topic or subscription that a Service Bus connection string is for; undefined if it is for the whole namespace. */
export function entityPathOf(text: string): string | undefined {
  const members = connectionStringMembers(text);
  return (isProblem(members) ? undefined : lowerCased(members).get('entitypath')) || undefined;
}

/** The connection string for the namespace: the SDK compares an EntityPath with the queue's name by case, the broker does not. */
export const withoutEntityPath = (text: string): string =>
  text
    .split(';')
    .filter((member) => !/^\s*EntityPath\s*=/i.test(member))
    .join(';');

/**
 * What is wrong with a connection string of Azure Storage, in words; undefined if nothing is. The names are compared by case,
 * as the SDK does. Source: Microsoft, "Configure Azure Storage connection strings".
 */
export function storageProblem(text: string): string | undefined {
  const members = connectionStringMembers(text);
  if (isProblem(members)) return members.problem;
  if (members.get('UseDevelopmentStorage') === 'true') return undefined;
  const endpoint = members.get('BlobEndpoint');
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    return 'its "BlobEndpoint" is not an http or https URL.';
  }
  if (members.has('SharedAccessSignature') && endpoint === undefined) {
    return 'it has a "SharedAccessSignature=…", but no "BlobEndpoint=https://…".';
  }
  if (members.get('SharedAccessSignature')) return undefined;
  if (!members.get('AccountName') || !members.get('AccountKey')) {
    return 'it has neither "AccountName=…" and "AccountKey=…", nor "BlobEndpoint=…" and "SharedAccessSignature=…".';
  }
  if (!/^https?$/.test(members.get('DefaultEndpointsProtocol') ?? '')) {
    return 'it has no "DefaultEndpointsProtocol=https".';
  }
  if (!isBase64(members.get('AccountKey') ?? '')) return 'its "AccountKey" is not Base64.';
  return undefined;
}

/** The host of the Blob service that a connection string is for; undefined if it does not name one. */
export function blobHostOf(text: string): string | undefined {
  const members = connectionStringMembers(text);
  if (isProblem(members)) return undefined;
  if (members.get('UseDevelopmentStorage') === 'true') return '127.0.0.1';
  return URL.parse(members.get('BlobEndpoint') ?? '')?.hostname;
}

const lowerCased = (members: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...members].map(([name, value]) => [name.toLowerCase(), value]));

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
