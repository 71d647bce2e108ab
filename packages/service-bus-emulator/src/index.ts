export type { Clock } from './broker/clock.ts';
export type { EntityOptions } from './broker/entity-options.ts';
export type { QueueOptions } from './broker/queue-options.ts';
export type { MessageSummary, QueueSnapshot } from './broker/queue-snapshot.ts';
export type { CorrelationFilter } from './broker/rules/correlation-filter.ts';
export type { RuleFilter, RuleOptions, SqlExpression, SqlParameter } from './broker/rules/rule.ts';
export type { SubscriptionOptions, TopicOptions } from './broker/topic-options.ts';
export { ConfigFileError } from './config/config-file-error.ts';
export { readConfigFile } from './config/read-config-file.ts';
export type {
  DeliveryFault,
  Faults,
  MessagePoint,
  SendFault,
  SendPoint,
  SettleFault,
  SettlePoint,
} from './faults.ts';
export { times } from './faults.ts';
export type { Log } from './log.ts';
export {
  type ServiceBusEmulator,
  type ServiceBusEmulatorOptions,
  startServiceBusEmulator,
} from './service-bus-emulator.ts';
export type { Certificate } from './transport/certificate.ts';
