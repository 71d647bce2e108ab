import type { GuardedContext, StandardSchema } from 'immutable-service-bus/functions';

interface Invoice {
  readonly invoice: string;
  readonly total: number;
}

/** Any validator that follows Standard Schema can be here: zod, valibot, arktype. This one is written by hand. */
const schema: StandardSchema<Invoice> = {
  '~standard': {
    version: 1,
    vendor: 'shop',
    validate: (value) => {
      const { invoice, total } = Object(value) as Partial<Invoice>;
      if (typeof invoice !== 'string') return { issues: [{ message: 'must be a text', path: ['invoice'] }] };
      if (typeof total !== 'number') return { issues: [{ message: 'must be a number', path: ['total'] }] };
      return { value: { invoice, total } };
    },
  },
};

/** Invoices are known by their number, however often and under whatever message IDs they are sent. */
export const bill = {
  schema,
  idOf: ({ content }: { readonly content: GuardedContext['message']['content'] }): string =>
    content.kind === 'json' ? `invoice-${(content.value as Partial<Invoice>).invoice}` : '',
  handler: async ({ invoice, total }: Invoice, context: GuardedContext): Promise<{ readonly billed: string }> => {
    context.log(`billed ${total} for ${invoice}`);
    return { billed: invoice };
  },
};
