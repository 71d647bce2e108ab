import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compiled } from './deployment.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[]; readonly 'timeout-minutes'?: number }>>;
}

const folder = '.github/workflows';
const text = (name: string) => readFileSync(join(folder, name), 'utf8');
const workflow = (name: string): Workflow => parse(text(name));
const steps = (name: string) => Object.values(workflow(name).jobs).flatMap((job) => job.steps);
const commands = (name: string) => steps(name).flatMap(({ run }) => run ?? []);
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));

describe.each(readdirSync(folder))('The workflow %s', (name) => {
  it('takes each action at one commit, and says which version that is', () => {
    const uses = text(name).match(/uses: .*/g) ?? [];
    expect(uses).not.toEqual([]);
    for (const use of uses) expect(use).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('runs scripts that there are', () => {
    const named = commands(name).flatMap((command) => /^npm run (\S+)/.exec(command)?.[1] ?? []);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });

  it('has no secret, may do no more than it must, and ends', () => {
    expect(text(name)).not.toMatch(/secrets\.|client-secret|password/i);
    expect(workflow(name).permissions['contents']).toBe('read');
    expect(Object.keys(workflow(name).permissions)).toEqual(
      name === 'check.yml' ? ['contents'] : ['contents', 'id-token'],
    );
    for (const job of Object.values(workflow(name).jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it('does not put text of an event into a command', () => {
    for (const command of commands(name)) expect(command).not.toContain('${{');
  });
});

describe('The check of pull requests', () => {
  it('compiles with the version that the snapshots were made with, and not through NuGet', () => {
    expect(commands('check.yml')).toContain(`az bicep install --version v${compiled().compiler}`);
    expect(text('check.yml')).not.toMatch(/nuget|dotnet/i);
    expect(text('check.yml')).toMatch(/BICEP: \S+/);
  });

  it('runs the tests, the static checks, and those of the deployment', () => {
    expect(commands('check.yml')).toEqual(
      expect.arrayContaining(['.ci/run', 'npm run check:infra -- --required', 'npm run check:azd']),
    );
  });
});

describe('What is published', () => {
  it('has passed all tests and checks, is the version that its tag says, and tells where it was made', () => {
    const order = ['version', '.ci/run', 'repository.url', 'npm publish --provenance'];
    const places = order.map((words) => commands('publish.yml').findIndex((command) => command.includes(words)));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places).not.toContain(-1);
    for (const script of ['npm test', 'npm run test:deep', 'npm run check', 'npm run check:package']) {
      expect(readFileSync('.ci/run', 'utf8')).toContain(`judge ${script}\n`);
    }
  });
});

describe('The deployment', () => {
  it('is done by the azd that azure.yaml asks for', () => {
    const { requiredVersions } = parse(readFileSync('azure.yaml', 'utf8'));
    const setup = steps('azure-dev.yml').find(({ uses }) => uses?.startsWith('Azure/setup-azd@'));
    expect(requiredVersions.azd).toBe(`>= ${setup?.with?.['version']}`);
  });

  it('is tested before, and looked at afterwards', () => {
    const order = commands('azure-dev.yml').map((command) => command.split(' ').slice(0, 3).join(' '));
    expect(order.filter((command) => /npm test|azd (?:provision|deploy)|npm run smoke/.test(command))).toEqual([
      'npm test',
      'azd provision --no-prompt',
      'azd deploy --no-prompt',
      'npm run smoke',
    ]);
  });
});
