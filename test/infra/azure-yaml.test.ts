import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { contents, packageService, remoteBuild } from '../../tools/infra/azd.ts';
import { azureYamlSchema } from './azure-yaml-schema.ts';
import { deployment, read, theOnly } from './deployment.ts';

const project = parse(readFileSync('azure.yaml', 'utf8'));
const { app } = project.services;
const packageJson = JSON.parse(readFileSync('package.json', 'utf8'));

describe('azure.yaml', () => {
  const isValid = new Ajv({ allErrors: true }).compile(azureYamlSchema);

  it('is what azd reads', () => {
    isValid(project);
    expect(isValid.errors).toBeNull();
  });

  it.each([
    ['a member that azd does not know', { services: { app: { ...app, outputPath: 'dist' } } }],
    ['a hook that azd does not know', { services: { app: { ...app, hooks: { prebundle: { run: 'x' } } } } }],
    ['a hook for one system only', { services: { app: { ...app, hooks: { prepackage: { posix: { run: 'x' } } } } } }],
    ['a host that there is not', { services: { app: { ...app, host: 'functionapp' } } }],
    ['a service without a project', { services: { app: { host: 'function' } } }],
  ])('is not, with %s', (_what, change) => {
    expect(isValid({ ...project, ...change })).toBe(false);
  });

  it('names the service that the site is tagged with', () => {
    const site = theOnly(deployment('default'), 'Microsoft.Web/sites');
    expect(Object.keys(project.services)).toEqual([read(site, 'tags.azd-service-name')]);
  });

  it('has the name and the version of the package', () => {
    const { name, version } = packageJson;
    expect(project.name).toBe(name);
    expect(project.metadata.template).toBe(`${name}@${version}`);
  });

  it('deploys the folder that "npm run package" makes, as it is', () => {
    expect(app).toMatchObject({ project: '.', language: 'ts', host: 'function', dist: 'dist/package' });
    expect(remoteBuild('.', app)).toBe(false);
    expect(app.hooks.prepackage.posix.run).toBe('npm run package');
    expect(app.hooks.prepackage.windows.run).toBe('npm run package');
    expect(packageJson.scripts.package).toContain('tools/package.mjs');
  });
});

describe('azd, as it is replayed,', () => {
  /** A project with these files, which writes down what is run in it. */
  function projectWith(files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(tmpdir(), 'azd-project-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return folder;
  }
  const service = { project: '.', dist: '.' };

  it.each<[string, string | undefined, boolean | undefined, boolean]>([
    ['no .funcignore, and nothing said', undefined, undefined, true],
    ['no .funcignore, and remoteBuild: false', undefined, false, false],
    ['a .funcignore that leaves node_modules out, and nothing said', 'node_modules\n', undefined, true],
    ['a .funcignore that does not, and nothing said', 'src\n', undefined, false],
    ['a .funcignore that does not, and remoteBuild: false', 'src\n', false, false],
  ])('has Azure build or not: %s', (_what, ignored, given, expected) => {
    const folder = projectWith(ignored === undefined ? {} : { '.funcignore': ignored });
    expect(remoteBuild(folder, { ...service, remoteBuild: given })).toBe(expected);
  });

  it.each([
    ['leaves', 'node_modules/\n', false],
    ['does not leave', 'src\n', true],
  ])('refuses a .funcignore that %s node_modules out, if remoteBuild says otherwise', (_what, ignored, given) => {
    const folder = projectWith({ '.funcignore': ignored });
    expect(() => remoteBuild(folder, { ...service, remoteBuild: given })).toThrow('.funcignore');
  });

  it('runs the hook, then the build', () => {
    const write = (word: string) => `node -e "require('fs').appendFileSync('log', '${word} ')"`;
    const folder = projectWith({ 'package.json': JSON.stringify({ scripts: { build: write('build') } }) });
    packageService(folder, { ...service, hooks: { prepackage: { run: write('hook') } } });
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('hook build ');
  });

  it('fails if nothing was made', () => {
    const folder = projectWith({ 'package.json': '{"scripts":{}}' });
    expect(() => packageService(folder, { project: '.', dist: 'dist/package' })).toThrow('empty or missing');
    expect(existsSync(join(folder, 'dist'))).toBe(false);
  });

  it('does not zip settings of this machine', () => {
    const folder = projectWith({ 'host.json': '{}', 'local.settings.json': '{}', '.funcignore': '' });
    expect(Object.keys(contents(folder))).toEqual(['host.json']);
  });
});
