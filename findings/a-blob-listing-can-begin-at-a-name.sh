#!/usr/bin/env bash
# It is common knowledge that a listing of blobs goes on only by the opaque marker of its last page, so that a cursor that is kept
# for days has to be a marker, and that reading from a name on needs a walk over prefixes. Since service version 2026-02-06 a
# listing takes startFrom, a name: the first one listed is the least that is not less, so the name itself if it exists; it works
# together with a prefix. Seen with @azure/storage-blob 12.34.0 and Azurite 3.37.0.
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
for (const name of ['a/1', 'b/1', 'b/2', 'b/4', 'c/1']) await container.getBlockBlobClient(name).upload('x', 1);
const listed = async (options) => {
  const names = [];
  for await (const { name } of container.listBlobsFlat(options)) names.push(name);
  return names.join(' ');
};
const found = [await listed({ prefix: 'b/', startFrom: 'b/2' }), await listed({ prefix: 'b/', startFrom: 'b/3' }), await listed({ startFrom: 'b/3' })];
console.log(found);
assert.deepEqual(found, ['b/2 b/4', 'b/4', 'b/4 c/1']);
process.exit();
JS
node find.mjs
