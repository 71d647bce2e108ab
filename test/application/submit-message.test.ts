import { describe, expect, it } from 'vitest';
import {
  InMemoryMessagePublisher,
  type PublishFault,
} from '../../src/adapters/in-memory/in-memory-message-publisher.ts';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import type { SubmissionVerdict } from '../../src/application/submission-check.ts';
import { SubmitMessage } from '../../src/application/submit-message.ts';
import { ownerId } from '../../src/domain/owner.ts';
import { messageId } from '../support/lock-records.ts';

const content = { kind: 'json', value: 1 } as const;
const id = messageId('m-1');

function submitOf(verdict: SubmissionVerdict = { kind: 'sendable' }, fault?: PublishFault) {
  const publisher = new InMemoryMessagePublisher(() => fault);
  const ids = { newMessageId: () => messageId('new-1'), newOwnerId: () => ownerId('unused') };
  const submissionCheck = { run: async () => verdict };
  const submit = new SubmitMessage(
    { publisher, ids, clock: new ManualClock(), submissionCheck },
    { scope: 'queue', ownSource: '/api/messages', type: 'test.submitted' },
  );
  return { submit, publisher };
}

describe('A submission', () => {
  it('is put on the queue under the ID of its sender, with the service as its source', async () => {
    const { submit, publisher } = submitOf();
    expect(await submit.run({ id, content })).toMatchObject({ kind: 'published', message: { id } });
    const time = '2024-01-01T00:00:00.000Z';
    expect(publisher.published).toEqual([{ id, source: '/api/messages', type: 'test.submitted', time, content }]);
  });

  it('gets an ID if it has none, which nobody can have other content under', async () => {
    const { submit, publisher } = submitOf({ kind: 'mismatch' });
    expect(await submit.run({ content })).toMatchObject({ kind: 'published', message: { id: 'new-1' } });
    expect(publisher.published).toHaveLength(1);
  });

  it('that is another producer’s event is handed on as it came', async () => {
    const { submit, publisher } = submitOf();
    await submit.run({ id, content, source: '/shop', type: 'order.placed' });
    expect(publisher.published).toEqual([{ id, source: '/shop', type: 'order.placed', content }]);
  });

  it.each<SubmissionVerdict>([{ kind: 'mismatch' }, { kind: 'failed', lastError: 'oh' }])(
    'that is found to be $kind is not put on the queue',
    async (verdict) => {
      const { submit, publisher } = submitOf(verdict);
      expect(await submit.run({ id, content })).toMatchObject({ ...verdict, message: { id } });
      expect(publisher.published).toEqual([]);
    },
  );

  it('of a message that failed for good is put on the queue if it is to be tried again', async () => {
    const { submit, publisher } = submitOf({ kind: 'failed', lastError: 'oh' });
    expect(await submit.run({ id, content }, { again: true })).toMatchObject({ kind: 'published' });
    expect(publisher.published).toHaveLength(1);
  });

  it.each([
    ['too-large', 'too-large'],
    ['confirmation-lost', 'unknown'],
  ] as const)('of which the queue says %s has that as its outcome, and its ID', async (fault, kind) => {
    expect(await submitOf(undefined, fault).submit.run({ id, content })).toMatchObject({ kind, message: { id } });
  });
});
