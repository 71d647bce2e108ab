#!/usr/bin/env bash
# It is common knowledge that rhea, the AMQP library below @azure/service-bus, hands out 64-bit integers that a JavaScript number
# cannot hold as buffers of 8 bytes, so that a number can be trusted. Between 2^53 and 2^53 + 2^32 it hands out numbers all the
# same, rounded: the message IDs 9007199254740992 and 9007199254740993, two unsigned longs, arrive as one. Only from
# 2^53 + 2^32 on are they buffers. So a number is exact only if it is a safe integer. Seen with rhea 3.0.5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --loglevel=error rhea@3.0.5 >>npm.log 2>&1 || { cat npm.log; exit 1; }
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import rhea from 'rhea';

/** The message ID that arrives, sent as an unsigned long. */
function received(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  const sent = rhea.message.encode({ message_id: rhea.types.wrap_ulong(bytes), body: 'x' });
  return rhea.message.decode(sent).message_id;
}

const edge = 2n ** 53n;
const [one, other] = [received(edge), received(edge + 1n)];
const [last, first] = [received(edge + 2n ** 32n - 1n), received(edge + 2n ** 32n)];
console.log({ one, other, last, first });
assert.equal(received(edge - 1n), Number.MAX_SAFE_INTEGER);
assert.equal(typeof one, 'number');
assert.equal(one, other); // two IDs, one number
assert.equal(typeof last, 'number');
assert.ok(Buffer.isBuffer(first));
assert.equal(first.readBigUInt64BE(), edge + 2n ** 32n);
JS
node find.mjs
