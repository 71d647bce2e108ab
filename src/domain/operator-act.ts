/** What a person did to a lock by hand. It stays in the record, whoever owns the lock later, until the next such act. */
export interface OperatorAct {
  readonly action: 'release' | 'answer';
  /** Who it was, as far as the tool could know. */
  readonly who: string;
  /** Why, in that person's words. */
  readonly reason: string;
  /** When, RFC 3339, by the store's clock. */
  readonly at: string;
}
