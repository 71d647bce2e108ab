#!/usr/bin/env bash
# A decimal of a structured header (RFC 9651) has one to three digits after its point. serializeItem of structured-headers 2.1.0
# rounds a number with a fraction to three; a good guess is that one which rounds to a whole number comes out as 0.0 or 2.0. It comes
# out as "0." and "2.", which is no structured header: its own parseItem, as any strict peer, refuses it, and a peer that cannot
# read a field has to ignore the whole of it. A rate or a duration has to be rounded before it is given, and then 2 is an integer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent structured-headers@2.1.0
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import { parseItem, serializeItem } from 'structured-headers';

const found = [0.0004, 1.9996, 0.0006, 2.5].map((value) => {
  const text = serializeItem(value);
  try {
    return [value, text, parseItem(text)[0]];
  } catch (error) {
    return [value, text, error.constructor.name];
  }
});
console.log(found);
assert.deepEqual(found, [[0.0004, '0.', 'ParseError'], [1.9996, '2.', 'ParseError'], [0.0006, '0.001', 0.001], [2.5, '2.5', 2.5]]);
JS
node find.mjs
