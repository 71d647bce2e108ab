import { startProgram } from '../../support/started-program.ts';

export const freePorts = { PORT: '0', EMULATOR_BLOB_PORT: '0', EMULATOR_SERVICE_BUS_PORT: '0' };

/** The local host, ready, and what a user does with it. */
export async function startLocalHost(settings: Readonly<Record<string, string>> = {}) {
  const program = startProgram('src/entrypoints/local/main.ts', { ...freePorts, ...settings });
  const { message, blobs }: Record<string, string> = JSON.parse(await program.line(/"Ready on/));
  const address = message?.replace('Ready on ', '') ?? '';
  return {
    ...program,
    address,
    blobs: blobs ?? '',
    post: (id: string, script: object) =>
      fetch(`${address}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': id },
        body: JSON.stringify(script),
      }),
  };
}

export const portOf = (address: string) => Number(new URL(address).port);
