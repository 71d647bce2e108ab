import { ServiceBusError } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { sendingFailure } from '../../../src/adapters/service-bus/service-bus-errors.ts';

describe('A message that was not confirmed', () => {
  it('for want of a right is explained by the setting and the role', () => {
    const cause = new ServiceBusError('Unauthorized access.', 'UnauthorizedAccess');
    const failure = sendingFailure('orders', new AggregateError([new Error('first try'), cause]));
    expect(failure).toMatchObject({ cause });
    expect(String(failure)).toMatch(/ServiceBusConnection.*"Azure Service Bus Data Sender"/);
  });

  it('for any other reason is explained by the error of the last try', () => {
    const cause = new ServiceBusError('Busy.', 'ServiceBusy');
    expect(sendingFailure('orders', new AggregateError([new Error('first try'), cause]))).toBe(cause);
  });
});
