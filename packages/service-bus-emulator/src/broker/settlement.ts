import type { ApplicationProperties } from './stored-message.ts';

/** What a receiver says has become of a delivery. */
export type Settlement =
  | { readonly kind: 'complete' }
  | { readonly kind: 'abandon'; readonly properties: ApplicationProperties }
  | { readonly kind: 'defer'; readonly properties: ApplicationProperties }
  | {
      readonly kind: 'deadLetter';
      readonly reason: string | undefined;
      readonly description: string | undefined;
      readonly properties: ApplicationProperties;
    };
