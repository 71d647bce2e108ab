import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

/**
 * Turns Nagle's algorithm off for the sockets that this process opens from now on.
 *
 * The SDK leaves it on and has no setting for it. A small frame then waits until the broker has acknowledged the one before,
 * which takes 40 ms if that one needs no answer: a message on an idle queue comes 40 ms late, and 16 receivers need a second to
 * attach. HTTP clients turn it off by themselves, so that in practice this changes nothing for others.
 */
subscribe('net.client.socket', (message) => {
  const { socket } = message as { readonly socket?: unknown };
  if (socket instanceof Socket) socket.setNoDelay(true);
});
