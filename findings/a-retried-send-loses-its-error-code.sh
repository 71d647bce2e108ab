#!/usr/bin/env bash
# A send of @azure/service-bus 7.9.5 (core-amqp 4.5.1) that a busy service refuses throws a ServiceBusError with code ServiceBusy. A good
# guess is that it is the same after retries, which are on by default. After two or more tries it is an AggregateError whose
# message is empty and which has neither code nor retryable; isServiceBusError says no. A catch that looks at error.code works in
# a test with maxRetries: 0 and not with the default of three. Seen: the codes are in error.errors, one per try.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent @azure/service-bus@7.9.5 @azure/core-amqp@4.5.1 rhea@3.0.5
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { isServiceBusError, ServiceBusClient } from '@azure/service-bus';
import rhea from 'rhea';

// A peer that accepts every token and is too busy for every message.
const container = rhea.create_container({ autoaccept: false });
const repliers = new Map();
let attempts = 0;
container.on('sender_open', ({ sender }) => repliers.set(sender.name, sender));
container.on('receiver_open', ({ receiver }) => receiver.set_target({ address: receiver.target.address }));
container.on('message', ({ message, delivery }) => {
  const status = { 'status-code': rhea.types.wrap_int(202), 'status-description': 'Accepted' };
  if (message.reply_to === undefined) {
    attempts += 1;
    delivery.reject({ condition: 'com.microsoft:server-busy', description: 'too busy' });
  } else {
    delivery.accept();
    repliers.get(message.reply_to).send({ correlation_id: message.message_id, application_properties: status, body: '' });
  }
});
const server = container.listen({ host: '127.0.0.1', port: 0 });
await once(server, 'listening');

/** The error of a send, and how often it was tried. */
async function failure(maxRetries) {
  const client = new ServiceBusClient(
    `Endpoint=sb://127.0.0.1:${server.address().port};SharedAccessKeyName=tester;SharedAccessKey=key;UseDevelopmentEmulator=true`,
    { retryOptions: { maxRetries, retryDelayInMs: 1 } },
  );
  attempts = 0;
  const error = await client.createSender('queue').sendMessages({ body: 'x' }).catch((thrown) => thrown);
  const { name, code, message, errors } = error;
  return { attempts, name, code, message, known: isServiceBusError(error), codes: errors?.map((each) => each.code) };
}

const [first, second] = [await failure(0), await failure(1)];
console.log(first, second);
assert.deepEqual(first, { attempts: 1, name: 'ServiceBusError', code: 'ServiceBusy', message: 'too busy', known: true, codes: undefined });
const codes = ['ServiceBusy', 'ServiceBusy'];
assert.deepEqual(second, { attempts: 2, name: 'AggregateError', code: undefined, message: '', known: false, codes });
process.exit();
JS
node find.mjs
