#!/usr/bin/env bash
# A property that is a JavaScript number: a good guess is that rhea, the AMQP library below @azure/service-bus, gives whole numbers
# one AMQP type (int or long) and others another (double). The type follows the value: 5 goes out as uint, 0 and -5 as int, 5.5 as
# double, 2^32 as ulong, -2^31 (which fits an int) as long, and NaN as null. A peer with types that reads "delta" as an int refuses
# or misses it when it is positive. Who needs one type has to wrap the value, as with types.wrap_int. Seen with rhea 3.0.5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent rhea@3.0.5
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import rhea from 'rhea';

/** AMQP 1.0, 1.6: the format codes that numbers and null are sent with. */
const names = {
  0x40: 'null', 0x52: 'uint', 0x70: 'uint', 0x53: 'ulong', 0x80: 'ulong',
  0x54: 'int', 0x71: 'int', 0x55: 'long', 0x81: 'long', 0x82: 'double',
};

/** The AMQP type of the application property "delta" in the encoded message: its code follows the property's name. */
function sentAs(delta) {
  const bytes = rhea.message.encode({ application_properties: { delta }, body: '' });
  return names[bytes[bytes.indexOf('delta') + 'delta'.length]];
}

const found = Object.fromEntries([5, 0, -5, 5.5, 2 ** 32, -(2 ** 31), NaN].map((value) => [value, sentAs(value)]));
console.log(found);
assert.deepEqual(found, { 5: 'uint', 0: 'int', '-5': 'int', 5.5: 'double', 4294967296: 'ulong', '-2147483648': 'long', NaN: 'null' });
assert.equal(sentAs(rhea.types.wrap_int(5)), 'int');
JS
node find.mjs
