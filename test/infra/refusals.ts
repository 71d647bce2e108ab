/** Parameters that are refused, as they stand in a file of parameters, and what is said then. */
export interface Refusal {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly sentence: string;
}

export const refusals: readonly Refusal[] = [
  {
    name: 'an environment without a name',
    parameters: { environmentName: "''" },
    sentence: 'the minimum allowable length is 1',
  },
  {
    name: 'an environment name of 65 characters',
    parameters: { environmentName: `'${'e'.repeat(65)}'` },
    sentence: 'the maximum allowable length is 64',
  },
  {
    name: 'a delivery count that a waiting duplicate uses up',
    parameters: { maxDeliveryCount: '9' },
    sentence: 'the minimum allowable value is 10',
  },
  {
    name: 'messages that are kept for longer than the app allows',
    parameters: { messageTtlDays: '50', completedRetentionDays: '100' },
    sentence: 'the maximum allowable value is 49',
  },
  {
    name: 'a retention of more than a year',
    parameters: { abandonedRetentionDays: '366' },
    sentence: 'the maximum allowable value is 365',
  },
  {
    name: 'a Node version that nobody supports',
    parameters: { functionsNodeVersion: "'20'" },
    sentence: "'22' | '24'",
  },
  {
    name: 'a memory size that is not offered',
    parameters: { instanceMemoryMB: '1024' },
    sentence: '2048 | 4096 | 512',
  },
  {
    name: 'locks that are replicated to another region',
    parameters: { locksSku: "'Standard_GRS'" },
    sentence: 'Standard_ZRS',
  },
  {
    name: 'a retention that ends before a message does',
    parameters: { messageTtlDays: '8' },
    sentence: 'completedRetentionDays is 8, but must be more than messageTtlDays, which is 8',
  },
  {
    name: 'a queue with a slash in its name',
    parameters: { queueName: "'orders/new'" },
    sentence: 'queueName is "orders/new", but must not contain a slash.',
  },
  {
    name: 'locks in the container of the archive',
    parameters: { lockContainerName: "'processed'" },
    sentence: 'must not be "processed" or "effects"',
  },
  {
    name: 'settings that the template makes, whatever their case',
    parameters: { additionalAppSettings: "{ queue_name: 'x', AzureWebJobsStorage: '', PAYMENTS_URL: 'y' }" },
    sentence: 'additionalAppSettings has AzureWebJobsStorage, queue_name, but',
  },
];
