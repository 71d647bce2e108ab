import { sampleMessage } from '../traffic/sample-message.ts';

/** The queue, and the scope of its locks. */
export const queue = 'letters';

export const letterId = (place: number): string => `letter-${String(place).padStart(6, '0')}`;

export const letterBody: Buffer = Buffer.from(sampleMessage);
