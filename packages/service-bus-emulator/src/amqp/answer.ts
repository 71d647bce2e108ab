import { frames, type Outcome, outcomes, type RheaDelivery, type RheaSession } from './rhea-internals.ts';

/** An error on the wire. Source of the conditions: Microsoft documentation "AMQP errors in Azure Service Bus". */
export interface AmqpError {
  readonly condition: string;
  readonly description: string;
}

export const isError = (value: object): value is AmqpError => 'condition' in value;

export const accepted: Outcome = outcomes.accepted().described();
export const released: Outcome = outcomes.released().described();
export const modified = (undeliverableHere: boolean): Outcome =>
  outcomes.modified({ undeliverable_here: undeliverableHere }).described();
export const rejected = (error?: AmqpError): Outcome =>
  outcomes.rejected(error === undefined ? {} : { error }).described();

/** Tells the peer what a delivery's outcome will be, which is not settled yet. */
export function answerForNow({ id, link }: RheaDelivery, state: Outcome): void {
  const session = link.session as RheaSession;
  session.output(frames.disposition({ role: link.is_receiver(), first: id, last: id, settled: false, state }));
}

/** Tells the peer a delivery's outcome and forgets the delivery: of a message received, or of one sent. */
export function answer(delivery: RheaDelivery, outcome: Outcome): void {
  if (outcome !== accepted && !delivery.remote_settled) {
    // rhea merges its answers of one tick to neighbouring deliveries, and gives the second the outcome of the first
    // without comparing them. It may do that to acceptances only; any other outcome gets a frame of its own.
    const { id, link } = delivery;
    const session = link.session as RheaSession;
    session.output(
      frames.disposition({ role: link.is_receiver(), first: id, last: id, settled: true, state: outcome }),
    );
    delivery.remote_settled = true;
  }
  delivery.update(true, outcome);
  // The peer does not confirm an answer. Left unconfirmed, the delivery would keep its slot in the session forever.
  delivery.remote_settled = true;
}
