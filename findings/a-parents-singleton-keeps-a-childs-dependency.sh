#!/usr/bin/env bash
# inversify 8.2.3: a singleton bound in a parent container, asked for through a child that binds one of its dependencies anew, for example
# per request. A good guess is that a singleton is made of what its own container knows, as in other containers with scopes. It is made
# with the child's binding, kept in the parent, and given to everybody from then on; whoever asks first decides. Seen: the parent itself
# and a second child get the repository with the first child's user. A singleton must not depend on what children bind.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >npm.log
npm install --no-audit --no-fund --silent inversify@8.2.3 reflect-metadata@0.2.2
cat >find.mjs <<'JS'
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { Container } from 'inversify';

const parent = new Container();
parent.bind('user').toConstantValue('nobody');
parent.bind('repository').toResolvedValue((user) => ({ user }), ['user']).inSingletonScope();

/** A container of one request, with its user. */
function requestOf(user) {
  const child = new Container({ parent });
  child.bind('user').toConstantValue(user);
  return child;
}

const users = [requestOf('ann'), requestOf('bob'), parent].map((container) => container.get('repository').user);
console.log(users, 'the user of the parent:', parent.get('user'));
assert.deepEqual(users, ['ann', 'ann', 'ann']);
assert.equal(parent.get('user'), 'nobody');
JS
node find.mjs
