import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A resource as the deployment engine would send it to Azure. What only Azure knows is still an expression, a text in brackets. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  /** With the names of its parents before it, separated by slashes. */
  readonly name: string;
  readonly apiVersion: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

/** What a deployment of the template with one set of parameters would create. */
export interface Deployment {
  readonly predictedResources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A parameter of the template, with its limits. */
export interface Parameter {
  readonly type: string;
  readonly defaultValue?: unknown;
  readonly allowedValues?: readonly unknown[];
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly metadata?: { readonly description?: string };
}

/** What the compiler made of the template: by which version, of which files, with which parameters. */
export interface Compiled {
  readonly compiler: string;
  readonly sources: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, Parameter>>;
}

export const deployments: readonly string[] = ['default', 'everything'];

const folder = join(import.meta.dirname, 'deployments');
const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

/** A new copy each time. */
export const deployment = (name: string): Deployment => json(`${name}.snapshot.json`);
export const compiled = (): Compiled => json('compiled.json');

/** The hash of each file of the template in a folder, whatever its line ends are. */
export function sources(infra: string): Readonly<Record<string, string>> {
  const names = readdirSync(infra).filter((name) => name.endsWith('.bicep'));
  return Object.fromEntries(names.sort().map((name) => [name, hash(readFileSync(join(infra, name), 'utf8'))]));
}

const hash = (text: string) => createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');

export const ofType = ({ predictedResources }: Deployment, type: string): readonly Resource[] =>
  predictedResources.filter((resource) => resource.type === type);

/** The one resource of a type, or the one whose name says what it is. @throws Error if there is not exactly one. */
export function theOnly(
  from: Deployment,
  type: string,
  isMeant: (resource: Resource) => boolean = () => true,
): Resource {
  const [found, ...others] = ofType(from, type).filter(isMeant);
  if (found === undefined || others.length > 0) throw new Error(`There is not exactly one ${type} that is meant.`);
  return found;
}

/** What is at the end of a path of members like `properties.sku.name`; undefined if any of them is missing. */
export function read(value: unknown, path: string): unknown {
  let found = value;
  for (const member of path.split('.')) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string, unknown>)[member];
  }
  return found;
}

/** A list at the end of a path; empty if there is none. */
export function list(value: unknown, path: string): readonly unknown[] {
  const found = read(value, path);
  return Array.isArray(found) ? found : [];
}

export const storageAccounts = 'Microsoft.Storage/storageAccounts';
export const site = 'Microsoft.Web/sites';

export const hostAccount = (from: Deployment): Resource =>
  theOnly(from, storageAccounts, ({ name }) => !isLocksAccount(name));
export const locksAccount = (from: Deployment): Resource =>
  theOnly(from, storageAccounts, ({ name }) => isLocksAccount(name));
const isLocksAccount = (name: string): boolean => name.startsWith('stlk');

/** The app settings of the app. */
export function appSettings(from: Deployment): Readonly<Record<string, string>> {
  const { properties } = theOnly(from, 'Microsoft.Web/sites/config', ({ name }) => name.endsWith('/appsettings'));
  return properties as Record<string, string>;
}
