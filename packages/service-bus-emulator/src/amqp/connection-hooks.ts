import type { Duplex } from 'node:stream';
import { writeAllFields } from './performatives.ts';
import type { RheaConnection } from './rhea-internals.ts';

/** What a connection asks of who serves it. */
export interface ConnectionEvents {
  /** Whether bytes that come are still of interest. */
  readonly isListening: () => boolean;
  /** Bytes were taken in; `isInFrame` if the last of them are not a whole frame. */
  readonly onInput: (isInFrame: boolean) => void;
  /** What there was to write has been handed to the socket. */
  readonly onWritten: () => void;
}

/** Makes a connection of rhea's behave as one of Service Bus does. To be called before it is given its socket. */
export function hookConnection(connection: RheaConnection, socket: Duplex, events: ConnectionEvents): void {
  const writeFrame = connection._write_frame.bind(connection);
  connection._write_frame = (channel, performative, payload) => {
    writeFrame(channel, performative && writeAllFields(performative), payload);
  };

  const processConnection = connection._process.bind(connection);
  connection._process = () => {
    socket.cork(); // the many small frames of one tick leave together
    processConnection();
    socket.uncork();
    events.onWritten();
  };

  const input = connection.input.bind(connection);
  connection.input = (bytes) => {
    if (!events.isListening()) return;
    input(bytes);
    events.onInput(connection.frame_size !== undefined);
  };
}
