#!/usr/bin/env bash
# @azure/storage-blob 12.34.0 (the newest) asks for service version 2026-10-06. Azurite 3.37.0 (the newest) knows none later than
# its own and answers every request with 400 InvalidHeaderValue. A good guess is that the newest two of one vendor fit each other.
# With --skipApiVersionCheck the same request is answered with 201. Seen: 400 InvalidHeaderValue, then 201.
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

const strict = await azurite();
const error = await strict.create().then(() => undefined, (thrown) => thrown);
console.log(`as it is: ${error?.statusCode} ${error?.code}`);
assert.deepEqual([error?.statusCode, error?.code], [400, 'InvalidHeaderValue']);

const lenient = await azurite('--skipApiVersionCheck');
const status = await statusOf(lenient.create());
console.log(`with --skipApiVersionCheck: ${status}`);
assert.equal(status, 201);
process.exit();
JS
node find.mjs
