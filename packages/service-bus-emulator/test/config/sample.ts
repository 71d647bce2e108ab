const properties = {
  DeadLetteringOnMessageExpiration: false,
  DefaultMessageTimeToLive: 'PT1H',
  ForwardDeadLetteredMessagesTo: '',
  ForwardTo: '',
  LockDuration: 'PT1M',
  MaxDeliveryCount: 3,
  RequiresSession: false,
};
const duplicates = { DuplicateDetectionHistoryTimeWindow: 'PT20S', RequiresDuplicateDetection: false };
const correlation = (CorrelationFilter: object) => ({ FilterType: 'Correlation', CorrelationFilter });
const sql = { FilterType: 'Sql', SqlFilter: { SqlExpression: "sys.MessageId = '123456' AND userProp1 = 'value1'" } };
const action = { Action: { SqlExpression: "SET sys.To = 'Entity'" } };
const everySystemProperty = {
  ContentType: 'application/text',
  CorrelationId: 'id1',
  Label: 'subject1',
  MessageId: 'msgid1',
  ReplyTo: 'someQueue',
  ReplyToSessionId: 'sessionId',
  SessionId: 'session1',
  To: 'xyz',
};
const subscription = (number: number, rule?: object) => ({
  Name: `subscription.${number}`,
  Properties: properties,
  ...(rule !== undefined && { Rules: [{ Name: `filter-${number}`, Properties: rule }] }),
});

/**
 * What the Config.json of Microsoft's installer has: its entities and every property that it sets, with comments as it has
 * them, and a queue with sessions. Source: github.com/Azure/azure-service-bus-emulator-installer.
 */
export const sampleConfig = `// Entities of the emulator
${JSON.stringify(
  {
    UserConfig: {
      Namespaces: [
        {
          Name: 'sbemulatorns',
          Queues: [
            { Name: 'queue.1', Properties: { ...properties, ...duplicates } },
            { Name: 'queue.2', Properties: { ...properties, ...duplicates, RequiresSession: true } },
          ],
          Topics: [
            {
              Name: 'topic.1',
              Properties: { DefaultMessageTimeToLive: 'PT1H', ...duplicates },
              Subscriptions: [
                subscription(1, correlation(everySystemProperty)),
                subscription(2, correlation({ Properties: { prop3: 'value3' } })),
                subscription(3),
                subscription(4, { ...sql, ...action }),
              ],
            },
          ],
        },
      ],
      Logging: { Type: 'File' },
    },
  },
  undefined,
  2,
)}`;
