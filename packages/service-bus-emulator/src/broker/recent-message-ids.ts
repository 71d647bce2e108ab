/**
 * Duplicate detection: the message IDs of the last `windowMs`. A repeated ID does not extend its window.
 * Source: Microsoft documentation "Duplicate detection" (Azure Service Bus), which leaves open whether it should.
 */
export class RecentMessageIds {
  #windowMs: number;
  /** When each ID was first seen; a Map keeps the order of insertion, so the oldest come first. */
  readonly #seenAt = new Map<string, number>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Of another length from now on; `undefined` leaves it. */
  keepFor(windowMs: number | undefined): void {
    this.#windowMs = windowMs ?? this.#windowMs;
  }

  /** Whether the ID is new within the window. `now` in milliseconds; it must not go back. */
  add(messageId: string, now: number): boolean {
    for (const [oldest, seenAt] of this.#seenAt) {
      if (now - seenAt < this.#windowMs) break;
      this.#seenAt.delete(oldest);
    }
    if (this.#seenAt.has(messageId)) return false;
    this.#seenAt.set(messageId, now);
    return true;
  }
}
