import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HostJson } from '../../src/adapters/azure-functions/host-json.ts';
import { proveHost } from '../../src/adapters/azure-functions/host-proof.ts';
import { logSweep } from '../../src/adapters/telemetry/logged-sweep.ts';
import { ConfigError } from '../../src/application/settings/config-error.ts';
import { storeTime } from '../../src/domain/time.ts';
import { readConfig } from '../../src/entrypoints/composition/config.ts';
import { workContainers } from '../../src/entrypoints/composition/work-containers.ts';
import { deployedSettings } from './deployed-settings.ts';
import { compiled, deployment, deployments, list, ofType, read, theOnly } from './deployment.ts';

const settings = deployedSettings(deployment('default'));
const connections = Object.fromEntries(Object.entries(settings).filter(([name]) => name.includes('__')));
const { parameters } = compiled();

describe('The settings of a deployment', () => {
  it.each(deployments)('start the app without a warning: "%s"', (name) => {
    const deployed = deployedSettings(deployment(name));
    const { functionTimeoutMs, ...host } = proveHost(HostJson.read('.', deployed));
    expect(host).toEqual({ problems: [], warnings: [] });
    const FUNCTION_TIMEOUT = `PT${Number(functionTimeoutMs) / 1000}S`;
    expect(readConfig({ ...deployed, FUNCTION_TIMEOUT }).warnings).toEqual([]);
  });

  it('are what the app takes by itself: no default differs', () => {
    expect(readConfig(settings)).toEqual(readConfig(connections));
  });

  it.each(deployments)('name the scope that the app would take by itself: "%s"', (name) => {
    const { LOCK_SCOPE, ...others } = deployedSettings(deployment(name));
    expect(LOCK_SCOPE).toBe(readConfig(others).lockScope);
  });

  it('are all that the app cannot start without', () => {
    let problems: readonly string[] = [];
    try {
      readConfig({});
    } catch (error) {
      problems = (error as ConfigError).problems;
    }
    expect(problems.length).toBeGreaterThan(0);
    expect(() => readConfig(connections)).not.toThrow();
  });

  const ofHost = /^(?:AzureWebJobsStorage__|APPLICATIONINSIGHTS_)/;
  it.each(Object.keys(settings).filter((name) => !ofHost.test(name)))('are read by the app: %s', (name) => {
    expect(() => readConfig({ ...settings, [name]: '§' })).toThrow(ConfigError);
  });
});

describe('The limits of a parameter', () => {
  const days = (count: number) => `P${count}D`;
  const limits = [
    ['messageTtlDays', 'MESSAGE_TTL', days, { COMPLETED_RETENTION: 'P365D' }],
    ['completedRetentionDays', 'COMPLETED_RETENTION', days, { MESSAGE_TTL: 'P1D' }],
    ['abandonedRetentionDays', 'ABANDONED_RETENTION', days, {}],
    ['maxDeliveryCount', 'MAX_DELIVERY_COUNT', String, {}],
  ] as const;

  it.each(limits)('are those of the setting that is made of it: %s, %s', (name, setting, text, others) => {
    const { minValue = Number.NaN, maxValue = Number.NaN } = parameters[name] ?? {};
    const start = (value: number) => () => readConfig({ ...settings, ...others, [setting]: text(value) });
    expect(start(minValue)).not.toThrow();
    expect(start(maxValue)).not.toThrow();
    expect(start(maxValue + 1)).toThrow(ConfigError);
  });

  it('begin where a duplicate that waits for a lock cannot use the deliveries up', () => {
    const least = Number(parameters['maxDeliveryCount']?.minValue);
    expect(() => readConfig({ ...settings, MAX_DELIVERY_COUNT: String(least - 1) })).toThrow('MAX_DELIVERY_COUNT');
  });
});

describe('infra/main.parameters.json', () => {
  const given: Record<string, { value: unknown }> = JSON.parse(
    readFileSync('infra/main.parameters.json', 'utf8'),
  ).parameters;
  const filledIn = (variable: string) => `\${${variable}}`;
  const ofAzd: Record<string, string> = { environmentName: 'AZURE_ENV_NAME', location: 'AZURE_LOCATION' };

  it('has every parameter', () => {
    expect(Object.keys(given)).toEqual(Object.keys(parameters));
  });

  it.each(Object.keys(parameters))('lets an azd environment set %s, with the same default', (name) => {
    const variable = name.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase();
    const { type, defaultValue } = parameters[name] ?? {};
    const text = filledIn(ofAzd[name] ?? `${variable}=${defaultValue}`);
    expect(given[name]?.value).toEqual(type === 'object' ? defaultValue : text);
  });

  // azd takes a variable that the environment lacks from the shell, and many shells and images have this one.
  it('does not ask for NODE_VERSION', () => {
    expect(JSON.stringify(given)).not.toContain('{NODE_VERSION');
  });
});

describe('What the template says of the app', () => {
  it('names the function that is always ready as the app does', () => {
    const app = theOnly(deployment('everything'), 'Microsoft.Web/sites');
    const ready = list(app, 'properties.functionAppConfig.scaleAndConcurrency.alwaysReady');
    expect(ready).toEqual([{ name: 'function:processMessage', instanceCount: 2 }]);
    const registered = readFileSync('src/entrypoints/functions/register-functions.ts', 'utf8');
    expect(registered).toContain("app.serviceBusQueue('processMessage'");
  });

  it('makes the container that the shipped handler writes to', () => {
    const names = ofType(deployment('default'), 'Microsoft.Storage/storageAccounts/blobServices/containers').map(
      ({ name }) => name.split('/').at(-1),
    );
    expect(names).toContain(workContainers.archive);
  });

  it('asks the log for the line that a sweep leaves', () => {
    const lines: Readonly<Record<string, unknown>>[] = [];
    const pass = { startedAt: storeTime(0), isOver: true, listed: 0, deleted: 0 };
    logSweep((_level, _sentence, facts = {}) => void lines.push(facts), 'messages', {
      kind: 'swept',
      listed: 0,
      deleted: 0,
      left: 0,
      pass,
    });
    const [line] = lines;
    const rule = theOnly(deployment('default'), 'Microsoft.Insights/scheduledQueryRules');
    expect(read(rule, 'properties.criteria.allOf.0.query')).toContain(
      `where line.event == "${line?.['event']}" and line.kind == "${line?.['kind']}"`,
    );
  });
});
