import type { Queue } from './broker/queue.ts';
import type { Settlement } from './broker/settlement.ts';
import type { StoredMessage } from './broker/stored-message.ts';

/**
 * Where things go wrong, on purpose. Each function is called when the emulator is at that point, and what it returns
 * happens there and then, so that a test which asks for a fault gets it in every run. `undefined`: no fault. The object is
 * looked at each time, so its members may be set and deleted while the emulator runs.
 */
export interface Faults {
  /** Before a message that arrived is stored. In a batch the first fault decides for all of it. */
  onSend?: ((point: SendPoint) => SendFault | undefined) | undefined;
  /** When a locked message is about to be transmitted. */
  onDelivery?: ((point: MessagePoint) => DeliveryFault | undefined) | undefined;
  /** Before a settlement is applied, whether it came as a disposition or through `$management`. */
  onSettle?: ((point: SettlePoint) => SettleFault | undefined) | undefined;
  /** Before a lock is renewed. */
  onRenew?: ((point: MessagePoint) => 'refuse' | undefined) | undefined;
}

export interface SendPoint {
  /** The queue's path. */
  readonly queue: string;
  readonly messageId: string;
}

export interface MessagePoint extends SendPoint {
  /** Earlier deliveries that did not complete the message: 0 on the first. */
  readonly deliveryCount: number;
}

export interface SettlePoint extends MessagePoint {
  readonly settlement: Settlement['kind'];
}

/** Stored, and the connection is cut before the answer; or not stored, and rejected with this AMQP error condition. */
export type SendFault = 'store-and-cut' | { readonly reject: string };

/**
 * - `withhold`: locked but never transmitted. The link that it was for gets nothing more if it receives a session: no broker
 *   delivers what comes later in a session first.
 * - `end-lock`: transmitted, and the lock ended at once.
 */
export type DeliveryFault = 'withhold' | 'end-lock';

/**
 * - `ignore`: not applied, not answered.
 * - `cut`: not applied, the connection is cut.
 * - `apply-and-cut`: applied, the connection is cut before the answer.
 * - `apply-and-ignore`: applied, not answered.
 * - `end-lock`: the lock ends first, so the settlement is refused.
 */
export type SettleFault = 'ignore' | 'cut' | 'apply-and-cut' | 'apply-and-ignore' | 'end-lock';

/** What a point must have at hand for a fault to happen there. */
export interface Faulty {
  readonly faults: Faults;
  /** Cuts the connection that the point is on. */
  readonly cut: () => void;
}

/** A fault for the first `count` points that it applies to, by default any. */
export function times<Point, Fault>(
  count: number,
  fault: Fault,
  appliesTo: (point: Point) => boolean = () => true,
): (point: Point) => Fault | undefined {
  let left = count;
  return (point) => {
    if (left === 0 || !appliesTo(point)) return undefined;
    left -= 1;
    return fault;
  };
}

export const pointOf = (queue: Queue, { content, deliveryCount }: StoredMessage): MessagePoint => ({
  queue: queue.name,
  messageId: content.messageId,
  deliveryCount,
});
