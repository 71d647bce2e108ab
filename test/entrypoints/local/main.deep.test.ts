import { describe, expect, it } from 'vitest';
import { isListening, takenPort } from '../../support/ports.ts';
import { startProgram } from '../../support/started-program.ts';
import { freePorts, portOf, startLocalHost } from './local-host-fixture.ts';

describe('npm start', () => {
  it('ends at SIGTERM, and at a second one, also while work ignores it', async () => {
    const { address, blobs, post, signalGroup, exited, lines } = await startLocalHost({ MESSAGE_HANDLER: 'scripted' });
    await post('order-1', { steps: [{ name: 'charge', hang: true }] });
    const evidence = async () => (await fetch(`${blobs}/effects/messages/lock-order-1.lock.jsonl`)).status;
    await expect.poll(evidence).toBe(200);
    signalGroup('SIGTERM');
    signalGroup('SIGTERM');
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(lines.join('\n')).toContain('did not end when it was told to');
    expect(await isListening(portOf(address))).toBe(false);
    expect(await isListening(portOf(blobs))).toBe(false);
  });

  it('ends in good order when its terminal is closed', async () => {
    const { address, signalGroup, exited, lines } = await startLocalHost();
    signalGroup('SIGHUP');
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(lines.join('\n')).toContain('SIGHUP: stopping.');
    expect(await isListening(portOf(address))).toBe(false);
  });

  it('writes only what is as important as LOG_LEVEL says', async () => {
    const { lines, exited } = startProgram('src/entrypoints/local/main.ts', {
      ...freePorts,
      PORT: String(await takenPort()),
      LOG_LEVEL: 'error',
    });
    await exited;
    expect(lines).toEqual([expect.stringContaining('"level":"error"')]);
  });
});
