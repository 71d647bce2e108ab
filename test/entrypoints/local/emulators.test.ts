import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { settingLines } from '../../../src/adapters/environment/setting-lines.ts';
import { isListening } from '../../support/ports.ts';
import { startProgram } from '../../support/started-program.ts';

describe('npm run emulators', () => {
  it('prints lines that can be pasted into a shell and nothing else, under which a standalone host runs, and ends at Ctrl-C', async () => {
    const engines = startProgram('src/entrypoints/local/emulators.ts', {
      EMULATOR_BLOB_PORT: '0',
      LOG_LEVEL: 'warn',
      EMULATOR_SERVICE_BUS_PORT: '0',
      QUEUE_NAME: 'orders',
    });
    const settings = await Promise.all([/^ServiceBusConnection=/, /^LockStorage=/].map(engines.line));
    await engines.line(/^export LockStorage=/);
    const pasted = spawnSync('sh', ['-c', `${engines.lines.join('\n')}\nenv`], { encoding: 'utf8', env: {} });
    expect(pasted.stderr).toBe('');
    for (const setting of settings) expect(pasted.stdout.split('\n')).toContain(setting);

    const host = startProgram('src/entrypoints/standalone/main.ts', {
      ...Object.fromEntries(
        settings.map((setting) => [setting.slice(0, setting.indexOf('=')), setting.replace(/^\w+=/, '')]),
      ),
      QUEUE_NAME: 'orders',
      PORT: '0',
    });
    const { message } = JSON.parse(await host.line(/"Ready on/));
    const address = message.replace('Ready on ', '');
    const accepted = await fetch(`${address}/api/messages`, { method: 'POST', body: 'hello' });
    const status = async () => (await fetch(`${address}${accepted.headers.get('location')}`)).json();
    await expect.poll(status).toMatchObject({ status: 'completed' });

    host.signalGroup('SIGTERM');
    expect(await host.exited).toEqual({ code: 0, signal: null });
    engines.signalGroup('SIGINT');
    expect(await engines.exited).toEqual({ code: 0, signal: null });
    const ports = settings.map((setting) => Number(/:\/\/127\.0\.0\.1:(\d+)/.exec(setting)?.[1]));
    expect(await Promise.all(ports.map(isListening))).toEqual([false, false]);
  });
});

describe('Settings for a shell', () => {
  const settings = { A: "it's;a=b" };

  it('are quoted as the shell of the system wants it, and alone on a terminal', () => {
    expect(settingLines(settings, { isTerminal: true, isWindows: false })).toEqual(["export A='it'\\''s;a=b'"]);
    expect(settingLines(settings, { isTerminal: true, isWindows: true })).toEqual(["$env:A = 'it''s;a=b'"]);
  });
});
