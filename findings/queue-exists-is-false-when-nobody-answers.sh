#!/usr/bin/env bash
# queueExists of the ServiceBusAdministrationClient (@azure/service-bus 7.9.5), and with it topicExists, subscriptionExists and
# ruleExists: a good guess is that it is false if the service says 404 and throws otherwise, as exists of @azure/storage-blob does. It
# is false for every error. Seen: with nothing behind the address getQueue throws ECONNREFUSED and queueExists says false. A
# program that creates what does not exist, or that cleans up after what is gone, has to ask by getQueue and look at the error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent @azure/service-bus@7.9.5
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { ServiceBusAdministrationClient } from '@azure/service-bus';

// A port that was free a moment ago: nobody listens on it.
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
server.close();
await once(server, 'close');

const client = new ServiceBusAdministrationClient(
  `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=tester;SharedAccessKey=key`,
  { retryOptions: { maxRetries: 0 } },
);
const { code } = await client.getQueue('queue').catch((error) => error);
const exists = {
  queue: await client.queueExists('queue'),
  topic: await client.topicExists('topic'),
  subscription: await client.subscriptionExists('topic', 'subscription'),
  rule: await client.ruleExists('topic', 'subscription', 'rule'),
};
console.log('getQueue', code, 'exists', exists);
assert.equal(code, 'ECONNREFUSED');
assert.deepEqual(exists, { queue: false, topic: false, subscription: false, rule: false });
JS
node find.mjs
