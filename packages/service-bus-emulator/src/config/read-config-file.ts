import { readFile } from 'node:fs/promises';
import type { EntityOptions } from '../broker/entity-options.ts';
import { ConfigFileError } from './config-file-error.ts';

/**
 * Reads the configuration file of Microsoft's own emulator: JSON with comments, one namespace with its queues. Source:
 * Microsoft, "Test locally by using the Azure Service Bus emulator", and the Config.json of its installer.
 *
 * @throws ConfigFileError that names everything that is wrong.
 */
export async function readConfigFile(file: string): Promise<EntityOptions> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigFileError(file, [`It cannot be read: ${(error as Error).message}`]);
  }
  const { parseConfig } = await import('./parse-config.ts'); // only now: few tests have such a file
  return parseConfig(text.replace(/^\uFEFF/, ''), file);
}
