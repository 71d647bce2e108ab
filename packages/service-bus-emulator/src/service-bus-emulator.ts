import type { Duplex } from 'node:stream';
import type { Administration } from './administration/administration.ts';
import { type AmqpServer, createAmqpServer } from './amqp/amqp-server.ts';
import { type Clock, systemClock } from './broker/clock.ts';
import type { EntityOptions } from './broker/entity-options.ts';
import { Namespace } from './broker/namespace.ts';
import { Queue } from './broker/queue.ts';
import type { QueueSnapshot } from './broker/queue-snapshot.ts';
import type { Faults } from './faults.ts';
import { type Log, stderrLog } from './log.ts';
import type { Certificate } from './transport/certificate.ts';
import { FrontDoor } from './transport/front-door.ts';
import { type Answer, HttpEntrance } from './transport/http-entrance.ts';
import { TlsEntrance } from './transport/tls-entrance.ts';

export interface ServiceBusEmulatorOptions {
  /** The queues and topics that there are. */
  readonly entities: EntityOptions;
  /** A loopback address; default 127.0.0.1. Nobody is asked who they are, so others are refused. */
  readonly host?: string;
  /** For AMQP, AMQP over TLS, AMQP over WebSockets and HTTP alike. Default 0, which takes a free one. */
  readonly port?: number;
  /** A second port, for those who expect HTTP on one of its own. 0 takes a free one; default: there is none. */
  readonly httpPort?: number;
  /** What clients on TLS are shown; default: one that is made when the first of them comes. */
  readonly certificate?: Certificate;
  /** Where things are to go wrong; default nowhere. */
  readonly faults?: Faults;
  /** Default the machine's. */
  readonly clock?: Clock;
  /** Told of clients whose connection the emulator ends, and of its own mistakes; default the standard error output. */
  readonly log?: Log;
  /**
   * How long a client may take to open its connection, to finish a frame that it began, or to read what was sent to it, in
   * milliseconds; default 60,000. Then its connection ends.
   */
  readonly clientTimeoutMs?: number;
}

/**
 * Starts Azure Service Bus queues and topics in this process, for development and tests: AMQP 1.0 as the SDKs speak it, with
 * messages in memory. Clients may administer it over HTTP on the same port. What is not there: authorization.
 *
 * Listens when the promise resolves. Rejects if the host is not a loopback address, an entity is not as it must be, or a
 * port is taken; `cause` is then the error of the operating system, with its `code` EADDRINUSE.
 */
export async function startServiceBusEmulator(options: ServiceBusEmulatorOptions): Promise<ServiceBusEmulator> {
  const { host = '127.0.0.1', port = 0, entities, faults = {}, clock = systemClock } = options;
  const { httpPort, certificate, log = stderrLog, clientTimeoutMs = 60_000 } = options;
  if (!/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) throw new Error(`The host ${host} is not a loopback address`);
  const namespace = new Namespace(entities, clock);
  const amqp = createAmqpServer({ namespace, faults, log, clientTimeoutMs });
  const onAmqp = (stream: Duplex) => amqp.serve(stream);
  const answer = administer(namespace, amqp);
  const http = new HttpEntrance(onAmqp, answer, log);
  const tls = new TlsEntrance(certificate, log);
  const protocols = {
    onAmqp,
    onHttp: (socket: Duplex) => http.enter(socket),
    onTls: tls.enter.bind(tls),
  };
  const front = { host, log, clientTimeoutMs };
  const door = await FrontDoor.open({ ...front, port }, protocols);
  try {
    const httpDoor = httpPort === undefined ? undefined : await FrontDoor.open({ ...front, port: httpPort }, protocols);
    return new ServiceBusEmulator({ host, namespace, amqp, tls, door, httpDoor });
  } catch (error) {
    await door.close();
    throw error;
  }
}

/** Loads what it needs when the first request comes: most tests have no administrator. */
function administer(namespace: Namespace, amqp: AmqpServer): Answer {
  let administration: Promise<Administration> | undefined;
  const load = async () => {
    const { Administration } = await import('./administration/administration.ts');
    return new Administration(namespace, (entity) => {
      for (const connection of amqp.connections) connection.review(entity);
    });
  };
  return async (request) => {
    administration ??= load();
    return (await administration).answer(request);
  };
}

interface Parts {
  readonly host: string;
  readonly namespace: Namespace;
  readonly amqp: AmqpServer;
  readonly tls: TlsEntrance;
  readonly door: FrontDoor;
  readonly httpDoor: FrontDoor | undefined;
}

/** An emulator that runs: where it is, what is in it, and what a test can do to it. */
export class ServiceBusEmulator {
  /** The port it listens on. */
  readonly port: number;
  /** The second port, if there is one. */
  readonly httpPort: number | undefined;
  /** For the SDK's `ServiceBusClient`, or a function app's `ServiceBusConnection`. */
  readonly connectionString: string;
  /** For a client that always speaks TLS; it has to trust the `certificate`. */
  readonly tlsConnectionString: string;
  readonly #parts: Parts;

  /** @internal */
  constructor(parts: Parts) {
    const { host, door, httpDoor } = parts;
    this.port = door.port;
    this.httpPort = httpDoor?.port;
    const authority = `${host.includes(':') ? `[${host}]` : host}:${this.port}`;
    this.tlsConnectionString = `Endpoint=sb://${authority};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;`;
    this.connectionString = `${this.tlsConnectionString}UseDevelopmentEmulator=true;`;
    this.#parts = parts;
  }

  /** What clients on TLS are shown, in PEM: for localhost, 127.0.0.1 and ::1, unless it was given. */
  async certificate(): Promise<string> {
    return (await this.#parts.tls.certificate()).cert;
  }

  /** Where the messages of a queue, or of a subscription (`topic/Subscriptions/name`), are now. Throws if there is none. */
  inspect(queue: string): QueueSnapshot {
    return this.#queue(queue).inspect();
  }

  /** Ends the lock on a message as if its time were over. Throws if no message with this ID is locked. */
  expireLock(queue: string, messageId: string): void {
    if (!this.#queue(queue).endLockOf(messageId)) throw new Error(`No message ${messageId} is locked in ${queue}`);
  }

  /** Breaks every connection. Clients may connect again at once. */
  cutConnections(): void {
    for (const connection of this.#parts.amqp.connections) connection.cut();
  }

  /** Detaches every receiver of a queue, as the service does when it moves a queue to another machine. */
  detachReceivers(queue: string): void {
    const description = 'The link was detached by the broker. It can be attached again.';
    const error = { condition: 'amqp:link:detach-forced', description };
    for (const connection of this.#parts.amqp.connections) connection.detachReceivers(this.#queue(queue), error);
  }

  /** Resolves when its timers and sockets are gone. Messages are lost. */
  async close(): Promise<void> {
    const { door, httpDoor, namespace } = this.#parts;
    await Promise.all([door.close(), httpDoor?.close()]);
    namespace.close();
  }

  #queue(path: string): Queue {
    const entity = this.#parts.namespace.find(path);
    if (entity === undefined) throw new Error(`There is no queue ${path}`);
    if (entity instanceof Queue) return entity;
    throw new Error(
      `${path} is a topic, which keeps no messages. Name one of its subscriptions: ${path}/Subscriptions/NAME`,
    );
  }
}
