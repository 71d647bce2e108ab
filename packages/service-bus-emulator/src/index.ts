export type { Clock } from './broker/clock.ts';
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
export {
  type QueueOptions,
  type QueueSnapshot,
  ServiceBusEmulator,
  type ServiceBusEmulatorOptions,
} from './service-bus-emulator.ts';
