/**
 * What spans and metrics say, by name. Source of the first ones: OpenTelemetry semantic conventions 1.45, messaging (Azure Service
 * Bus), CloudEvents, errors. Our own start with `isb`.
 */
export const attribute = {
  system: 'messaging.system.name',
  /** What it was called before 1.45, for whoever still looks for it. */
  formerSystem: 'messaging.system',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  destination: 'messaging.destination.name',
  messageId: 'messaging.message.id',
  deliveryCount: 'azure.servicebus.message.delivery_count',
  enqueuedTime: 'azure.servicebus.message.enqueued_time',
  disposition: 'azure.servicebus.disposition_status',
  eventId: 'cloudevents.event_id',
  eventSource: 'cloudevents.event_source',
  eventType: 'cloudevents.event_type',
  errorType: 'error.type',
  httpMethod: 'http.request.method',
  httpRoute: 'http.route',
  httpStatus: 'http.response.status_code',
  urlPath: 'url.path',
  urlScheme: 'url.scheme',
  decision: 'isb.decision',
  takeoverCause: 'isb.takeover.cause',
  attempt: 'isb.attempt',
  fencingToken: 'isb.fencing_token',
  lockState: 'isb.lock.state',
  outcome: 'isb.outcome',
  stepName: 'isb.step.name',
  replayed: 'isb.replayed',
  requests: 'isb.lock.requests',
  isOurs: 'isb.ours',
  effect: 'isb.effect',
} as const;

export const metric = {
  processDuration: 'messaging.process.duration',
  operationDuration: 'messaging.client.operation.duration',
  consumed: 'messaging.client.consumed.messages',
  sent: 'messaging.client.sent.messages',
  decisions: 'isb.lock.decisions',
  takeovers: 'isb.lock.takeovers',
  lost: 'isb.lock.lost',
  clockDisagreements: 'isb.lock.clock_disagreements',
  ambiguousWrites: 'isb.lock.ambiguous_writes',
  holdDuration: 'isb.lock.hold.duration',
  waitDuration: 'isb.lock.wait.duration',
  requests: 'isb.lock.requests',
  stepDuration: 'isb.step.duration',
  queueLag: 'isb.queue.lag',
  refusedEffects: 'isb.effects.refused',
  locks: 'isb.locks',
  oldestAge: 'isb.lock.oldest_age',
  sweepDeleted: 'isb.sweep.deleted',
  sweepDuration: 'isb.sweep.duration',
  lastSweep: 'isb.sweep.last_success',
} as const;

/** What the broker is called. */
export const system = 'azure.servicebus';
export const formerSystem = 'servicebus';
