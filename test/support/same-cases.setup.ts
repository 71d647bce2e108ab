import fc from 'fast-check';

// For mutation runs: the same generated cases each time, so that the score does not depend on luck; and no search for a
// smaller one, which nobody would read.
fc.configureGlobal({ seed: 42, endOnFailure: true });
