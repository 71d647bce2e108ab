import { expect, it } from 'vitest';
import { ownerId, writeId } from '../../src/domain/owner.ts';

it('writeId names the owner and the place of the write', () =>
  expect(writeId(ownerId('owner-a'), 7)).toBe('owner-a:7'));
