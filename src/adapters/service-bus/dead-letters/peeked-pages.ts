import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import Long from 'long';
import { seconds } from '../../../domain/time.ts';
import { withTimeLimit } from '../time-limit.ts';

/** The most that is asked for at once; a broker answers with as many as fit into one of its answers. */
const pageSize = 250;

/**
 * All that `receiver` can peek, a page at a time, from the number `from` on. It goes on by numbers of its own: the SDK's client
 * has one place per queue where the next peek begins, which all of its receivers share.
 */
export async function* peekedPages(
  receiver: ServiceBusReceiver,
  from: Long = Long.ZERO,
): AsyncGenerator<readonly ServiceBusReceivedMessage[]> {
  for (let next = from; ; ) {
    const page = await peek(receiver, pageSize, next);
    const last = page.at(-1)?.sequenceNumber;
    if (last === undefined) return;
    yield page;
    next = last.add(1);
  }
}

/** The first number that no message of the queue has reached: what is sent from now on has it, or a greater one. */
export async function endOf(receiver: ServiceBusReceiver): Promise<Long> {
  let least = Long.ZERO;
  let most = Long.MAX_VALUE;
  while (least.lessThan(most)) {
    const [found] = await peek(receiver, 1, least.add(most.sub(least).div(2)));
    if (found?.sequenceNumber !== undefined) least = found.sequenceNumber.add(1);
    else most = least.add(most.sub(least).div(2));
  }
  return least;
}

const peek = (
  receiver: ServiceBusReceiver,
  most: number,
  fromSequenceNumber: Long,
): Promise<readonly ServiceBusReceivedMessage[]> =>
  withTimeLimit(receiver.peekMessages(most, { fromSequenceNumber }), seconds(30));
