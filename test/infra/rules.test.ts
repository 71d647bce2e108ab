import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compiled, deployment, deployments, ofType, read, sources, theOnly } from './deployment.ts';
import { faults } from './faults.ts';
import { broken, rules } from './rules/rules.ts';

describe('The template of the deployment', () => {
  // Without a compiler nobody can see whether a changed file still makes what the snapshots say.
  it('is what the snapshots were made of: else "npm run check:infra -- --write" makes them anew', () => {
    expect(compiled().sources).toEqual(sources('infra'));
  });

  it('takes nothing from a registry, so that it compiles without a network', () => {
    const files = readdirSync('infra').filter((name) => /\.bicep(?:param)?$/.test(name));
    expect(files).toContain('main.bicep');
    for (const name of files) expect(readFileSync(join('infra', name), 'utf8'), name).not.toMatch(/'(?:br|ts)[:/]/);
  });

  it.each(deployments)('keeps every rule with the parameters of "%s"', (name) => {
    expect(broken(deployment(name))).toEqual({});
  });

  it.each(faults)('cannot have $name', ({ rule, plantIn }) => {
    const faulty = deployments.map((name) => {
      const copy = deployment(name);
      plantIn(copy);
      return broken(copy);
    });
    expect(faulty.flatMap((each) => Object.keys(each))).toContain(rule);
  });

  it('has a planted fault for every rule', () => {
    const planted = faults.map(({ rule }) => rule);
    expect(rules.map(({ name }) => name).filter((name) => !planted.includes(name))).toEqual([]);
  });

  it.each(faults)('has the text that $name would replace', ({ inBicep: [file, text] }) => {
    const source = readFileSync(join('infra', file), 'utf8').replaceAll('\r\n', '\n');
    expect(source.split(text)).toHaveLength(2);
  });
});

describe('The switches of the template', () => {
  it('give the operator what acting on locks and dead letters needs, and nobody anything if there is none', () => {
    const ofOperator = (name: string) =>
      ofType(deployment(name), 'Microsoft.Authorization/roleAssignments').filter(
        (each) => read(each, 'properties.principalId') === '11111111-1111-1111-1111-111111111111',
      );
    expect(ofOperator('default')).toEqual([]);
    expect(ofOperator('everything')).toHaveLength(3);
  });

  it('scale by the exact length only if it is asked for', () => {
    const owner = '090c5cfd-751d-490a-894a-3ce6f1109419';
    expect(JSON.stringify(deployment('default'))).not.toContain(owner);
    expect(JSON.stringify(deployment('everything'))).toContain(owner);
  });

  it('tell somebody of an alert, if there is somebody to tell', () => {
    expect(ofType(deployment('default'), 'Microsoft.Insights/actionGroups')).toEqual([]);
    const group = theOnly(deployment('everything'), 'Microsoft.Insights/actionGroups');
    expect(read(group, 'properties.emailReceivers.0.emailAddress')).toBe('on-call@example.com');
  });
});
