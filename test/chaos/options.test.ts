import { describe, expect, it } from 'vitest';
import { chaosOptions, UsageError } from './options.ts';

const options = (...args: readonly string[]) => chaosOptions(args, () => 7);

describe('The options of a chaos run', () => {
  it('are five minutes, four processes and any seed, if nothing is given', () => {
    expect(options()).toEqual({
      minutes: 5,
      seed: 7,
      processes: 4,
      messages: 20_000,
      producers: 'own',
      layout: 'flat',
    });
  });

  it('are what is given', () => {
    const given = [
      '--minutes',
      '0.5',
      '--seed',
      '42',
      '--processes',
      '8',
      '--messages',
      '100',
      '--producers',
      'foreign',
      '--layout',
      'moved',
    ];
    expect(options(...given)).toEqual({
      minutes: 0.5,
      seed: 42,
      processes: 8,
      messages: 100,
      producers: 'foreign',
      layout: 'moved',
    });
  });

  it.each([
    [['--minutes', '0'], '--minutes is "0", but must be a number from 0.1 to 600.'],
    [['--minutes', 'five'], '--minutes is "five"'],
    [['--seed', '1.5'], '--seed is "1.5", but must be a number from 0 to 4294967295.'],
    [['--processes', '0'], '--processes is "0", but must be a number from 1 to 16.'],
    [['--messages', ''], '--messages is ""'],
    [['--producers', 'all'], '--producers is "all", but must be own, foreign or several.'],
    [['--layout', 'tree'], '--layout is "tree", but must be flat, spread or moved.'],
    [['--hours', '1'], "Unknown option '--hours'"],
    [['--seed'], "'--seed <value>' argument missing"],
    [['5'], "Unexpected argument '5'"],
  ])('are refused, with what can be given: %s', (args, why) => {
    expect(() => options(...args)).toThrow(UsageError);
    expect(() => options(...args)).toThrow(why);
    expect(() => options(...args)).toThrow('npm run chaos -- [--minutes 5]');
  });
});
