/** A binary heap that knows where its items are: the first is at hand, any can be added or removed in O(log n). */
export class PriorityQueue<Item extends object> {
  readonly #compare: (left: Item, right: Item) => number;
  readonly #items: Item[] = [];
  readonly #places = new Map<Item, number>();

  /** `compare` as for `Array.prototype.sort`. Its answer for two items must not change while they are in the queue. */
  constructor(compare: (left: Item, right: Item) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): Item | undefined {
    return this.#items[0];
  }

  /** Adds an item that is not in the queue. */
  add(item: Item): void {
    this.#moveUp(item, this.#items.length);
  }

  takeFirst(): Item | undefined {
    const first = this.first;
    if (first !== undefined) this.delete(first);
    return first;
  }

  /** Whether the item was in the queue. */
  delete(item: Item): boolean {
    const place = this.#places.get(item);
    if (place === undefined) return false;
    this.#places.delete(item);
    const last = this.#items.pop();
    if (last !== undefined && last !== item) this.#moveUp(last, this.#moveDown(last, place));
    return true;
  }

  #moveUp(item: Item, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#items[above];
      if (parent === undefined || this.#compare(parent, item) <= 0) break;
      this.#put(parent, place);
      place = above;
    }
    this.#put(item, place);
  }

  #moveDown(item: Item, from: number): number {
    let place = from;
    for (;;) {
      let below = 2 * place + 1;
      let child = this.#items[below];
      const right = this.#items[below + 1];
      if (child !== undefined && right !== undefined && this.#compare(right, child) < 0) {
        child = right;
        below += 1;
      }
      if (child === undefined || this.#compare(item, child) <= 0) return place;
      this.#put(child, place);
      place = below;
    }
  }

  #put(item: Item, place: number): void {
    this.#items[place] = item;
    this.#places.set(item, place);
  }
}
