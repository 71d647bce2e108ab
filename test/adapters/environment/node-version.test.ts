import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeProblems } from '../../../src/adapters/environment/node-version.ts';
import { Settings } from '../../../src/adapters/environment/settings.ts';
import { scopeProblems } from '../../../src/application/settings/source-problems.ts';

describe('The version of Node', () => {
  it.each(['22.18.0', '22.19.1', '24.0.0'])('%s will do', (version) => expect(nodeProblems(version)).toEqual([]));

  it.each(['20.20.2', '22.17.1'])('%s is named as a problem among those of the settings', (version) => {
    const settings = new Settings({ PORT: 'x' }, version);
    settings.integer('PORT', 7071, 0, 65_535);
    expect(settings.problems()).toEqual([
      `This is Node ${version}, but it must be 22.18 or later.`,
      expect.stringContaining('PORT is "x"'),
    ]);
  });

  it('is the one that package.json asks for', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(nodeProblems('0.0.0')[0]).toContain(`${engines.node.replace('>=', '')} or later`);
  });

  it('is told of by an old one, which has to come as far as that', () => {
    const { groupBy } = Map;
    onTestFinished(() => void Object.assign(Map, { groupBy }));
    Object.assign(Map, { groupBy: undefined });
    expect(scopeProblems([])).toEqual([]);
  });
});
