import { describe, expect, it } from 'vitest';
import { ConfigFileError } from '../../src/config/config-file-error.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { readConfigFile } from '../../src/config/read-config-file.ts';
import { sampleConfig } from './sample.ts';

const withQueues = (...queues: readonly object[]) =>
  JSON.stringify({ UserConfig: { Namespaces: [{ Name: 'sbemulatorns', Queues: queues }], Logging: { Type: 'File' } } });

function problemsOf(text: string): readonly string[] {
  try {
    parseConfig(text);
  } catch (error) {
    if (error instanceof ConfigFileError) return error.problems;
    throw error;
  }
  return [];
}

describe('a configuration file', () => {
  it('may have comments, commas at the end, and members in any case', () => {
    const entities = parseConfig(`// ours
      { "userConfig": { "Namespaces": [ /* one */ {
        "Name": "sbemulatorns",
        "Queues": [ { "Name": "orders", }, ],
      } ] } }`);
    expect(entities).toEqual({ queues: [{ name: 'orders', deadLetterOnExpiration: false }], topics: [] });
  });

  it('gives every property of a queue', () => {
    const Properties = {
      DeadLetteringOnMessageExpiration: true,
      DefaultMessageTimeToLive: 'PT1H',
      DuplicateDetectionHistoryTimeWindow: 'PT20S',
      ForwardDeadLetteredMessagesTo: '',
      ForwardTo: '',
      LockDuration: 'PT1M',
      MaxDeliveryCount: 10,
      RequiresDuplicateDetection: true,
      RequiresSession: true,
    };
    expect(parseConfig(withQueues({ Name: 'orders', Properties })).queues).toEqual([
      {
        name: 'orders',
        deadLetterOnExpiration: true,
        defaultTimeToLiveMs: 3_600_000,
        duplicateDetectionWindowMs: 20_000,
        lockDurationMs: 60_000,
        maxDeliveryCount: 10,
        requiresSession: true,
      },
    ]);
  });

  it('has a window for duplicates only if they are to be detected', () => {
    const [with_, without] = [true, false].map((RequiresDuplicateDetection) =>
      parseConfig(
        withQueues({
          Name: 'q',
          Properties: { RequiresDuplicateDetection, DuplicateDetectionHistoryTimeWindow: 'P1D' },
        }),
      ).queues?.at(0),
    );
    expect(with_?.duplicateDetectionWindowMs).toBe(86_400_000);
    expect(without?.duplicateDetectionWindowMs).toBeUndefined();
  });

  it('is refused with everything that is wrong in it, each by its path', () => {
    const problems = problemsOf(
      withQueues(
        { Name: 'a b', Properties: { LockDuration: 'PT10M', MaxDelivryCount: 5 } },
        { Name: 'orders', Properties: { MaxDeliveryCount: 0, RequiresSession: 'yes', ForwardTo: 'b' } },
        { Name: 'ORDERS', Properties: { DefaultMessageTimeToLive: 60, RequiresDuplicateDetection: 'yes' } },
        { Properties: 7 },
      ),
    );
    const queues = 'UserConfig.Namespaces[0].Queues';
    expect(problems.map((problem) => problem.slice(0, problem.indexOf(':')))).toEqual([
      `${queues}[0].Name`,
      `${queues}[0].Properties.LockDuration`,
      `${queues}[0].Properties.MaxDelivryCount`,
      `${queues}[1].Properties.MaxDeliveryCount`,
      `${queues}[1].Properties.RequiresSession`,
      `${queues}[2].Name`,
      `${queues}[2].Properties.RequiresDuplicateDetection`,
      `${queues}[2].Properties.DefaultMessageTimeToLive`,
      `${queues}[3].Name`,
      `${queues}[3].Properties`,
      'UserConfig.Namespaces[0]',
    ]);
    expect(problems.at(-1)).toContain('There is no queue or topic "b" that "orders" could forward to.');
  });

  it('gives topics with their subscriptions and correlation rules', () => {
    const CorrelationFilter = { Label: 'urgent', ContentType: 'text/plain', Properties: { level: 3, deep: true } };
    const rule = { Name: 'mine', Properties: { FilterType: 'Correlation', CorrelationFilter } };
    const subscriptions = [
      { Name: 'audit', Properties: { LockDuration: 'PT5S' } },
      { Name: 'urgent', Rules: [rule] },
    ];
    const topic = { Name: 'news', Properties: { DefaultMessageTimeToLive: 'PT1H' }, Subscriptions: subscriptions };
    const text = JSON.stringify({ UserConfig: { Namespaces: [{ Name: 'ns', Topics: [topic] }] } });
    const filter = { subject: 'urgent', contentType: 'text/plain', properties: { level: 3, deep: true } };
    expect(parseConfig(text).topics).toEqual([
      {
        name: 'news',
        defaultTimeToLiveMs: 3_600_000,
        subscriptions: [
          { name: 'audit', deadLetterOnExpiration: false, lockDurationMs: 5_000 },
          { name: 'urgent', deadLetterOnExpiration: false, rules: [{ name: 'mine', filter }] },
        ],
      },
    ]);
  });

  it('gives SQL rules with their actions, and says what is wrong with one that cannot be used', () => {
    const rules = [
      {
        Name: 'sql',
        Properties: {
          FilterType: 'Sql',
          SqlFilter: { SqlExpression: 'a > 1' },
          Action: { SqlExpression: 'SET b = 2' },
        },
      },
      { Name: 'broken', Properties: { FilterType: 'Sql', SqlFilter: { SqlExpression: 'a >' } } },
      { Name: 'empty', Properties: { FilterType: 'Sql' } },
      { Name: 'other', Properties: { FilterType: 'JMS' } },
      { Name: 'SQL', Properties: { CorrelationFilter: { Subject: 's', Properties: { a: [] } } } },
    ];
    const topics = (count: number) => [{ Name: 't', Subscriptions: [{ Name: 's', Rules: rules.slice(0, count) }] }];
    const text = (count: number) =>
      JSON.stringify({ UserConfig: { Namespaces: [{ Name: 'ns', Topics: topics(count) }] } });
    expect(parseConfig(text(1)).topics?.[0]?.subscriptions?.[0]?.rules).toEqual([
      { name: 'sql', filter: 'a > 1', action: 'SET b = 2' },
    ]);
    const at = 'UserConfig.Namespaces[0].Topics[0].Subscriptions[0].Rules';
    expect(problemsOf(text(5))).toEqual([
      `${at}[1].Properties: The SQL filter "a >" is not valid. Position 4: a property or a value is expected, and here is the end.`,
      `${at}[2].Properties.SqlFilter.SqlExpression: It is missing.`,
      `${at}[3].Properties.FilterType: It must be "Correlation" or "Sql".`,
      `${at}[4].Name: There is a rule "SQL" already.`,
      `${at}[4].Properties.CorrelationFilter.Properties.a: It must be a text, a number, true or false, and is [].`,
      `${at}[4].Properties.CorrelationFilter.Subject: There is no such property.`,
    ]);
  });

  it("can be the sample of Microsoft's emulator", () => {
    const { queues, topics } = parseConfig(sampleConfig);
    expect(queues).toMatchObject([
      { name: 'queue.1', maxDeliveryCount: 3 },
      { name: 'queue.2', requiresSession: true },
    ]);
    expect(topics?.[0]?.subscriptions).toHaveLength(4);
  });

  it.each([
    ['{}', 'UserConfig.Namespaces: There must be one namespace.'],
    ['[]', 'It must be an object, and is [].'],
    ['{ "UserConfig": { "Namespaces": {} } }', 'UserConfig.Namespaces: It must be an array, and is {}.'],
    ['{\n  "UserConfig" {}\n}', 'Line 2, column 16: Colon expected.'],
  ])('%s is refused', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  it('that is not there is named', async () => {
    await expect(readConfigFile('/nowhere/Config.json')).rejects.toThrow('/nowhere/Config.json cannot be used');
  });
});
