import { describe, expect, it } from 'vitest';
import { RandomIds } from '../../../src/adapters/system/random-ids.ts';
import { escapeId } from '../../../src/domain/escaped-id.ts';

const ids = new RandomIds();
const many = <T>(make: () => T) => Array.from({ length: 1000 }, make);

describe('Random IDs', () => {
  it('are all different', () => {
    expect(new Set(many(() => ids.newMessageId())).size).toBe(1000);
    expect(new Set(many(() => ids.newOwnerId())).size).toBe(1000);
  });

  it('of messages are no JSON, and a name that needs no escape', () => {
    for (const id of many(() => ids.newMessageId())) {
      // No JSON text starts with an m, whatever random digits follow.
      expect(id).toMatch(/^m[0-9a-f]{32}$/);
      expect(escapeId(id)).toBe(id);
    }
  });
});
