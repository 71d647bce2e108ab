/**
 * One message as the broker stores it. A redelivery shows the same two values; a message that was sent again or moved back
 * out of the dead-letter queue shows others. Both are texts: 64-bit sequence numbers do not fit a double.
 */
export interface PhysicalMessage {
  readonly sequenceNumber: string;
  readonly enqueuedTime: string;
}

export const isSamePhysicalMessage = (one: PhysicalMessage, other: PhysicalMessage): boolean =>
  one.sequenceNumber === other.sequenceNumber && one.enqueuedTime === other.enqueuedTime;
