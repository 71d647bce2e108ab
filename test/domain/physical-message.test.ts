import { describe, expect, it } from 'vitest';
import { isSamePhysicalMessage } from '../../src/domain/physical-message.ts';

const sent = { sequenceNumber: '9223372036854775806', enqueuedTime: '2024-02-19T00:24:11.314Z' };

describe('isSamePhysicalMessage', () => {
  it('knows a redelivery by both values', () => expect(isSamePhysicalMessage(sent, { ...sent })).toBe(true));

  it('tells apart sequence numbers that a double cannot', () =>
    expect(isSamePhysicalMessage(sent, { ...sent, sequenceNumber: '9223372036854775807' })).toBe(false));

  it('tells apart messages of two queues that count alike, by their time', () =>
    expect(isSamePhysicalMessage(sent, { ...sent, enqueuedTime: '2024-02-19T00:24:11.315Z' })).toBe(false));
});
