import type { ApplicationProperties } from './stored-message.ts';

/** What a receiver says has become of a delivery. */
export type Settlement =
  | { readonly kind: 'complete' }
  /** Given back untouched: it does not count as a delivery. Source: AMQP 1.0 part 3, section 3.4.4. */
  | { readonly kind: 'release' }
  | { readonly kind: 'abandon'; readonly properties: ApplicationProperties }
  | { readonly kind: 'defer'; readonly properties: ApplicationProperties }
  | {
      readonly kind: 'deadLetter';
      readonly reason: string | undefined;
      readonly description: string | undefined;
      readonly properties: ApplicationProperties;
    };
