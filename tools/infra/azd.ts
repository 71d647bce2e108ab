// What azd does to package a Node Function App, step by step. Source: azd 1.31.2, its framework service for Node and its
// service target for Function Apps.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The part of a service in azure.yaml that matters for its package. */
export interface Service {
  readonly project: string;
  readonly dist?: string;
  readonly remoteBuild?: boolean | undefined;
  readonly hooks?: { readonly prepackage?: Hook };
}

interface Hook {
  readonly run?: string;
  readonly windows?: { readonly run: string };
  readonly posix?: { readonly run: string };
}

/** azd leaves these out of what it zips, in every folder. */
const leftOut = ['.azure', '.funcignore', 'local.settings.json'];

export const readProject = (root: string): { readonly services: Readonly<Record<string, Service>> } =>
  parse(readFileSync(join(root, 'azure.yaml'), 'utf8'));

/**
 * Whether Azure would install and build again what is uploaded.
 *
 * @throws Error where azd refuses, with its reason.
 */
export function remoteBuild(root: string, { project, remoteBuild: given }: Service): boolean {
  const path = join(root, project, '.funcignore');
  const leavesModulesOut = existsSync(path) && /^\/?node_modules\/?$/m.test(readFileSync(path, 'utf8'));
  if (given === undefined) return existsSync(path) ? leavesModulesOut : true;
  if (given === leavesModulesOut) return given;
  if (given && !existsSync(path)) return true;
  if (!given && !leavesModulesOut) return false;
  throw new Error(
    `remoteBuild is ${given}, but .funcignore ${leavesModulesOut ? 'leaves' : 'does not leave'} node_modules out.`,
  );
}

/**
 * Runs the steps of "azd package" in `root`: the hook, then the script "build" if there is one. Dependencies are taken to be
 * installed.
 *
 * @returns the folder that azd zips
 * @throws Error if a step fails, or the folder is missing or empty.
 */
export function packageService(root: string, service: Service): string {
  const folder = join(root, service.project);
  const hook = service.hooks?.prepackage;
  const command = hook?.run ?? hook?.[process.platform === 'win32' ? 'windows' : 'posix']?.run;
  if (command !== undefined) step(command, folder);
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (scripts.build !== undefined) step('npm run build', folder);
  const packaged = join(folder, service.dist ?? '');
  if (!existsSync(packaged) || readdirSync(packaged).length === 0)
    throw new Error(`${service.dist} is empty or missing.`);
  return packaged;
}

/** Runs a command line in a shell. */
export function step(command: string, cwd: string): void {
  const { status, stdout, stderr } = spawnSync(command, { cwd, shell: true, encoding: 'utf8' });
  if (status !== 0) throw new Error(`"${command}" failed:\n${stdout}${stderr}`);
}

/** Every file that would be zipped, and the hash of what is in it. */
export function contents(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true }).map(String);
  const files = paths.filter(
    (path) => statSync(join(folder, path)).isFile() && !path.split(/[\\/]/).some((part) => leftOut.includes(part)),
  );
  return Object.fromEntries(files.sort().map((path) => [path, hash(readFileSync(join(folder, path)))]));
}

const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
