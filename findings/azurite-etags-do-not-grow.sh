#!/usr/bin/env bash
# The ETags of the Blob service look like timestamps in hexadecimal (0x8DD…), and a good guess is that a later write has the greater
# one. Those of Azurite 3.37.0 are random: of 100 writes of one blob, one after the other, about half have a smaller ETag than the
# write before. An ETag can be compared for equality, and for nothing else. Seen with @azure/storage-blob 12.34.0: 40 to 60 of 99.
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
const blob = container.getBlockBlobClient('written-often');
const etags = [];
for (let write = 0; write < 100; write += 1) etags.push(BigInt((await blob.upload('x', 1)).etag.replaceAll('"', '')));
const smaller = etags.filter((etag, index) => index > 0 && etag < etags[index - 1]).length;
console.log(`${smaller} of 99 ETags are smaller than the one before`);
assert.ok(smaller > 10);
process.exit();
JS
node find.mjs
