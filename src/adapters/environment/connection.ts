import { serviceBusProblem, storageProblem, withoutEntityPath } from './connection-string.ts';
import type { Settings } from './settings.ts';
import { shownValue } from './shown-value.ts';

/** Which identity reaches a service: that of the platform, or by default whoever is signed in. */
interface Identity {
  readonly kind: 'managed' | 'default';
  readonly clientId?: string | undefined;
}

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
  /** What is wrong with a connection string, as the end of a sentence. */
  readonly problemWith: (connectionString: string) => string | undefined;
  /** The connection string as the client of the service takes it. */
  readonly forClient: (connectionString: string) => string;
}

/**
 * Reads a connection by the names that the Functions host reads for its triggers, so that one set of settings serves both. Its
 * names are found in any case, and what of them cannot be honoured is a problem: if it were ignored, the trigger and this process
 * would connect in different ways.
 *
 * Source: Microsoft, "Guide for connecting to services from Azure Functions", identity-based connections.
 */
export function readConnection(settings: Settings, kind: ConnectionKind): Connection {
  const { name } = kind;
  const connectionString = settings.secret(name);
  const members = settings.membersOf(name);
  const addressMember = kind.addressSuffix.toLowerCase();
  const addressName = members.get(addressMember) ?? `${name}__${kind.addressSuffix}`;
  const isIdentity = members.has(addressMember);
  checkNames(settings, kind, members);
  if (connectionString !== undefined && isIdentity) {
    settings.addProblem(name, `${name} and ${addressName} are both set. Remove one: they are two ways to connect.`);
  }
  if (isIdentity) {
    return {
      kind: 'identity',
      address: settings.matching(addressName, '', kind.addressPattern, kind.addressRule),
      identity: identity(settings, members),
    };
  }
  if (connectionString === undefined) {
    settings.addProblem(
      name,
      `${name} is not set: the connection string of ${kind.service}. To connect as an identity, set ${addressName} to ` +
        `${kind.addressRule}, and give the identity ${kind.roles}.`,
    );
    return { kind: 'connection-string', connectionString: '' };
  }
  for (const spelling of unused(members)) {
    settings.addProblem(
      spelling,
      `${spelling} is for an identity, but ${name} is a connection string. Remove one, or set ${addressName} instead of ${name}.`,
    );
  }
  const problem = kind.problemWith(connectionString);
  if (problem !== undefined) settings.addProblem(name, `${name} is not a valid connection string: ${problem}`);
  return { kind: 'connection-string', connectionString: kind.forClient(connectionString) };
}

const identityMembers = ['clientid', 'credential'];

/** Those that choose an identity, where there is none to choose. */
const unused = (members: ReadonlyMap<string, string>): readonly string[] =>
  identityMembers.flatMap((member) => members.get(member) ?? []);

/** The host knows more ways to connect: each of them is refused with what to do instead. */
function checkNames(
  settings: Settings,
  { name, addressSuffix }: ConnectionKind,
  members: ReadonlyMap<string, string>,
): void {
  for (const [member, spelling] of members) {
    if (member === addressSuffix.toLowerCase() || identityMembers.includes(member)) continue;
    settings.addProblem(spelling, `${spelling} is not supported. ${instead(name, member)}`);
  }
  // The host looks for it first, and only then for the name without that.
  for (const spelling of settings.namesOf(`AzureWebJobs${name}`)) {
    settings.addProblem(
      spelling,
      `${spelling} is not supported: a Functions host reads it in the place of ${name}. Rename it.`,
    );
  }
}

function instead(name: string, member: string): string {
  if (member === 'tenantid' || member === 'clientsecret' || member.startsWith('clientcertificate')) {
    return (
      'Use a managed identity; or, on a machine of your own, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, ' +
      'which the default identity reads.'
    );
  }
  if (member.startsWith('managedidentity')) return `Set ${name}__clientId to the client ID of that identity.`;
  return `${name} has "__clientId" and "__credential" beside its address.`;
}

function identity(settings: Settings, members: ReadonlyMap<string, string>): Identity {
  const clientIdName = members.get('clientid');
  const credentialName = members.get('credential');
  const clientId = clientIdName && settings.optional(clientIdName);
  const credential = credentialName && settings.optional(credentialName);
  if (credentialName && credential && credential.toLowerCase() !== 'managedidentity') {
    settings.addProblem(
      credentialName,
      `${credentialName} is ${shownValue(credential)}, but must be "managedidentity", or not set.`,
    );
  }
  if (clientIdName && clientId && !guid.test(clientId)) {
    settings.addProblem(
      clientIdName,
      `${clientIdName} is ${shownValue(clientId)}, but must be the client ID of an identity, which is a GUID.`,
    );
  }
  return { kind: credential === undefined ? 'default' : 'managed', clientId };
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const serviceBusConnection: ConnectionKind = {
  name: 'ServiceBusConnection',
  service: 'the Service Bus namespace',
  addressSuffix: 'fullyQualifiedNamespace',
  addressPattern: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i,
  addressRule: 'the host name of the namespace, like "name.servicebus.windows.net"',
  roles: 'the roles "Azure Service Bus Data Receiver" and "Azure Service Bus Data Sender" on the queue',
  problemWith: serviceBusProblem,
  forClient: withoutEntityPath,
};

export const lockStorage: ConnectionKind = {
  name: 'LockStorage',
  service: 'the storage account that keeps the locks',
  addressSuffix: 'blobServiceUri',
  addressPattern: /^https:[/][/][^/?#\s@]+[/]?$/i,
  addressRule: 'the address of its Blob service, like "https://account.blob.core.windows.net"',
  roles: 'the role "Storage Blob Data Contributor" on the containers',
  problemWith: storageProblem,
  forClient: (connectionString) => connectionString,
};
