import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../support/ports.ts';
import { startHost } from '../standalone/standalone-fixture.ts';

interface Ending {
  readonly code: number;
  readonly output: string;
}

/** Runs the command as "npm run smoke" does, in a folder, with these variables and no others. */
function runSmoke(args: readonly string[], variables: Readonly<Record<string, string>> = {}, cwd = '.') {
  return new Promise<Ending>((ended) => {
    const env = { PATH: '', ...variables };
    execFile(process.execPath, [resolve('tools/smoke/main.ts'), ...args], { env, cwd }, (error, stdout, stderr) =>
      ended({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}

interface GateOptions {
  readonly answersAtFirst?: readonly number[];
  /** A header of requests that it leaves out. */
  readonly forgets?: string;
}

/** In front of a host, as the Functions host is: it lets in who has the key, and answers by itself at first. */
async function startGate(address: string, key: string, { answersAtFirst = [], forgets = '' }: GateOptions = {}) {
  const early = [...answersAtFirst];
  const server = createServer(async (request, response) => {
    const status = early.shift() ?? (request.headers['x-functions-key'] === key ? undefined : 401);
    if (status !== undefined) {
      response.writeHead(status).end();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { host: _host, connection: _connection, [forgets]: _forgotten, ...headers } = request.headers;
    const answer = await fetch(address + request.url, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A folder that azd deployed from, or was only told to. */
function azdFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'azd-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, '.azure', 'dev'), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, '.azure', name), content);
  return folder;
}

describe('npm run smoke', () => {
  it('sees a message completed, and its duplicate skipped', async () => {
    const { host, lines } = await startHost();
    const { code, output } = await runSmoke(['--url', host.address]);
    expect(output).toMatch(
      /health .*submit .* is accepted.*work .*completed, attempt 1.*duplicate .*after .*once .*work was done once\nPassed\.\n$/s,
    );
    expect(code).toBe(0);
    expect(
      lines.filter(({ message }) => message.includes('already completed, this duplicate is skipped')),
    ).toHaveLength(1);
  });

  it('says that work failed, and why', async () => {
    const { host } = await startHost({ MESSAGE_HANDLER: 'scripted' });
    const content = JSON.stringify({ steps: [{ name: 'charge', permanent: true }] });
    const { code, output } = await runSmoke(['--url', host.address, '--content', content]);
    expect(output).toContain('FAILED: The work failed. Is "--content" what the handler expects?');
    expect(output).toContain('lastError');
    expect(code).toBe(1);
  });

  it('fails if the lock of the first was written again after the duplicate', async () => {
    const { host } = await startHost();
    const gate = await startGate(host.address, '', { forgets: 'if-none-match' });
    const { code, output } = await runSmoke(['--url', gate], { FUNCTION_KEY: '' });
    expect(output).toMatch(
      /FAILED: The lock of smoke-\S+ was written again after its duplicate: \{.*"status":"completed"/,
    );
    expect(code).toBe(1);
  });

  it('says that nothing is there', async () => {
    const { code, output } = await runSmoke(['--url', `http://127.0.0.1:${await freePort()}`]);
    expect(output).toMatch(
      /FAILED: http:\/\/127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\)\. Is the app started\?\n$/,
    );
    expect(code).toBe(1);
  });

  it('explains itself for an option that there is not', async () => {
    const { code, output } = await runSmoke(['--quick']);
    expect(output).toContain("Unknown option '--quick'");
    expect(output).toContain('npm run smoke -- [options]');
    expect(code).toBe(2);
  });
});

describe('npm run smoke -- --azd', () => {
  const config = JSON.stringify({ version: 1, defaultEnvironment: 'dev' });
  const key = 'canary-of-the-function-key';

  it('takes the address from the azd environment, waits for an app that starts, and shows no key', async () => {
    const { host } = await startHost();
    const gate = await startGate(host.address, key, { answersAtFirst: [404, 503] });
    const folder = azdFolder({ 'config.json': config, 'dev/.env': `FUNCTION_HOST="${gate}"\n` });
    const { code, output } = await runSmoke(['--azd'], { FUNCTION_KEY: key }, folder);
    expect(output).toContain('Passed.');
    expect(output).not.toContain(key);
    expect(code).toBe(0);
  });

  it('says that the key was refused, and shows none', async () => {
    const { host } = await startHost();
    const folder = azdFolder({
      'config.json': config,
      'dev/.env': `FUNCTION_HOST="${await startGate(host.address, 'x')}"\n`,
    });
    const { code, output } = await runSmoke(['--azd'], { FUNCTION_KEY: key }, folder);
    expect(output).toContain('FAILED: The key was refused: 401.');
    expect(output).not.toContain(key);
    expect(code).toBe(1);
  });
});
