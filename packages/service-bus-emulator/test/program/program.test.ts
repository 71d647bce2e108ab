import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect, queue, receiveOne } from '../emulator-fixture.ts';

const program = fileURLToPath(new URL('../../src/program/main.ts', import.meta.url));

const config = `{
  "UserConfig": { "Namespaces": [ { "Name": "sbemulatorns", "Queues": [
    { "Name": "${queue}", "Properties": { "LockDuration": "PT30S" } }, // the one that is used
    { "Name": "invoices" }
  ] } ] }
}`;

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'service-bus-emulator-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** The program, with what it has printed; killed when the test is over. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
  const output = { out: '', err: '' };
  for (const [name, stream] of [['out', child.stdout] as const, ['err', child.stderr] as const]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const exited = once(child, 'close').then(([code]) => code as number);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, output, exited };
}

describe('the program', () => {
  it('runs what its file says, whatever the environment holds, and ends at Ctrl-C', async () => {
    const path = await folder();
    const [file, certificate] = [join(path, 'Config.json'), join(path, 'cert.pem')];
    await writeFile(file, config);
    const args = ['--config', file, '--port', '0', '--http-port', '0', '--write-cert', certificate];
    const { child, output, exited } = start(args, { MAX_DELIVERY_COUNT: '4', QUEUE_NAME: '' });
    await expect.poll(() => output.out).toContain('Ctrl-C ends it');
    expect(output.out).toContain(`queues ${queue}, invoices`);
    expect(await readFile(certificate, 'utf8')).toContain('BEGIN CERTIFICATE');

    const connectionString = /Endpoint=\S+UseDevelopmentEmulator=true;/.exec(output.out)?.[0] ?? '';
    const { client, sender, receiver } = connect(connectionString);
    await sender.sendMessages({ body: 'hello' });
    expect((await receiveOne(receiver)).body).toBe('hello');
    await client.createSender('invoices').sendMessages({ body: 'another' });
    const health = /http:\S+\/health/.exec(output.out)?.[0] ?? '';
    expect(await (await fetch(health)).json()).toMatchObject({ status: 'healthy' });
    await client.close();

    child.kill('SIGINT');
    expect(await exited).toBe(0);
    expect(output.err).toBe('');
  });

  it('starts nothing if its file is wrong, and says all that is', async () => {
    const file = join(await folder(), 'Config.json');
    await writeFile(file, config.replace('PT30S', 'PT30M').replace('invoices', queue.toUpperCase()));
    const { output, exited } = start(['--config', file, '--port', '0']);
    expect(await exited).toBe(1);
    expect(output.out).toBe('');
    expect(output.err).toContain('Queues[0].Properties.LockDuration');
    expect(output.err).toContain('Queues[1].Name');
  });

  it('says how it is called', async () => {
    const wrong = start(['--port', 'five', '--http-port', '70000', '--tls-key', 'key.pem']);
    expect(await wrong.exited).toBe(2);
    for (const words of ['--config is missing', '--port must be', '--http-port must be', 'go together', 'Usage:']) {
      expect(wrong.output.err).toContain(words);
    }
    const unknown = start(['--prot', '5672']);
    expect(await unknown.exited).toBe(2);
    expect(unknown.output.err).toContain("Unknown option '--prot'");
    const help = start(['--help']);
    expect(await help.exited).toBe(0);
    expect(help.output.out).toContain('Usage: service-bus-emulator');
  });
});
