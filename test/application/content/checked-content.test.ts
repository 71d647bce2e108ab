import { describe, expect, it, vi } from 'vitest';
import { withSchema } from '../../../src/application/content/checked-content.ts';
import type { Checked, StandardSchema } from '../../../src/application/content/standard-schema.ts';
import type { DeliveredMessage } from '../../../src/domain/message.ts';
import { PermanentFailure } from '../../../src/domain/step-errors.ts';
import { contextOf } from '../../adapters/handlers/handler-context.ts';
import { delivery } from '../../support/deliveries.ts';

const schema = <Value>(
  validate: (value: unknown) => Checked<Value> | Promise<Checked<Value>>,
): StandardSchema<Value> => ({
  '~standard': { version: 1, vendor: 'test', validate },
});
const message = (content: DeliveredMessage['content']): DeliveredMessage => ({ ...delivery().message, content });
const one = message({ kind: 'json', value: 1 });

describe('A handler with a schema', () => {
  it('gets what the schema made of the content, and all else of the message', async () => {
    const handler = vi.fn(async () => 'done');
    const checked = withSchema(
      schema(async (value) => ({ value: `number ${value}` })),
      handler,
    );
    const context = contextOf();
    expect(await checked(one, context)).toBe('done');
    expect(handler).toHaveBeenCalledWith({ ...one, content: { kind: 'json', value: 'number 1' } }, context);
  });

  it('does not run for content that does not fit: it fails for good, with the place of each misfit', async () => {
    const handler = vi.fn();
    const issues = [
      { message: 'must be a text.', path: ['items', 0, { key: 'sku' }] },
      { message: 'must be positive', path: ['total'] },
      { message: 'is odd' },
    ];
    const failure = withSchema(
      schema(() => ({ issues })),
      handler,
    )(one, contextOf());
    await expect(failure).rejects.toBeInstanceOf(PermanentFailure);
    await expect(failure).rejects.toThrow(
      'The content does not fit its schema: items[0].sku: must be a text; total: must be positive; the whole: is odd.',
    );
    expect(handler).not.toHaveBeenCalled();
  });

  it('tells of ten misfits, and how many more there are', async () => {
    const issues = Array.from({ length: 12 }, (_, index) => ({ message: 'is wrong', path: [index] }));
    const failure = withSchema(
      schema(() => ({ issues })),
      vi.fn(),
    )(one, contextOf());
    await expect(failure).rejects.toThrow('[9]: is wrong. And 2 more.');
  });

  it('takes bytes for a misfit, and says why content can come so', async () => {
    const failure = withSchema(
      schema(() => ({ value: 1 })),
      vi.fn(),
    )(message({ kind: 'binary', bytes: Buffer.from('12345678901234567890') }), contextOf());
    await expect(failure).rejects.toThrow('it came as bytes, since it is not JSON, or JSON of which');
  });

  it('fails as other work does if the validator itself throws', async () => {
    const failure = withSchema(
      schema(() => {
        throw new TypeError('a mistake');
      }),
      vi.fn(),
    )(one, contextOf());
    await expect(failure).rejects.toThrow(new TypeError('a mistake'));
  });
});
