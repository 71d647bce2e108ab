import 'reflect-metadata';
import { hostname } from 'node:os';
import { Container } from 'inversify';
import { BlobLockCatalog } from '../../adapters/azure-blob/blob-lock-catalog.ts';
import { BlobLockStore } from '../../adapters/azure-blob/blob-lock-store.ts';
import { BlobMarkerStore } from '../../adapters/azure-blob/blob-marker-store.ts';
import { LazyBlobService } from '../../adapters/azure-blob/lazy-blob-service.ts';
import { type Connection, lockStorage } from '../../adapters/environment/connection.ts';
import { type Identity, LazyCredential } from '../../adapters/identity/lazy-credential.ts';
import { LateTelemetry } from '../../adapters/open-telemetry/late-telemetry.ts';
import { RandomIds } from '../../adapters/system/random-ids.ts';
import { sha256Hex } from '../../adapters/system/sha256.ts';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import { LoggedLockEvents } from '../../adapters/telemetry/logged-lock-events.ts';
import { asError } from '../../application/error-text.ts';
import { LayoutCheck } from '../../application/layout/layout-check.ts';
import { LayoutCheckedStore } from '../../application/layout/layout-checked-store.ts';
import { type LockPlace, wordsOf } from '../../application/layout/word-for-operators.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import { ProcessMessage, type ProcessPorts } from '../../application/process-message.ts';
import { RunOnce } from '../../application/run-once.ts';
import { ConfigError } from '../../application/settings/config-error.ts';
import { SweepLocks } from '../../application/sweep-locks.ts';
import { lockTimings } from '../../application/time/lock-timings.ts';
import { withoutSecrets } from '../../application/without-secrets.ts';
import { type LockLayout, type LockName, lockName } from '../../domain/lock-name.ts';
import type { WorkKey } from '../../domain/work-key.ts';
import type { LockConfig } from './config.ts';
import { Token } from './tokens.ts';

/** What holds the parts that a host is made of, and hands them out. */
export type Parts = Pick<Container, 'get'>;
/** The same before it is used: a part can be bound anew. */
export type OpenParts = Pick<Container, 'get' | 'rebind'>;

/** Binds everything that guards work with locks. Nothing connects before it is first used. */
export function buildLockContainer(
  config: LockConfig & { readonly queueName?: string },
  log: Log,
  credentialOf: CredentialOf = oneCredentialEach(),
): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  const { requestTimeoutMs } = lockTimings(config.lockTtlMs);
  container.bind(Token.clock).toResolvedValue(() => new SystemClock());
  container.bind(Token.ids).toResolvedValue(() => new RandomIds());
  container.bind(Token.telemetry).toResolvedValue(() => new LateTelemetry(config.queueName ?? config.lockScope));
  container
    .bind(Token.lockEvents)
    .toResolvedValue((telemetry) => new LoggedLockEvents(log, telemetry), [Token.telemetry]);
  container.bind(Token.storage).toResolvedValue(() =>
    connect(lockStorage.name, config.lockStorage, {
      byConnectionString: LazyBlobService.byConnectionString,
      asIdentity: ({ address, identity }) => LazyBlobService.asIdentity(address, credentialOf(identity)),
    }),
  );
  container.bind(Token.lockStore).toResolvedValue(
    (storage, catalog, markers) => {
      const store = new BlobLockStore(storage.container(config.lockContainer), { requestTimeoutMs });
      return new LayoutCheckedStore(store, new LayoutCheck({ catalog, markers }, config.lockLayout));
    },
    [Token.storage, Token.lockCatalog, Token.markerStore],
  );
  container
    .bind(Token.lockCatalog)
    .toResolvedValue(
      (storage) => new BlobLockCatalog(storage.container(config.lockContainer), { requestTimeoutMs }),
      [Token.storage],
    );
  container
    .bind(Token.markerStore)
    .toResolvedValue(
      (storage) => new BlobMarkerStore(storage.container(config.lockContainer), { requestTimeoutMs }),
      [Token.storage],
    );
  return container;
}

/** Refuses, before anything is received, locks that are laid out otherwise than set. A store of the app's own has no such rule. */
export async function agreeOnLayout(parts: Parts, place: LockPlace): Promise<void> {
  const store = parts.get(Token.lockStore);
  if (store instanceof LayoutCheckedStore) await store.agree(place.scope, wordsOf(place));
}

/** Where the lock of a message is, in this layout. */
export const lockNamesIn =
  (layout: LockLayout) =>
  (key: WorkKey): LockName =>
    lockName(key, sha256Hex, layout);

/** The work on what one consumer gets, over what the container holds. Each call makes another one. */
export const processMessageOf = (parts: Parts, config: LockConfig, handler: MessageHandler): ProcessMessage =>
  new ProcessMessage(processPorts(parts, config), handler, processSettings(config));

export const runOnceOf = (parts: Parts, config: LockConfig): RunOnce =>
  new RunOnce({ ...processPorts(parts, config), tracing: parts.get(Token.telemetry) }, processSettings(config));

/** The sweep of one scope's locks. */
export const sweepLocksOf = (
  parts: Parts,
  config: Pick<LockConfig, 'lockScope' | 'completedRetentionMs' | 'abandonedRetentionMs' | 'sweepIntervalMs'>,
): SweepLocks =>
  new SweepLocks(
    {
      store: parts.get(Token.lockStore),
      catalog: parts.get(Token.lockCatalog),
      markers: parts.get(Token.markerStore),
      clock: parts.get(Token.clock),
      ids: parts.get(Token.ids),
      events: parts.get(Token.lockEvents),
      onSwept: (report) => parts.get(Token.telemetry).swept(report),
    },
    config,
  );

const processPorts = (parts: Parts, { lockLayout }: LockConfig): ProcessPorts => ({
  store: parts.get(Token.lockStore),
  clock: parts.get(Token.clock),
  ids: parts.get(Token.ids),
  events: parts.get(Token.lockEvents),
  lockNameOf: lockNamesIn(lockLayout),
  random: Math.random,
});

const processSettings = (config: LockConfig) => ({
  ...config,
  keepsCompleted: config.completedRetentionMs > 0,
  host: `${hostname()}/${process.pid}`,
});

/** A client for the service. It does not connect yet. */
export function connect<Client>(
  name: string,
  connection: Connection,
  by: {
    readonly byConnectionString: (connectionString: string) => Client;
    readonly asIdentity: (connection: Connection & { kind: 'identity' }) => Client;
  },
): Client {
  if (connection.kind === 'identity') return by.asIdentity(connection);
  try {
    return by.byConnectionString(connection.connectionString);
  } catch (error) {
    throw new ConfigError([`${name} is not a valid connection string: ${withoutSecrets(asError(error).message)}`]);
  }
}

type CredentialOf = (identity: Identity) => LazyCredential;

/** Gives each identity one credential, so that all clients share its tokens. */
export function oneCredentialEach(): CredentialOf {
  const credentials = new Map<string, LazyCredential>();
  return (identity) => {
    const key = `${identity.kind} ${identity.clientId}`;
    const credential = credentials.get(key) ?? new LazyCredential(identity);
    credentials.set(key, credential);
    return credential;
  };
}
