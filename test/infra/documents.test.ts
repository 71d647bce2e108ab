import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appSettings, compiled, deployment, ofType } from './deployment.ts';
import { assignments } from './rules/roles.ts';

const text = (name: string) => readFileSync(join('docs', name), 'utf8');

/** The rows of the table whose head is `head`, as they stand between the bars. */
function rows(document: string, head: string): readonly (readonly string[])[] {
  const lines = document.split('\n');
  const start = lines.indexOf(head);
  if (start < 0) throw new Error(`There is no table "${head}".`);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** What a scope is called in the documents. */
function inWords(scope: string): string {
  const name = scope.split('/').at(-1);
  if (scope.includes('/queues/')) return 'the queue';
  if (scope.includes('/components/')) return 'the Application Insights component';
  if (!scope.includes('/containers/')) return 'the storage account of the host';
  return name === 'processed' ? 'the container `processed`' : 'the container of the locks';
}

const roles = (name: string) =>
  assignments(deployment(name)).map(({ role, scope, isOfApp }) => ({ role, on: inWords(scope), isOfApp }));

describe('docs/deploy.md', () => {
  const deploy = text('deploy.md');

  it('has exactly the roles that are given', () => {
    const told = rows(deploy, '| who | role | on | why |').map(([who = '', role, on]) => ({ who, role, on }));
    const by = (who: string) => told.filter((row) => row.who === who).map(({ role, on }) => `${role}, ${on}`);
    const given = (name: string, isOfApp: boolean) =>
      roles(name).flatMap((each) => (each.isOfApp === isOfApp ? `${each.role}, ${each.on}` : []));
    expect(by('the app').sort()).toEqual([...given('default', true)].sort());
    expect(by('the operator, if named').sort()).toEqual([...given('everything', false)].sort());
    const exact = given('everything', true).filter((role) => !by('the app').includes(role));
    expect(by('the app, if `EXACT_SCALING` is on')).toEqual(exact);
  });

  it('has every setting of the deployment, with its default and its limits', () => {
    const given: Record<string, { value: unknown }> = JSON.parse(
      readFileSync('infra/main.parameters.json', 'utf8'),
    ).parameters;
    const told = rows(deploy, '| name | default | meaning |');
    for (const [name, parameter] of Object.entries(compiled().parameters)) {
      const [, variable, fallback] = /^\$\{(\w+)=(.*)\}$/.exec(String(given[name]?.value)) ?? [];
      if (variable === undefined) continue; // asked for by azd, or an object
      const [, shown, meaning] = told.find(([names]) => names?.split(', ').includes(`\`${variable}\``)) ?? [];
      expect(meaning, variable).toBeDefined();
      if (fallback !== '' && !String(shown).includes(',')) expect(shown, variable).toBe(`\`${fallback}\``);
      const { minValue, maxValue, allowedValues = [] } = parameter;
      if (maxValue !== undefined) expect(meaning, variable).toContain(`${minValue} to ${maxValue}`);
      for (const value of name === 'operatorPrincipalType' ? [] : allowedValues) {
        expect(`${shown} ${meaning}`, variable).toContain(`\`${value}\``);
      }
    }
    expect(told.flatMap(([names]) => names?.split(', ') ?? [])).toHaveLength(
      Object.values(given).filter(({ value }) => /^\$\{\w+=.*\}$/.test(String(value))).length,
    );
  });

  it('has every alert, with its severity', () => {
    const found = ['metricAlerts', 'scheduledQueryRules']
      .flatMap((type) => ofType(deployment('default'), `Microsoft.Insights/${type}`))
      .map(({ name, properties }) => [`\`${name}\``, String(properties?.['severity'])]);
    expect(rows(deploy, '| alert | fires when | severity |').map(([name, , severity]) => [name, severity])).toEqual(
      found,
    );
  });

  it('names what is put out', () => {
    for (const name of Object.keys(deployment('default').outputs)) {
      if (name.startsWith('AZURE_') || deploy.includes(`\`${name}\``)) continue;
      expect(['MESSAGE_TTL', 'COMPLETED_RETENTION', 'ABANDONED_RETENTION']).toContain(name);
    }
  });

  it.each(['deploy.md', 'functions.md'])('links to files that there are: %s', (name) => {
    for (const [, path = ''] of text(name).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      expect(existsSync(join('docs', path)), path).toBe(true);
    }
  });
});

describe('docs/functions.md', () => {
  it('gives the roles that the template gives, without what is for the log', () => {
    const told = rows(text('functions.md'), '| role | on |').map(([role, on]) => `${role}, ${on}`);
    const given = roles('default').flatMap(({ role, on }) => (role?.startsWith('Monitoring') ? [] : `${role}, ${on}`));
    expect(told.sort()).toEqual(given.sort());
  });

  it('gives the connections that the template sets', () => {
    const told = [...text('functions.md').matchAll(/^(\w+__\w+) +=/gm)].map(([, name]) => name);
    const set = Object.keys(appSettings(deployment('default'))).filter((name) => name.includes('__'));
    expect(told.sort()).toEqual(set.sort());
  });

  it('deploys by the same commands as docs/deploy.md', () => {
    const commands = (name: string) => text(name).match(/(?:\(cd dist\/package|npm run package$).*/gm);
    expect(commands('deploy.md')?.at(-1)).toBe(commands('functions.md')?.at(-1));
  });
});
