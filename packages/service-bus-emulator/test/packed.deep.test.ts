import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceBusReceiver } from '@azure/service-bus';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { sampleConfig } from './config/sample.ts';
import { connect, receiveNone, receiveOne, until } from './emulator-fixture.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const configOfReadme = /```json\n(\{\n {2}\/\/ the configuration file[^`]*)```/.exec(readme)?.[1] ?? '';

let temporary = '';
let program = '';

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
}

// The tarball in a folder of its own. Without a network: what it depends on is linked.
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'packed-emulator-'));
  const source = join(temporary, 'source');
  run(process.execPath, [join(root, 'tools/package.mjs'), source], root);
  run('npm', ['pack', '--silent', '--pack-destination', temporary], source);
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  run('tar', ['-xzf', `${manifest.name}-${manifest.version}.tgz`], temporary);
  const modules = join(temporary, 'app', 'node_modules');
  const installed = join(modules, manifest.name);
  mkdirSync(modules, { recursive: true });
  renameSync(join(temporary, 'package'), installed);
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(modules, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(folderOf(name), link);
  }
  program = join(installed, manifest.bin[manifest.name]);
});

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Where a dependency is, which may be hoisted to the folder of the repository. */
function folderOf(name: string): string {
  const path = fileURLToPath(import.meta.resolve(name));
  return path.slice(0, path.lastIndexOf(join('node_modules', name)) + join('node_modules', name).length);
}

/** Starts the packed program on a configuration, and gives a client of it. */
async function start(config: string) {
  const folder = mkdtempSync(join(temporary, 'run-'));
  writeFileSync(join(folder, 'Config.json'), config);
  const child = spawn(process.execPath, [program, '--config', 'Config.json', '--port', '0'], { cwd: folder });
  const exited = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  onTestFinished(async () => {
    child.kill();
    await exited;
  });
  await until(() => expect(output).toContain('Ctrl-C ends it'));
  return connect(/Endpoint=\S+UseDevelopmentEmulator=true;/.exec(output)?.[0] ?? '');
}

async function bodyFrom(receiver: ServiceBusReceiver): Promise<unknown> {
  const message = await receiveOne(receiver);
  await receiver.completeMessage(message);
  return message.body;
}

it('runs what the README shows, from an empty folder', async () => {
  const { client } = await start(configOfReadme);
  const news = client.createSender('news');
  await news.sendMessages([
    { body: 'red', subject: 'order', applicationProperties: { color: 'red' } },
    { body: 'urgent', subject: 'order 17', applicationProperties: { level: 4 } },
    { body: 'late', applicationProperties: { late: true } },
  ]);
  expect(await bodyFrom(client.createReceiver('news', 'red'))).toBe('red');
  const urgent = await receiveOne(client.createReceiver('news', 'urgent'));
  expect([urgent.body, urgent.applicationProperties?.['seen']]).toEqual(['urgent', true]);
  expect(await bodyFrom(client.createReceiver('orders'))).toBe('late');
  await client.createSender('invoices').sendMessages([
    { body: 1, messageId: 'same' },
    { body: 2, messageId: 'same' },
  ]);
  const invoices = client.createReceiver('invoices');
  expect([await bodyFrom(invoices), await receiveNone(invoices)]).toEqual([1, []]);
  await client.createSender('customers').sendMessages({ body: 'mine', sessionId: 'customer 1' });
  expect(await bodyFrom(await client.acceptNextSession('customers'))).toBe('mine');
});

it("runs the sample configuration of Microsoft's emulator as it is", async () => {
  const { client } = await start(sampleConfig);
  await client.createSender('queue.1').sendMessages({ body: 'queue' });
  expect(await bodyFrom(client.createReceiver('queue.1'))).toBe('queue');
  await client.createSender('queue.2').sendMessages({ body: 'session', sessionId: 's' });
  expect(await bodyFrom(await client.acceptSession('queue.2', 's'))).toBe('session');
  await client.createSender('topic.1').sendMessages([
    {
      body: 'system properties',
      contentType: 'application/text',
      correlationId: 'id1',
      subject: 'subject1',
      messageId: 'msgid1',
      replyTo: 'someQueue',
      replyToSessionId: 'sessionId',
      sessionId: 'session1',
      to: 'xyz',
    },
    { body: 'own property', applicationProperties: { prop3: 'value3' } },
    { body: 'sql', messageId: '123456', applicationProperties: { userProp1: 'value1' } },
  ]);
  expect(await bodyFrom(client.createReceiver('topic.1', 'subscription.1'))).toBe('system properties');
  expect(await bodyFrom(client.createReceiver('topic.1', 'subscription.2'))).toBe('own property');
  const all = client.createReceiver('topic.1', 'subscription.3');
  for (const body of ['system properties', 'own property', 'sql']) expect(await bodyFrom(all)).toBe(body);
  const { body, to } = await receiveOne(client.createReceiver('topic.1', 'subscription.4'));
  expect([body, to]).toEqual(['sql', 'Entity']);
});
