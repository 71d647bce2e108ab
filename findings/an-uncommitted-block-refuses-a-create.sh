#!/usr/bin/env bash
# Create a blob only if there is none (If-None-Match: *). A good guess is that it works if Get Properties says 404. Azurite 3.37.0
# answers 409 BlobAlreadyExists if blocks were staged for that name and never committed: for reads and plain listings there is no
# blob, for the condition there is one. So a program that ended between Put Block and Put Block List keeps others from creating
# it, and what they find when they read is nothing. Seen with @azure/storage-blob 12.34.0: 404, no name listed, then 409; without
# the condition 201. A listing with includeUncommitedBlobs shows it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent azurite@3.37.0 @azure/storage-blob@12.34.0
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
const blob = container.getBlockBlobClient('half-written');
await blob.stageBlock(Buffer.from('block').toString('base64'), 'x', 1);
const names = async (options) => {
  const found = [];
  for await (const { name } of container.listBlobsFlat(options)) found.push(name);
  return found;
};
const found = {
  exists: await blob.exists(),
  read: await statusOf(blob.getProperties()),
  listed: await names({}),
  listedWithUncommitted: await names({ includeUncommitedBlobs: true }),
  createdIfAbsent: await statusOf(blob.upload('y', 1, { conditions: { ifNoneMatch: '*' } })),
  written: await statusOf(blob.upload('y', 1)),
};
console.log(found);
assert.deepEqual(found, {
  exists: false,
  read: 404,
  listed: [],
  listedWithUncommitted: ['half-written'],
  createdIfAbsent: 409,
  written: 201,
});
process.exit();
JS
node find.mjs
