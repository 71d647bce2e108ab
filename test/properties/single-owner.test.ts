import { it } from 'vitest';
import { plans } from './simulation/any-plan.ts';
import { holds } from './simulation/promise.ts';

it('at most one owner has the greatest token, and no write of another is applied, whatever machines, clocks and network do', () =>
  holds(plans(), 'single owners'));
