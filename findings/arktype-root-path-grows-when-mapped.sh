#!/usr/bin/env bash
# A Standard Schema issue has a path, and to print it one maps its segments: issue.path.map(String).join('.'). A good guess is that the
# path of the value itself, which is empty, stays empty. arktype 2.2.10's path is a subclass of Array whose constructor takes
# elements, so map, which makes its result by that constructor with the length 0, gives a path of one element: 0. An error of the
# whole body is reported at "0", as if the body were a list. zod 4.6.7 gives []. Array.from(path, ...) and for...of are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent arktype@2.2.10 zod@4.6.7
cat >find.mjs <<'JS'
import assert from 'node:assert/strict';
import { type } from 'arktype';
import { z } from 'zod';

const schemas = { arktype: type({ id: 'string' }), zod: z.object({ id: z.string() }) };

/** The path of the first issue, as it is and mapped. */
function paths(schema, value) {
  const [{ path }] = schema['~standard'].validate(value).issues;
  return { length: path.length, mapped: path.map(String).join('.'), copied: Array.from(path, String).join('.') };
}

const root = { arktype: paths(schemas.arktype, 'no object'), zod: paths(schemas.zod, 'no object') };
const member = { arktype: paths(schemas.arktype, { id: 1 }), zod: paths(schemas.zod, { id: 1 }) };
console.log({ root, member });
assert.deepEqual(root.arktype, { length: 0, mapped: '0', copied: '' });
assert.deepEqual(root.zod, { length: 0, mapped: '', copied: '' });
assert.deepEqual(member.arktype, { length: 1, mapped: 'id', copied: 'id' });
assert.deepEqual(member.zod, member.arktype);
JS
node find.mjs
