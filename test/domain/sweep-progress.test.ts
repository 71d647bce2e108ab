import { describe, expect, it } from 'vitest';
import { parseSweepProgress, type SweepProgress, sweepProgressText } from '../../src/domain/sweep-progress.ts';
import { storeTime } from '../../src/domain/time.ts';
import { lockOf } from '../support/lock-records.ts';

const pass = { startedAt: storeTime(1000), upTo: lockOf('m-1'), isOver: false, listed: 2, deleted: 1 };

describe('The progress of a sweep', () => {
  it.each<SweepProgress>([
    {},
    { owner: 'me', presentSince: storeTime(0), pass },
    { presentSince: storeTime(5), pass: { ...pass, upTo: undefined, isOver: true } },
  ])('is read as it was written: %o', (progress) => {
    expect(parseSweepProgress(sweepProgressText(progress))).toEqual(progress);
  });

  it.each([
    '',
    'null',
    '7',
    '{"owner":7}',
    '{"presentSince":"today"}',
    '{"pass":null}',
    '{"pass":{}}',
    '{"pass":{"startedAt":1,"isOver":1,"listed":2,"deleted":3}}',
    '{"pass":{"startedAt":1,"isOver":true,"listed":2.5,"deleted":3}}',
    '{"pass":{"startedAt":1,"isOver":true,"listed":2,"deleted":3,"upTo":4}}',
  ])('is nothing if the text is damaged: %s', (text) => {
    expect(parseSweepProgress(text)).toBeUndefined();
  });
});
