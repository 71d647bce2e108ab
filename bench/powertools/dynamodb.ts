import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { MakeGuard } from '../guards/guard.ts';
import { idempotentBy } from './idempotent.ts';

/** Powertools on DynamoDB, here on dynalite, by the AWS SDK with as many connections as it wants. */
export const makeGuard: MakeGuard = async ({ dynamodb }) => {
  if (dynamodb === undefined) throw new Error('There is no DynamoDB to be reached.');
  const awsSdkV3Client = new DynamoDBClient({
    endpoint: dynamodb,
    region: 'local',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    requestHandler: { httpAgent: { maxSockets: 256, keepAlive: true } },
  });
  const tableName = `locks-${process.pid}`;
  await awsSdkV3Client.send(
    new CreateTableCommand({
      TableName: tableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return idempotentBy(new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client }));
};
