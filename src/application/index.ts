/** The use cases, and the ports through which they reach everything else. */
export { AwaitStatusChange, type StatusWait } from './await-status-change.ts';
export { CheckHealth, type CheckHealthOptions, type Dependency, type Health, type Reached } from './check-health.ts';
export { type CheckedMessage, withSchema } from './content/checked-content.ts';
export { type IdOf, idGivenBy, type MessageToName } from './content/id-of.ts';
export * from './content/standard-schema.ts';
export { asError, errorText } from './error-text.ts';
export { GetMessageStatus, hasEnded, type MessageStatus } from './get-message-status.ts';
export { type AnswerOutcome, AnswerStep } from './operate/answer-step.ts';
export { type InspectedMessage, InspectMessage, type WhatIsNext } from './operate/inspect-message.ts';
export { ListLocks, type LockFilter } from './operate/list-locks.ts';
export type { OperatorPorts } from './operate/operator-ports.ts';
export type { OperatorOutcome, OperatorRequest } from './operate/operator-write.ts';
export { ReleaseLock, type ReleaseOutcome } from './operate/release-lock.ts';
export * from './ports/clock.ts';
export * from './ports/effects-log.ts';
export * from './ports/fenced-store.ts';
export * from './ports/ids.ts';
export * from './ports/lock-catalog.ts';
export * from './ports/lock-events.ts';
export * from './ports/lock-store.ts';
export * from './ports/marker-store.ts';
export * from './ports/message-handler.ts';
export * from './ports/message-publisher.ts';
export type { ReceivedMessage } from './ports/received-message.ts';
export * from './ports/work-slot.ts';
export { ProcessMessage, type ProcessOutcome, type ProcessPorts } from './process-message.ts';
export { type OnceOutcome, type OnceWork, RunOnce, type RunOnceOptions } from './run-once.ts';
export type { ExecutionOptions, ProcessSettings } from './settings/process-settings.ts';
export { type ProtocolSettings, proveSettings, type StartUpProof } from './start-up-proof.ts';
export { SubmissionCheck, type SubmissionCheckPorts, type SubmissionVerdict } from './submission-check.ts';
export {
  type Submission,
  SubmitMessage,
  type SubmitOutcome,
  type SubmitPorts,
  type SubmitSettings,
  type SubmittedOutcome,
  type UnnamedOutcome,
} from './submit-message.ts';
export type { LeasePorts, NoSweep } from './sweep/sweep-lease.ts';
export { SweepLocks, type SweepOutcome, type SweepPorts, type SweepSettings, type Swept } from './sweep-locks.ts';
export { type LockTimings, lockTimings } from './time/lock-timings.ts';
