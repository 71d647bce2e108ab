import { describe, expect, it } from 'vitest';
import { AbortOfWork } from '../../src/application/abort-of-work.ts';

const first = new Error('the time is up');
const second = new Error('the host is stopping');

describe('The signal that a handler sees', () => {
  it('is aborted with the first reason', () => {
    const work = new AbortOfWork();
    const { signal } = work;
    expect(signal.aborted).toBe(false);
    work.abort(first);
    work.abort(second);
    expect(signal.reason).toBe(first);
    expect(work.signal).toBe(signal);
  });

  it('is aborted already for a handler that looks late', () => {
    const work = new AbortOfWork();
    work.abort(first);
    expect(work.signal.reason).toBe(first);
  });

  it('tells its listeners once', () => {
    const work = new AbortOfWork();
    let told = 0;
    work.signal.addEventListener('abort', () => {
      told += 1;
    });
    expect(told).toBe(0);
    work.abort(first);
    work.abort(second);
    expect(told).toBe(1);
  });
});

describe('The signal that a wait ends with', () => {
  it('does not call a listener that has left', () => {
    const work = new AbortOfWork();
    const leave = () => {
      throw new Error('It had left.');
    };
    work.addEventListener('abort', leave);
    work.removeEventListener('abort', leave);
    work.abort(first);
    expect(() => work.throwIfAborted()).toThrow(first);
  });
});
