import { hash } from 'node:crypto';
import type { Sha256Hex } from '../../domain/lock-name.ts';

/** SHA-256 (FIPS 180-4) of a text's UTF-8 bytes. */
export const sha256Hex: Sha256Hex = (text) => hash('sha256', text);
