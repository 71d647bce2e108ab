#!/usr/bin/env bash
# The pipeline of the Azure SDKs follows redirects by default. A good guess is that it follows those that fetch follows. With
# @azure/core-rest-pipeline 1.25.1 a GET goes on after 301, 302 and 307, but 308, the permanent form of 307, and 303 are handed
# to the caller as if they were the answer; a POST goes on after 303 and 307, not after 308. A proxy or gateway that moved for good
# with 308 is never followed, and a client that checks only for status >= 400 takes the empty body for data.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent @azure/core-rest-pipeline@1.25.1
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from '@azure/core-rest-pipeline';

const server = createServer((request, response) => {
  request.resume();
  if (request.url !== '/new') response.writeHead(Number(request.url.slice(1)), { location: '/new' });
  response.end();
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = `http://127.0.0.1:${server.address().port}`;
const [client, pipeline] = [createDefaultHttpClient(), createPipelineFromOptions({})];

/** The statuses whose redirect ends in an answer of the new place. */
async function followed(method, ask) {
  const statuses = [];
  for (const status of [301, 302, 303, 307, 308]) if ((await ask(`${address}/${status}`, method)) === 200) statuses.push(status);
  return statuses;
}

const azure = async (url, method) => {
  const request = createPipelineRequest({ url, method, allowInsecureConnection: true });
  return (await pipeline.sendRequest(client, request)).status;
};
const builtIn = async (url, method) => (await fetch(url, { method })).status;
const found = { get: await followed('GET', azure), post: await followed('POST', azure), fetch: await followed('GET', builtIn) };
console.log(found);
assert.deepEqual(found, { get: [301, 302, 307], post: [303, 307], fetch: [301, 302, 303, 307, 308] });
process.exit();
JS
node find.mjs
