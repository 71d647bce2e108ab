#!/usr/bin/env bash
# An HttpResponse of @azure/functions 4.16.5 with jsonBody: null. null is a JSON value, jsonBody: 0 and jsonBody: false go out as such,
# and a good guess is the body "null" with the content type application/json. There is no body and no content type, as for
# undefined, so that response.json() fails in a client that asked for "the order or null". Response.json(null) of the platform has
# both. A handler that can answer null has to give body: 'null' and the header itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent @azure/functions@4.16.5
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import functions from '@azure/functions';

/** Body and content type of a response. */
const sent = async (response) => [await response.text(), response.headers.get('content-type')];

const found = {
  null: await sent(new functions.HttpResponse({ jsonBody: null })),
  zero: await sent(new functions.HttpResponse({ jsonBody: 0 })),
  platform: await sent(Response.json(null)),
};
console.log(found);
assert.deepEqual(found, { null: ['', null], zero: ['0', 'application/json'], platform: ['null', 'application/json'] });
JS
node find.mjs
