#!/usr/bin/env bash
# Get, Get Properties, Set Metadata and Delete of a blob that does not exist, with an If-Match condition: a good guess is 404, as
# without the condition. Azurite 3.37.0 answers 412 to all, as to Put Blob. Whoever takes 412 for "somebody else wrote it" and 404
# for "it is gone" cannot tell the two apart. Seen with @azure/storage-blob 12.34.0: 404 without the condition, 412 with it.
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
const blob = container.getBlockBlobClient('missing');
const found = async (options) => ({
  download: await statusOf(blob.download(0, undefined, options)),
  getProperties: await statusOf(blob.getProperties(options)),
  setMetadata: await statusOf(blob.setMetadata({ a: '1' }, options)),
  delete: await statusOf(blob.delete(options)),
});
const [without, withIt] = [await found({}), await found({ conditions: { ifMatch: '"0x1"' } })];
console.log('without If-Match', without, 'with it', withIt);
assert.deepEqual(Object.values(without), [404, 404, 404, 404]);
assert.deepEqual(Object.values(withIt), [412, 412, 412, 412]);
process.exit();
JS
node find.mjs
