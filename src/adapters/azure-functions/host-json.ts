import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The app settings. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a Functions host is told: host.json, and the app settings that stand above it. Names are found whatever their case, as
 * the host finds them. Source: Microsoft, "host.json reference for Azure Functions", override host.json values.
 */
export class HostJson {
  readonly #content: unknown;
  readonly #environment: Environment;

  constructor(content: unknown, environment: Environment) {
    this.#content = content;
    this.#environment = environment;
  }

  /** @throws Error if there is no host.json in `folder`, or it cannot be read. */
  static read(folder: string, environment: Environment): HostJson {
    const path = join(folder, 'host.json');
    try {
      return new HostJson(JSON.parse(withoutComments(readFileSync(path, 'utf8'))), environment);
    } catch (cause) {
      throw new Error(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }

  /** The value under `path`; undefined if there is none. That of an app setting is a text. */
  get(...path: string[]): unknown {
    const setting = member(this.#environment, ['AzureFunctionsJobHost', ...path].join('__'));
    if (setting !== undefined && setting !== '') return setting;
    return path.reduce(member, this.#content);
  }
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** The host reads JSON with comments. What looks like one within a text is not one. */
const withoutComments = (text: string): string =>
  text
    .replace(/^\uFEFF/, '')
    .replace(/"(?:[^"\\]|\\.)*"|\/\/.*|\/\*[\s\S]*?\*\//g, (found) => (found[0] === '"' ? found : ''));
