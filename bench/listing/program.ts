import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connectionString } from '../guards/access.ts';
import { lockContainer, lockScope } from '../guards/guard.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';

export interface Listed {
  readonly lines: number;
  /** Of the whole process, from its start on. */
  readonly cpuUs: number;
  readonly tookMs: number;
  /** Until the first line was written. */
  readonly firstMs: number;
  readonly pagesBeforeFirst: number;
  /** The largest resident set. */
  readonly rssMb: number;
}

/** Runs a program that lists locks to its end, and reads all that it prints. */
export async function listed(program: string, args: readonly string[], blobs: BlobAddresses): Promise<Listed> {
  const child = spawn(process.execPath, ['--import', measured, program, ...args], {
    env: {
      PATH: process.env['PATH'],
      ServiceBusConnection: 'Endpoint=sb://127.0.0.1;SharedAccessKeyName=none;SharedAccessKey=none',
      LockStorage: connectionString(blobs),
      QUEUE_NAME: lockScope,
      LOCK_CONTAINER: lockContainer,
    },
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
  });
  let lines = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf(newLine); at >= 0; at = chunk.indexOf(newLine, at + 1)) lines += 1;
  });
  let figures = '';
  (child.stdio[3] as NodeJS.ReadableStream).on('data', (chunk: Buffer) => {
    figures += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}.`);
  return { ...JSON.parse(figures), lines };
}

const newLine = 10;
const measured = new URL('measured.mjs', import.meta.url).href;

export const bareSdk: string = fileURLToPath(new URL('bare-sdk.mjs', import.meta.url));
