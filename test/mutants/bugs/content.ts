import type { Mutant } from '../mutant.ts';

/** Bugs in what is read of a message: the value that its handler gets, and the fingerprint that tells it from others. */
export const contentBugs: readonly Mutant[] = [
  {
    name: 'a number that a double cannot hold is taken for exact',
    file: 'src/adapters/cloud-events/canonical-json.ts',
    text: 'if (String(Number(written)) !== written) this.#isOther = true;',
    replacement: '',
    danger: 'A handler gets another order number than was sent.',
  },
  {
    name: 'of a name that stands twice the last value counts',
    file: 'src/adapters/cloud-events/member-layout.ts',
    text: 'if (new Set(keys).size < keys.length) return undefined;',
    replacement: '',
    danger: 'A handler gets one of two values, and nobody says that there were two.',
  },
  {
    name: 'members count in the order in which they were sent',
    file: 'src/adapters/cloud-events/canonical-json.ts',
    text: 'if (layout !== undefined && !layout.isInOrder) this.#putInOrder(layout, first);',
    replacement: '',
    danger: 'A retry that writes the same content in another order is refused as other content.',
  },
  {
    name: 'what was put in order within a member is read again as it was',
    file: 'src/adapters/cloud-events/canonical-json.ts',
    text: 'this.#inOrderUntil = this.#at;',
    replacement: '',
    danger: 'A retry that writes the members of a member in another order is refused as other content.',
  },
  {
    name: 'an escape counts as it was written',
    file: 'src/adapters/cloud-events/canonical-json.ts',
    text: 'if (written === undefined) this.#isOther = true;\n    else this.#at += written.length;',
    replacement: 'this.#at += written?.length ?? 2;',
    danger: 'The same text in another spelling has another fingerprint, and a retry is refused.',
  },
];
