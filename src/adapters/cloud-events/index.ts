/** Messages as CloudEvents 1.0, and back from whatever a host received. */
export { type DeliveryOptions, deliveryFrom, UnusableMessageError } from './delivery-from.ts';
export { type EventProblem, eventContentType, eventDocument, messageFromEvent } from './event-document.ts';
export { jsonContent } from './json-content.ts';
