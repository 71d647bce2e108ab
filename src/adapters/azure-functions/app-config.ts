import { asError } from '../../application/error-text.ts';
import { ConfigError } from '../../application/settings/config-error.ts';
import { HostJson } from './host-json.ts';
import { type HostProof, proveHost } from './host-proof.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What an app was given, and all that is wrong with it. */
export interface AppConfig<Read> {
  /** Undefined if the settings cannot be used. */
  readonly config: Read | undefined;
  /** What is wrong with the settings. */
  readonly problems: readonly string[];
  /** What is wrong with host.json, for those whom the host hands messages. */
  readonly hostProblems: readonly string[];
  readonly hints: readonly string[];
}

/** The settings, checked together with the host's own timeout. Never throws. */
export function readAppConfig<Read extends { readonly warnings: readonly string[] }>(
  read: (environment: Environment) => Read,
  environment: Environment,
  appFolder: string,
  proveMore: (host: HostJson) => readonly string[] = () => [],
): AppConfig<Read> {
  const host = proofOf(appFolder, environment, proveMore);
  const timeout = host.functionTimeoutMs;
  const { config, problems, hints } = settings(read, {
    ...environment,
    ...(timeout !== undefined && { FUNCTION_TIMEOUT: `PT${timeout / 1000}S` }),
  });
  return {
    config: config && { ...config, warnings: [...config.warnings, ...host.warnings] },
    problems,
    hostProblems: host.problems,
    hints,
  };
}

function proofOf(appFolder: string, env: Environment, proveMore: (host: HostJson) => readonly string[]): HostProof {
  try {
    const host = HostJson.read(appFolder, env);
    const proof = proveHost(host);
    return { ...proof, problems: [...proof.problems, ...proveMore(host)] };
  } catch (error) {
    return { functionTimeoutMs: undefined, problems: [asError(error).message], warnings: [] };
  }
}

function settings<Read extends { readonly warnings: readonly string[] }>(
  read: (environment: Environment) => Read,
  environment: Environment,
): { readonly config?: Read; readonly problems: readonly string[]; readonly hints: readonly string[] } {
  try {
    return { config: read(environment), problems: [], hints: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      problems: error.problems.map(inWordsOfHost),
      hints: error.hints,
    };
  }
}

/** A sentence about the settings as an app reads it, whose execution's time is not one of them. */
export const inWordsOfHost = (sentence: string): string =>
  sentence.replaceAll('FUNCTION_TIMEOUT', 'functionTimeout of host.json');
