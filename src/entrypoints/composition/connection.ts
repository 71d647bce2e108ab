import type { Identity } from '../../adapters/identity/lazy-credential.ts';
import type { Settings } from './settings.ts';

/** How a service is reached: by a connection string with a key in it, or as an identity that was given a role. */
export type Connection =
  | { readonly kind: 'connection-string'; readonly connectionString: string }
  | { readonly kind: 'identity'; readonly address: string; readonly identity: Identity };

/** What is particular to the settings of one connection. */
export interface ConnectionKind {
  /** The name of the setting that holds a connection string; the others start with it. */
  readonly name: string;
  readonly service: string;
  /** What follows the name in the setting that holds the address, for an identity. */
  readonly addressSuffix: string;
  readonly addressPattern: RegExp;
  readonly addressRule: string;
  /** What the identity must be allowed to. */
  readonly roles: string;
  /** What is wrong with a connection string, if its SDK is not at hand to say so at the start. */
  readonly problemWith?: (connectionString: string) => string | undefined;
}

/**
 * Reads a connection by the names that the Functions host reads for its triggers, so that one set of settings serves both.
 * Source: Microsoft, "Guide for connecting to services from Azure Functions", identity-based connections.
 */
export function readConnection(settings: Settings, kind: ConnectionKind): Connection {
  const connectionString = settings.optional(kind.name);
  const addressName = `${kind.name}__${kind.addressSuffix}`;
  const address = settings.optional(addressName);
  if (connectionString !== undefined && address !== undefined) {
    settings.problems.push(`${kind.name} and ${addressName} are both set. Remove one: they are two ways to connect.`);
  }
  if (address !== undefined) {
    return {
      kind: 'identity',
      address: matching(settings, kind, addressName, address),
      identity: identity(settings, kind),
    };
  }
  if (connectionString === undefined) {
    settings.problems.push(
      `${kind.name} is not set: the connection string of ${kind.service}. To connect as an identity, set ${addressName} to ` +
        `${kind.addressRule}, and give the identity ${kind.roles}.`,
    );
  }
  const problem = connectionString === undefined ? undefined : kind.problemWith?.(connectionString);
  if (problem !== undefined) settings.problems.push(`${kind.name} is no connection string: ${problem}`);
  return { kind: 'connection-string', connectionString: connectionString ?? '' };
}

function matching(settings: Settings, kind: ConnectionKind, name: string, address: string): string {
  if (!kind.addressPattern.test(address)) {
    settings.problems.push(`${name} is "${address}", but must be ${kind.addressRule}.`);
  }
  return address;
}

function identity(settings: Settings, { name }: ConnectionKind): Identity {
  const clientId = settings.optional(`${name}__clientId`);
  const credential = settings.optional(`${name}__credential`);
  if (credential !== undefined && credential.toLowerCase() !== 'managedidentity') {
    settings.problems.push(`${name}__credential is "${credential}", but must be "managedidentity", or not set.`);
  }
  if (clientId !== undefined && !guid.test(clientId)) {
    settings.problems.push(
      `${name}__clientId is "${clientId}", but must be the client ID of an identity, which is a GUID.`,
    );
  }
  return { kind: credential === undefined ? 'default' : 'managed', clientId };
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Source: Microsoft, "Get a Service Bus connection string"; a signature may stand in the place of a key and its name. */
function serviceBusProblem(connectionString: string): string | undefined {
  const parts = new Map(
    connectionString.split(';').map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
  if (!/^sb:[/][/]./i.test(parts.get('endpoint') ?? '')) return 'it has no "Endpoint=sb://…".';
  const hasKey = Boolean(parts.get('sharedaccesskeyname') && parts.get('sharedaccesskey'));
  if (hasKey || parts.get('sharedaccesssignature')) return undefined;
  return 'it has neither "SharedAccessKeyName=…" and "SharedAccessKey=…", nor "SharedAccessSignature=…".';
}

export const serviceBusConnection: ConnectionKind = {
  name: 'ServiceBusConnection',
  service: 'the Service Bus namespace',
  addressSuffix: 'fullyQualifiedNamespace',
  addressPattern: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i,
  addressRule: 'the host name of the namespace, like "name.servicebus.windows.net"',
  roles: 'the roles "Azure Service Bus Data Receiver" and "Azure Service Bus Data Sender" on the queue',
  problemWith: serviceBusProblem,
};

export const lockStorage: ConnectionKind = {
  name: 'LockStorage',
  service: 'the storage account that keeps the locks',
  addressSuffix: 'blobServiceUri',
  addressPattern: /^https:[/][/][^/?#\s]+[/]?$/i,
  addressRule: 'the address of its Blob service, like "https://account.blob.core.windows.net"',
  roles: 'the role "Storage Blob Data Contributor" on the containers',
};
