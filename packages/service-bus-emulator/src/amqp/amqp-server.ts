import type { Duplex } from 'node:stream';
import rhea, { type ConnectionOptions } from 'rhea';
import { ClientConnection, type ClientConnectionOptions, maxChannel, maxFrameSize } from './client-connection.ts';
import type { RheaConnection } from './rhea-internals.ts';
import { letEverybodyIn } from './sasl.ts';

/** Serves clients of AMQP, on whatever stream they come. */
export interface AmqpServer {
  /** Those that are connected. */
  readonly connections: Iterable<ClientConnection>;
  /** Serves a client, whose stream is paused. */
  serve(stream: Duplex): void;
}

export function createAmqpServer(options: ClientConnectionOptions): AmqpServer {
  const container = rhea.create_container(containerOptions);
  letEverybodyIn(container);
  const connections = new Set<ClientConnection>();
  return {
    connections,
    serve: (stream) => {
      const connection = container.create_connection(connectionOptions) as RheaConnection;
      const client = new ClientConnection(connection, stream, options);
      connections.add(client);
      stream.once('close', () => connections.delete(client));
      stream.resume();
    },
  };
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
