import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import rhea, { type ConnectionOptions } from 'rhea';
import { ClientConnection, maxChannel, maxFrameSize } from './amqp/client-connection.ts';
import type { RheaConnection } from './amqp/rhea-internals.ts';
import { letEverybodyIn } from './amqp/sasl.ts';
import { type Clock, systemClock } from './broker/clock.ts';
import { Namespace } from './broker/namespace.ts';
import type { Queue } from './broker/queue.ts';
import type { QueueOptions } from './broker/queue-options.ts';
import type { QueueSnapshot } from './broker/queue-snapshot.ts';
import type { Faults } from './faults.ts';
import { type Log, stderrLog } from './log.ts';

export type { QueueOptions } from './broker/queue-options.ts';
export type { QueueSnapshot } from './broker/queue-snapshot.ts';

export interface ServiceBusEmulatorOptions {
  /** A loopback address; default 127.0.0.1. Nobody is asked who they are, so others are refused. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly queues: readonly QueueOptions[];
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
 * Azure Service Bus queues in this process, for development and tests: AMQP 1.0 over plain TCP, as much of it as the
 * SDKs use, and messages in memory. What is not there: topics, sessions, transactions, authorization, the HTTP API.
 */
export class ServiceBusEmulator {
  /** The port it listens on. */
  readonly port: number;
  /** For the SDK's `ServiceBusClient`, or a function app's `ServiceBusConnection`. */
  readonly connectionString: string;
  readonly #server: Server;
  readonly #namespace: Namespace;
  readonly #connections: ReadonlyMap<Socket, ClientConnection>;

  /**
   * Listens when the promise resolves. Rejects if the host is not a loopback address or the port is taken; `cause` is then
   * the error of the operating system, with its `code` EADDRINUSE.
   */
  static async start(options: ServiceBusEmulatorOptions): Promise<ServiceBusEmulator> {
    const { host = '127.0.0.1', port, queues, faults = {}, clock = systemClock } = options;
    const { log = stderrLog, clientTimeoutMs = 60_000 } = options;
    if (!/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host))
      throw new Error(`The host ${host} is not a loopback address`);
    const namespace = new Namespace(queues, clock);
    const connections = new Map<Socket, ClientConnection>();
    const container = rhea.create_container(containerOptions);
    letEverybodyIn(container);
    const server = createServer({ noDelay: true }, (socket) => {
      const connection = container.create_connection(connectionOptions) as RheaConnection;
      connections.set(socket, new ClientConnection(connection, socket, { namespace, faults, log, clientTimeoutMs }));
      socket.once('close', () => connections.delete(socket));
    });
    server.listen(port, host);
    try {
      await once(server, 'listening');
    } catch (cause) {
      throw new Error(`The Service Bus emulator cannot listen on port ${port} of ${host}`, { cause });
    }
    // An accept can fail later, with too many files open. That is one client's loss, and must not end the process.
    server.on('error', () => {});
    return new ServiceBusEmulator(server, host, namespace, connections);
  }

  private constructor(
    server: Server,
    host: string,
    namespace: Namespace,
    connections: ReadonlyMap<Socket, ClientConnection>,
  ) {
    this.port = (server.address() as AddressInfo).port;
    const authority = `${host.includes(':') ? `[${host}]` : host}:${this.port}`;
    this.connectionString = `Endpoint=sb://${authority};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;`;
    this.#server = server;
    this.#namespace = namespace;
    this.#connections = connections;
  }

  /** Where the messages of a queue are now. Throws if there is no such queue. */
  inspect(queue: string): QueueSnapshot {
    return this.#queue(queue).inspect();
  }

  /** Ends the lock on a message as if its time were over. Throws if no message with this ID is locked. */
  expireLock(queue: string, messageId: string): void {
    if (!this.#queue(queue).endLockOf(messageId)) throw new Error(`No message ${messageId} is locked in ${queue}`);
  }

  /** Breaks every connection. Clients may connect again at once. */
  cutConnections(): void {
    for (const connection of this.#connections.values()) connection.cut();
  }

  /** Detaches every receiver of a queue, as the service does when it moves a queue to another machine. */
  detachReceivers(queue: string): void {
    const description = 'The link was detached by the broker. It can be attached again.';
    const error = { condition: 'amqp:link:detach-forced', description };
    for (const connection of this.#connections.values()) connection.detachReceivers(this.#queue(queue), error);
  }

  /** Resolves when its timers and sockets are gone. Messages are lost. */
  async close(): Promise<void> {
    const isClosed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#connections.keys()) socket.destroy();
    await isClosed;
    this.#namespace.close();
  }

  #queue(path: string): Queue {
    const queue = this.#namespace.find(path);
    if (queue === undefined) throw new Error(`There is no queue ${path}`);
    return queue;
  }
}

const containerOptions = {
  id: 'service-bus-emulator',
  // Clients' receivers: an outcome `modified` is to be told apart from `released`.
  sender_options: { treat_modified_as_released: false },
  // Clients' senders: no credit before we know the queue, no acceptance before the message is stored.
  receiver_options: { autoaccept: false, credit_window: 0 },
};

/** As Service Bus opens a connection. A client that says nothing for twice the time-out is taken for gone. */
const connectionOptions = {
  max_frame_size: maxFrameSize,
  channel_max: maxChannel,
  idle_time_out: 240_000,
} as ConnectionOptions;
