#!/usr/bin/env bash
# connection.createReceiver of rhea-promise 3.0.3 (below @azure/service-bus) makes a session for its link. Given an abort signal that
# fires while the attach is under way, it rejects with AbortError, and when the peer's attach comes it detaches the link. A good
# guess is that the session, which nobody else knows, goes too. It never ends: each abort costs one channel of the connection, and
# Service Bus and others have a limit per connection. Seen: 5 aborts, 5 begins, 5 attaches, 5 detaches, no end. A caller that
# aborts often has to make the session first and close it itself.
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
const seen = { begin: 0, attach: 0, detach: 0, end: 0 };
const channels = new Set();
let answerAttach = () => {};
let attached = () => {};
let detached = () => {};

/** A peer that keeps the answer to an attach until it is asked for. */
const peer = createServer((socket) => {
  const send = (channel, answer) => socket.write(frames.write_frame(frames.amqp_frame(channel, answer)));
  const handler = {
    on_open: () => send(0, frames.open({ container_id: 'peer' })),
    on_begin: ({ channel }) => {
      seen.begin += 1;
      channels.add(channel);
      send(channel, frames.begin({ remote_channel: channel, next_outgoing_id: 0, incoming_window: 9, outgoing_window: 9 }));
    },
    on_attach: ({ channel, performative: { name, handle } }) => {
      seen.attach += 1;
      answerAttach = () => send(channel, frames.attach({ name, handle, role: false, initial_delivery_count: 0 }));
      attached();
    },
    on_detach: ({ channel, performative: { handle } }) => {
      seen.detach += 1;
      send(channel, frames.detach({ handle, closed: true }));
      detached();
    },
    on_end: ({ channel }) => {
      seen.end += 1;
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

const connection = new Connection({ host: '127.0.0.1', port: peer.address().port, reconnect: false });
await connection.open();
for (let turn = 0; turn < 5; turn += 1) {
  const attaching = new Promise((resolve) => (attached = resolve));
  const detaching = new Promise((resolve) => (detached = resolve));
  const controller = new AbortController();
  const options = { name: `receiver-${turn}`, source: 'queue', credit_window: 0, abortSignal: controller.signal };
  const receiver = connection.createReceiver(options).catch((thrown) => thrown);
  await attaching;
  controller.abort();
  assert.equal((await receiver).name, 'AbortError');
  answerAttach();
  await detaching;
}
// A session that is begun and ended after the five: its end would come after theirs.
const last = await connection.createSession();
await last.close();
console.log(seen, 'channels', [...channels].join(' '));
assert.deepEqual(seen, { begin: 6, attach: 5, detach: 5, end: 1 });
assert.equal(channels.size, 6);
process.exit();
JS
node find.mjs
