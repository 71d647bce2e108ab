import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { startServiceBusEmulator } from 'service-bus-emulator';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { LoadedApp } from '../support/functions/loaded-app.ts';
import { type Installation, installPackedPackage } from '../support/packed-package.ts';
import { StandInBlobService } from '../support/stand-in-blob-service.ts';

let installation: Installation;

beforeAll(() => {
  installation = installPackedPackage();
  const { folder } = installation;
  cpSync('examples', folder, { recursive: true });
  cpSync('test/examples/types-flow.txt', join(folder, 'domain', 'types-flow.ts'));
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The examples do not compile against the package:\n${stdout}`);
});
afterAll(() => installation?.remove());

const compiled = (path: string) => join(installation.folder, 'dist', path);

const linesOf = (path: string): string[] =>
  execFileSync(process.execPath, [compiled(path)], { encoding: 'utf8' })
    .trim()
    .split('\n');

/** A queue and a store for one test. */
async function startServices() {
  const emulator = await startServiceBusEmulator({ port: 0, entities: { queues: [{ name: 'messages' }] } });
  const storage = await new StandInBlobService().start();
  onTestFinished(async () => {
    storage.close();
    await emulator.close();
  });
  const settings = { ServiceBusConnection: emulator.connectionString, LockStorage: storage.connectionString };
  return { emulator, storage, settings };
}

describe('The package', () => {
  it('holds every part that it exports, with its declarations', () => {
    const { exports } = JSON.parse(readFileSync(join(installation.packageFolder, 'package.json'), 'utf8'));
    for (const path of Object.values<string>(exports)) {
      const file = join(installation.packageFolder, path);
      expect(existsSync(file), path).toBe(true);
      if (path.endsWith('.js')) expect(existsSync(file.replace(/js$/, 'd.ts')), path).toBe(true);
    }
  });

  it('has no parts that are only for development', () => {
    for (const name of ['src', 'test', 'tools', 'dist/lib/src/entrypoints/local'])
      expect(existsSync(join(installation.packageFolder, name)), name).toBe(false);
  });
});

describe('What documents show in TypeScript', () => {
  it('compiles as it is printed, beside what it takes from your app', () => {
    const folder = join(installation.folder, 'printed');
    mkdirSync(folder);
    cpSync('test/examples/your-app.txt', join(folder, 'your-app.d.ts'));
    const pages = ['README.md', ...['guard', 'handler', 'standalone', 'testing'].map((page) => `docs/${page}.md`)];
    for (const page of pages) {
      const blocks = [...readFileSync(page, 'utf8').matchAll(/```ts\n(import [\s\S]*?)```/g)];
      expect(blocks.length, page).toBeGreaterThan(0);
      for (const [at, [, block = '']] of blocks.entries())
        writeFileSync(join(folder, `${page.replaceAll('/', '-')}-${at}.ts`), block);
    }
    const compilerOptions = { target: 'es2024', module: 'nodenext', types: ['node'], strict: true, noEmit: true };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const tsc = resolve('node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
  });
});

describe('The example', () => {
  it('of the domain alone decides about a lock as it ages', () => {
    expect(linesOf('domain/main.js')).toEqual([
      'no lock: create',
      'held, 10 s old: reject until 2026-11-22 12:00:30.000000',
      'held, 35 s old: reject until 2026-11-22 12:00:30.000000',
      'held, 36 s old: takeover',
      'completed: skip',
    ]);
  });

  it('of the use case does the work of two deliveries once', () => {
    const lines = linesOf('use-case/main.js');
    expect(lines.filter((line) => line.startsWith('working on'))).toHaveLength(1);
    expect(lines.at(-1)).toBe('completed, skipped');
  });

  it("of a store of one's own keeps what a store has to promise", () => {
    const vitest = resolve('node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', '--reporter=verbose', '--root', installation.folder, 'dist/own-store'];
    const { stdout, status } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { ...process.env, CI: '1' },
    });
    expect(status, stdout).toBe(0);
    expect(stdout).toContain('MapLockStore');
  });

  it('of a test runs by node:test and by Vitest', () => {
    const node = spawnSync(process.execPath, ['--test', compiled('handler-test/with-node-test.js')], {
      encoding: 'utf8',
    });
    expect(node.status, node.stdout).toBe(0);
    expect(node.stdout).toMatch(/pass 2/);
    const vitest = resolve('node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', '--reporter=verbose', '--root', installation.folder, 'dist/handler-test'];
    const { stdout, status } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { ...process.env, CI: '1' },
    });
    expect(status, stdout).toBe(0);
  });

  it('of guarded functions registers them, and does the work of each message once', async () => {
    const { storage } = await startServices();
    const folder = join(installation.folder, 'guarded-app');
    cpSync(compiled('guarded-app/src'), join(folder, 'dist'), { recursive: true });
    const app = await LoadedApp.load(folder, 'dist/main.js', { LockStorage: storage.connectionString });
    onTestFinished(async () => void (await app.terminate()));
    expect(app.error).toBeUndefined();
    const names = app.functions.map(({ name }) => name).sort();
    expect(names).toEqual(['audit', 'billing', 'closeDay', 'orders', 'payments', 'steps', 'sweepLocks']);
    for (const sequenceNumber of [1, 2]) {
      const order = { body: Buffer.from('{"order":"o-1","amount":5}'), messageId: 'o-1', sequenceNumber };
      for (const name of ['orders', 'payments', 'audit']) {
        const { error, logs } = await app.deliver(order, undefined, name);
        expect(error, name).toBeUndefined();
        const told = logs.filter(({ message }) => !message.startsWith('{'));
        expect(told.length, name).toBe(2 - sequenceNumber);
      }
      const invoice = { body: Buffer.from('{"invoice":"i-1","total":5}'), messageId: `any-${sequenceNumber}` };
      const { error } = await app.deliver({ ...invoice, sequenceNumber }, undefined, 'billing');
      expect(error).toBeUndefined();
      expect((await app.tick('closeDay')).error).toBeUndefined();
    }
    const locks = [...storage.blobs.keys()]
      .filter((name) => name.endsWith('.lock'))
      .map((name) => name.replace(/lock-\d{4}-.*/, 'lock-<day>.lock'))
      .sort();
    expect(locks).toEqual([
      'locks/audit/lock-o-1.lock',
      'locks/close-day/lock-<day>.lock',
      'locks/invoices~2Fsubscriptions~2Fbilling/lock-invoice-i-1.lock',
      'locks/orders/lock-o-1.lock',
      'locks/payments/lock-o-1.lock',
    ]);
  });

  it.each([
    ['nodenext', 'module'],
    ['nodenext', 'commonjs'],
    ['node16', 'module'],
    ['bundler', 'module'],
  ])('of guarded functions compiles as %s, in a package of type %s', (resolution, type) => {
    const folder = join(installation.folder, `compiled-${resolution}-${type}`);
    cpSync(join(installation.folder, 'guarded-app'), folder, { recursive: true });
    const module = resolution === 'bundler' ? 'esnext' : resolution;
    const compilerOptions = {
      ...{ target: 'es2024', module, moduleResolution: resolution, types: ['node'], noEmit: true },
      ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, allowImportingTsExtensions: true },
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, type }));
    const tsc = resolve('node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it('of guarded functions is loaded by require from CommonJS', async () => {
    const { storage } = await startServices();
    const folder = join(installation.folder, 'commonjs');
    cpSync(join(installation.folder, 'guarded-app'), folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ main: 'dist/main.js', type: 'commonjs' }));
    const compilerOptions = { target: 'es2024', module: 'nodenext', types: ['node'], strict: true, skipLibCheck: true };
    const paths = { rewriteRelativeImportExtensions: true, rootDir: 'src', outDir: 'dist' };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...compilerOptions, ...paths }, include: ['src'] }),
    );
    const tsc = resolve('node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(readFileSync(join(folder, 'dist/main.js'), 'utf8')).toContain('require("immutable-service-bus/functions")');
    const app = await LoadedApp.load(folder, 'dist/main.js', { LockStorage: storage.connectionString });
    onTestFinished(async () => void (await app.terminate()));
    expect(app.error).toBeUndefined();
    expect(app.functions).toHaveLength(7);
    const order = { body: Buffer.from('{"order":"o-1","amount":5}'), messageId: 'o-1' };
    expect((await app.deliver(order, undefined, 'orders')).error).toBeUndefined();
  });

  it('in README changes two lines of an app, and the work of a duplicate is not repeated any more', async () => {
    const [, diff = ''] = /```diff\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
    const lines = diff.trimEnd().split('\n');
    const linesOfSign = (sign: string) => lines.filter((line) => line.startsWith(sign));
    expect([linesOfSign('+').length, linesOfSign('-').length]).toEqual([2, 1]);
    const { storage } = await startServices();
    const ran = async (name: string, sign: string): Promise<number> => {
      const folder = join(installation.folder, name);
      mkdirSync(folder);
      cpSync('host.json', join(folder, 'host.json'));
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(
        join(folder, 'take-order.js'),
        'export const takeOrder = (order, context) => context.log("took " + order.item);',
      );
      const source = lines.filter((line) => !line.startsWith(sign)).map((line) => line.slice(1));
      writeFileSync(join(folder, 'main.js'), source.join('\n'));
      const app = await LoadedApp.load(folder, 'main.js', { LockStorage: storage.connectionString });
      onTestFinished(async () => void (await app.terminate()));
      expect(app.error).toBeUndefined();
      let took = 0;
      for (const sequenceNumber of [1, 2]) {
        const order = { body: Buffer.from('{"item":"book"}'), messageId: 'order-1', sequenceNumber };
        const { error, logs } = await app.deliver(order, undefined, 'orders');
        expect(error).toBeUndefined();
        took += logs.filter(({ message }) => message === 'took book').length;
      }
      return took;
    };
    expect(await ran('readme-before', '+')).toBe(2);
    expect(await ran('readme-after', '-')).toBe(1);
  });

  it('of a Function App registers its functions and runs its handler', async () => {
    const { settings, storage } = await startServices();
    const folder = join(installation.folder, 'function-app');
    cpSync(compiled('function-app/src'), join(folder, 'dist'), { recursive: true });
    const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const app = await LoadedApp.load(folder, main, settings);
    onTestFinished(async () => void (await app.terminate()));
    expect(app.error).toBeUndefined();
    expect(app.functions.map(({ name }) => name)).toContain('processMessage');

    const { error } = await app.deliver({ body: Buffer.from('{"item":"book","quantity":2}'), messageId: 'order-1' });
    expect(error).toBeUndefined();
    const lock = JSON.parse(storage.blobs.get('locks/messages/lock-order-1.lock')?.content.toString() ?? '{}');
    expect(lock).toMatchObject({ state: 'completed', steps: [{ name: 'charge' }, { name: 'confirm' }] });

    const refused = await app.deliver({ body: Buffer.from('"no order"'), messageId: 'order-2' });
    expect(refused.error).toContain('failed for good: PermanentFailure: An order is');
  });

  it('of a standalone host takes a message over HTTP, does its work, and ends on SIGTERM', async () => {
    const { settings } = await startServices();
    const host = spawn(process.execPath, [compiled('standalone/main.js')], {
      env: { PATH: process.env['PATH'], ...settings, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void host.kill('SIGKILL'));
    const address = await addressOf(host);
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'order-1' };
    const submitted = await fetch(`${address}/api/messages`, { method: 'POST', headers, body: '{}' });
    expect(submitted.status).toBe(202);
    const status = async () => (await fetch(`${address}/api/messages/order-1`)).json();
    await expect.poll(status).toMatchObject({ status: 'completed', result: { greeting: 'Hello, order-1, attempt 1' } });
    host.kill('SIGTERM');
    expect(await once(host, 'exit')).toEqual([0, null]);
  });
});

/** Where a host listens, from its log. */
async function addressOf(host: ChildProcess): Promise<string> {
  if (host.stdout === null) throw new Error('The log of the host is not piped.');
  const lines: string[] = [];
  for await (const line of createInterface(host.stdout)) {
    lines.push(line);
    const [, address] = /Ready on (http:[^"]+)/.exec(line) ?? [];
    if (address !== undefined) {
      host.stdout.resume();
      return address;
    }
  }
  throw new Error(`The host ended before it was ready:\n${lines.join('\n')}`);
}
