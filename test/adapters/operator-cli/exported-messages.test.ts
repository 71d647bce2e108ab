import { expect, it } from 'vitest';
import { readExport } from '../../../src/adapters/operator-cli/exported-messages.ts';

const exported = { messageId: 'm-1', body: Buffer.from('{"n":1.0}').toString('base64'), verdict: 'malformed' };

async function* lines(...texts: readonly string[]) {
  yield* texts;
}

it('An export is read line by line, with the very bytes of each body', async () => {
  const properties = { applicationProperties: { priority: 'high', isNew: true, nothing: null }, subject: 'order' };
  const read = await readExport(lines(JSON.stringify({ ...exported, ...properties }), '', JSON.stringify(exported)));
  expect(read).toEqual({
    messages: [
      { messageId: 'm-1', body: Buffer.from('{"n":1.0}'), ...properties },
      { messageId: 'm-1', body: Buffer.from('{"n":1.0}'), applicationProperties: {} },
    ],
  });
});

it('Everything that is wrong with an export is named at once, and nothing of it is used', async () => {
  const wrong = (changes: object) => JSON.stringify({ ...exported, ...changes });
  const read = await readExport(
    lines(
      '{',
      '[]',
      wrong({ messageId: '' }),
      wrong({ body: '*' }),
      wrong({ body: undefined }),
      wrong({ subject: 1 }),
      wrong({ applicationProperties: { when: { value: 1 } } }),
      wrong({ notRepeatable: 'its body is an AMQP value' }),
      JSON.stringify(exported),
    ),
  );
  expect(read).toEqual({
    problems: [
      'Line 1 is not JSON.',
      'Line 2 is not a JSON object.',
      expect.stringMatching(/^Line 3 has a messageId that /),
      'Line 4 has no body in Base64.',
      'Line 5 has no body in Base64.',
      'Line 6 has a subject that is not a text.',
      'Line 7 has applicationProperties that are not texts, numbers, booleans or null.',
      'Line 8 cannot be sent as it came: its body is an AMQP value.',
    ],
  });
});
