import type { Consumer } from '../../domain/work-key.ts';
import type { Config } from './config.ts';

/** Whose work keys a process with these settings makes. */
export const consumerOf = ({ lockScope, eventSource }: Pick<Config, 'lockScope' | 'eventSource'>): Consumer => ({
  scope: lockScope,
  ownSource: eventSource,
});
