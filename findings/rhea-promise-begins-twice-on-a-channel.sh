#!/usr/bin/env bash
# createReceiver of rhea-promise 3.0.3 (below @azure/service-bus), given a session of one's own, ends with OperationTimeoutError if
# the peer answers the attach too late. A good guess is that only this link is given up: the session is shared. But the session is
# forgotten without an end frame, and the next session begins on the same channel, which for the peer is still in use (AMQP 1.0,
# 2.5.1 and 2.5.5). A first link of that session goes on to say that it is open. Seen: begin 0, attach 0, attach 0, begin 0, and
# no end. So after that timeout only a new connection is safe, and a peer must expect a second begin.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent rhea-promise@3.0.3 rhea@3.0.5
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { Connection } from 'rhea-promise';

const frames = createRequire(import.meta.url)('rhea/lib/frames.js');
const seen = [];

/** A peer that answers everything but the attach of a link whose name begins with "late". */
const peer = createServer((socket) => {
  const send = (channel, answer) => socket.write(frames.write_frame(frames.amqp_frame(channel, answer)));
  const handler = {
    on_open: () => send(0, frames.open({ container_id: 'peer' })),
    on_begin: ({ channel }) => {
      seen.push(`begin ${channel}`);
      send(channel, frames.begin({ remote_channel: channel, next_outgoing_id: 0, incoming_window: 9, outgoing_window: 9 }));
    },
    on_attach: ({ channel, performative: { name, handle } }) => {
      seen.push(`attach ${channel}`);
      if (!name.startsWith('late')) send(channel, frames.attach({ name, handle, role: false, initial_delivery_count: 0 }));
    },
    on_end: ({ channel }) => {
      seen.push(`end ${channel}`);
      send(channel, frames.end({}));
    },
  };
  let input = Buffer.alloc(0);
  let greeted = false;
  socket.on('error', () => {}).on('data', (chunk) => {
    input = Buffer.concat([input, chunk]);
    if (!greeted) {
      socket.write(input.subarray(0, 8));
      input = input.subarray(8);
      greeted = true;
    }
    while (input.length >= 4 && input.length >= input.readUInt32BE()) {
      const frame = frames.read_frame(input.subarray(0, input.readUInt32BE()));
      input = input.subarray(input.readUInt32BE());
      frame.performative?.dispatch(handler, frame);
    }
  });
}).listen(0, '127.0.0.1');
await once(peer, 'listening');

const { port } = peer.address();
const connection = new Connection({ host: '127.0.0.1', port, reconnect: false, operationTimeoutInSeconds: 3 });
await connection.open();
const session = await connection.createSession();
const options = { source: 'queue', credit_window: 0 };
const first = await connection.createReceiver({ ...options, session, name: 'first' });
const error = await connection.createReceiver({ ...options, session, name: 'late' }).catch((thrown) => thrown);
await connection.createReceiver({ ...options, name: 'of-another-session' });
console.log(error.name, seen.join(', '), 'first is open:', first.isOpen());
assert.equal(error.name, 'OperationTimeoutError');
assert.deepEqual(seen, ['begin 0', 'attach 0', 'attach 0', 'begin 0', 'attach 0']);
assert.equal(first.isOpen(), true);
process.exit();
JS
node find.mjs
