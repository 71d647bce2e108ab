/** Messages as CloudEvents 1.0, and back from whatever a host received. */
export { type DeliveryOptions, deliveryFrom } from './delivery-from.ts';
export type { EventProblem } from './event-attributes.ts';
export { eventContentType, eventDocument, messageFromEvent } from './event-document.ts';
export { jsonContent } from './json-content.ts';
export { UnusableMessageError } from './unusable-message-error.ts';
