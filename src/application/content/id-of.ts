import type { DeliveredMessage } from '../../domain/message.ts';
import { isMessageId, type MessageId, type MessageIdProblem, parseMessageId } from '../../domain/message-id.ts';
import { errorText } from '../error-text.ts';

/** A message before it is known by what `idOf` makes of it: its own ID may be absent, or not usable. */
export type MessageToName = Omit<DeliveredMessage, 'id'> & { readonly id?: MessageId };

/**
 * What a message's work is known by, instead of the message's own ID: an order number in its content, say. It has to give the
 * same text for the same message, in every host and version of the app, and at once. Two different messages of one name are a
 * mismatch: put what tells them apart, like the kind of the event, into it.
 */
export type IdOf = (message: MessageToName) => string;

/** The ID that `idOf` gives, or what is wrong with it, as the end of a sentence that starts with "The message ID". */
export function idGivenBy(idOf: IdOf, message: MessageToName): MessageId | MessageIdProblem {
  let given: unknown;
  try {
    given = idOf(message);
  } catch (thrown) {
    return { problem: `is not known: idOf threw ${errorText(thrown)}.` };
  }
  const id = parseMessageId(given);
  return isMessageId(id) ? id : { problem: `that idOf gave ${id.problem}` };
}
