import type { Typed } from 'rhea';
import type { Performative, RheaReceiver, RheaSender } from './rhea-internals.ts';

const fieldCounts = new WeakMap<object, number>();

/**
 * Gives a performative all the fields of its type, those that are not set as null. rhea leaves out what follows the last
 * one that is set, as AMQP allows (part 1, section 1.4); Service Bus writes all, and there are clients that read by position.
 */
export function writeAllFields<Frame extends Performative>(performative: Frame): Frame {
  const type = Object.getPrototypeOf(performative) as object;
  let count = fieldCounts.get(type);
  if (count === undefined) {
    const members = Object.values(Object.getOwnPropertyDescriptors(type));
    count = members.filter(({ get }) => get !== undefined).length;
    fieldCounts.set(type, count);
  }
  if (performative.value.length < count) performative.value.length = count;
  return performative;
}

/** A source has 11 fields, a target 7. Source: AMQP 1.0 part 3, sections 3.5.3 and 3.5.4. */
const sourceFields = 11;
const targetFields = 7;

/**
 * Agrees to an attach. Source and target are built anew: what rhea read may be shared by all connections of the process,
 * and is not null where the client sent null. Of the filter, what is applied is repeated (section
 * 3.5.3).
 */
export function agreeToAttach<Link extends RheaSender | RheaReceiver>(
  link: Link,
  filter?: Readonly<Record<string, unknown>>,
): Link {
  const { attach } = link.local;
  if (isGiven(link.source)) {
    link.set_source({ address: link.source.address, ...(filter && { filter }) });
    widen(attach.source, sourceFields);
  }
  if (isGiven(link.target)) {
    link.set_target({ address: link.target.address });
    widen(attach.target, targetFields);
  }
  attach.snd_settle_mode = link.snd_settle_mode;
  attach.rcv_settle_mode = link.rcv_settle_mode;
  return link;
}

/** A null that came over the wire is an object to rhea. */
const isGiven = (terminus: unknown): boolean => Array.isArray((terminus as Typed | undefined)?.value);

function widen(terminus: Typed | undefined, fields: number): void {
  if (terminus !== undefined) terminus.value.length = fields;
}
