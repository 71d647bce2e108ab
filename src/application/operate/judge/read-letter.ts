import { DeliveryError } from '../../../domain/errors.ts';
import type { Fingerprint } from '../../../domain/fingerprint.ts';
import type { MessageIdentity } from '../../../domain/work-key.ts';
import type { IdOf } from '../../content/id-of.ts';
import type { ReceivedMessage } from '../../ports/received-message.ts';
import type { ReadLetter } from '../judge-letters.ts';

/** What is received as a delivery of the app. @throws DeliveryError if it is not one. */
type DeliveryOf = (
  received: ReceivedMessage,
  idOf: IdOf | undefined,
) => { readonly key: MessageIdentity; readonly fingerprint: Fingerprint };

/** Reads dead letters as the app reads its deliveries; `unknown`: it names them by a function that is not at hand. */
export const readLetter =
  (deliveryOf: DeliveryOf, idOf: IdOf | 'unknown' | undefined) =>
  (received: ReceivedMessage): ReadLetter => {
    try {
      const { key, fingerprint } = deliveryOf(received, idOf === 'unknown' ? undefined : idOf);
      if (idOf === 'unknown') return { unnamed: 'its lock is named by idOf, which is not at hand: see --guards' };
      return { identity: key, fingerprint };
    } catch (error) {
      if (error instanceof DeliveryError) return { problem: error.message };
      throw error;
    }
  };
