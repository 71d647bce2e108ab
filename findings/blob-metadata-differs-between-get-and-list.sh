#!/usr/bin/env bash
# The same metadata, read in two ways. Get Properties has them as HTTP headers: the names come in lower case, and an entry with an
# empty value is not there. A listing has them in XML: the names keep their case, and the empty entry is there. Code that reads
# metadata from either must use lower-case names and no empty values. Seen with Azurite 3.37.0 and @azure/storage-blob 12.34.0.
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
const blob = container.getBlockBlobClient('labelled');
await blob.upload('x', 1, { metadata: { orderState: 'Held', note: '' } });
const { metadata: read } = await blob.getProperties();
const { value } = await container.listBlobsFlat({ includeMetadata: true }).next();
console.log('Get Properties', read, 'List Blobs', value.metadata);
assert.deepEqual(read, { orderstate: 'Held' });
assert.deepEqual(value.metadata, { orderState: 'Held', note: '' });
process.exit();
JS
node find.mjs
