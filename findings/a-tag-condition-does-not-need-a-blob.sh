#!/usr/bin/env bash
# A write on the condition that a tag has a value (x-ms-if-tags): a good guess is that it fails where there is no blob, as If-Match
# does. Azurite 3.37.0 lets it through and creates the blob. A tag condition is no guard against re-creating what was deleted.
# Seen with @azure/storage-blob 12.34.0: 201 on a missing blob, 412 on one whose tag has another value.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --loglevel=error azurite@3.37.0 @azure/storage-blob@12.34.0 >>npm.log 2>&1 || { cat npm.log; exit 1; }
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { BlobServiceClient } from '@azure/storage-blob';

/** Azurite on a free port of loopback, in memory, and a client of it. */
async function azurite(...options) {
  const key = Buffer.from('a key that only this emulator knows').toString('base64');
  const args = ['--blobHost', '127.0.0.1', '--blobPort', '0', '--inMemoryPersistence', '--disableTelemetry', ...options];
  const server = spawn(process.execPath, ['node_modules/azurite/dist/src/blob/main.js', ...args], {
    env: { ...process.env, AZURITE_ACCOUNTS: `tester:${key}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => server.kill('SIGKILL'));
  let said = '';
  const address = await new Promise((resolve, reject) => {
    server.once('exit', () => reject(new Error(`Azurite ended: ${said}`)));
    server.stdout.on('data', (chunk) => {
      said += chunk;
      const port = /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}/tester`);
    });
  });
  const credentials = `DefaultEndpointsProtocol=http;AccountName=tester;AccountKey=${key};BlobEndpoint=${address};`;
  return BlobServiceClient.fromConnectionString(credentials).getContainerClient('findings');
}

/** The status of an answer, also of one that the SDK throws. */
const statusOf = (answer) => answer.then((it) => it._response.status, (error) => error.statusCode);

const container = await azurite('--skipApiVersionCheck');
await container.create();
const onTag = { conditions: { tagConditions: "team = 'billing'" } };
const onMissing = await statusOf(container.getBlockBlobClient('missing').upload('x', 1, onTag));
const other = container.getBlockBlobClient('other');
await other.upload('x', 1, { tags: { team: 'shipping' } });
const onOther = await statusOf(other.upload('y', 1, onTag));
console.log(`missing: ${onMissing}, another value: ${onOther}`);
assert.deepEqual([onMissing, onOther], [201, 412]);
process.exit();
JS
node find.mjs
