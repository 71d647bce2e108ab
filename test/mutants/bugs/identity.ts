import type { Mutant } from '../mutant.ts';

/** Bugs in what tells a message from others. */
export const identityBugs: readonly Mutant[] = [
  {
    name: 'a message ID is read as JSON, as the Functions library does',
    file: 'src/adapters/azure-functions/received-from-trigger.ts',
    text: "if (typeof value?.string === 'string') return value.string;",
    replacement: "if (typeof value?.string === 'string') return String(parsedJson(value.string) ?? value.string);",
    danger: 'Messages with the IDs 77 and 77.0 share a lock: the work of the second is never done.',
  },
  {
    name: 'the source of an event is left out of its names',
    file: 'src/domain/work-key.ts',
    text: 'source === undefined ? escapeId(id)',
    replacement: 'id.length > 0 ? escapeId(id)',
    danger: 'Two producers that count their events share locks: the work of the second event is never done.',
  },
  {
    name: 'the default scope keeps the case of the name of the queue',
    file: 'src/entrypoints/composition/config.ts',
    text: "settings.matching('LOCK_SCOPE', queueName.toLowerCase(),",
    replacement: "settings.matching('LOCK_SCOPE', queueName,",
    danger: 'Two hosts that spell the one queue in two ways do the work of each message twice.',
  },
];
