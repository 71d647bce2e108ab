#!/usr/bin/env bash
# tryAddMessage of a batch of @azure/service-bus 7.9.5 returns false for a message that is too large; a good guess is that the batch is
# then as it was. If it was still empty, the refused message's ID, session and other properties stay in the batch's envelope,
# wherever the next message has none of its own. Seen: the envelope of a batch of one message without ID and subject has the ID and
# the subject of a message that was never sent. After a first false a new batch has to be made.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent @azure/service-bus@7.9.5 rhea@3.0.5
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { ServiceBusClient } from '@azure/service-bus';
import rhea from 'rhea';

// A peer that accepts every token and keeps every message.
const container = rhea.create_container();
const repliers = new Map();
const received = [];
container.on('sender_open', ({ sender }) => repliers.set(sender.name, sender));
container.on('receiver_open', ({ receiver }) => receiver.set_target({ address: receiver.target.address }));
container.on('message', ({ message }) => {
  const status = { 'status-code': rhea.types.wrap_int(202), 'status-description': 'Accepted' };
  if (message.reply_to === undefined) received.push(rhea.message.decode(message));
  else repliers.get(message.reply_to).send({ correlation_id: message.message_id, application_properties: status, body: '' });
});
const server = container.listen({ host: '127.0.0.1', port: 0, receiver_options: { max_message_size: 1000 } });
await once(server, 'listening');

const client = new ServiceBusClient(
  `Endpoint=sb://127.0.0.1:${server.address().port};SharedAccessKeyName=tester;SharedAccessKey=key;UseDevelopmentEmulator=true`,
);
const sender = client.createSender('queue');
const batch = await sender.createMessageBatch();
const added = [
  batch.tryAddMessage({ body: 'x'.repeat(2000), messageId: 'refused', subject: 'too large', sessionId: 'one' }),
  batch.tryAddMessage({ body: 'small', sessionId: 'two' }),
];
await sender.sendMessages(batch);
const [{ message_id, subject, group_id }] = received;
console.log({ added, count: batch.count, message_id, subject, group_id });
assert.deepEqual([added, batch.count], [[false, true], 1]);
assert.deepEqual([message_id, subject, group_id], ['refused', 'too large', 'two']);
process.exit();
JS
node find.mjs
