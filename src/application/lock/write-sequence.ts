import { type OwnerId, type WriteId, writeId } from '../../domain/owner.ts';

/** Numbers the writes of one owner. No number is used twice, so that a stored record says which of its writes landed last. */
export class WriteSequence {
  readonly owner: OwnerId;
  #last = 0;

  constructor(owner: OwnerId) {
    this.owner = owner;
  }

  next(): WriteId {
    this.#last += 1;
    return writeId(this.owner, this.#last);
  }
}
