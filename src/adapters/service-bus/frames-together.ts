import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

/**
 * Sends the AMQP frames of one turn of the event loop together, on the sockets that this process opens from now on.
 *
 * The SDK's AMQP library makes a call of the system for each frame, and a message has three: the one that asks for it, the one that
 * settles it, and the one that it was sent by. With 16 deliveries at work ten to thirty of them leave in one turn.
 */
subscribe('net.client.socket', (message) => {
  const { socket } = message as { readonly socket?: unknown };
  // Before that, Node would put its own `write` back.
  if (socket instanceof Socket) socket.once('connect', () => sendTogether(socket));
});

function sendTogether(socket: Socket): void {
  const write = socket.write.bind(socket) as Write;
  let isHeld = false;
  const release = () => {
    isHeld = false;
    socket.uncork();
  };
  const hold: Write = (...chunk) => {
    if (!isHeld) {
      isHeld = true;
      socket.cork();
      setImmediate(release);
    }
    return write(...chunk);
  };
  const first: Write = (...chunk) => {
    socket.write = (beginsAmqp(chunk[0]) ? hold : write) as Socket['write'];
    return socket.write(...chunk);
  };
  socket.write = first as Socket['write'];
}

type Write = (...chunk: Parameters<Socket['write']>) => boolean;

/** Source: OASIS AMQP 1.0, part 2, section 2.2: each side sends a header first, which begins with these letters. */
const beginsAmqp = (chunk: unknown): boolean => Buffer.isBuffer(chunk) && chunk.toString('latin1', 0, 4) === 'AMQP';
