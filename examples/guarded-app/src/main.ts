import { app } from '@azure/functions';
import { messageGuard } from 'immutable-service-bus/functions';
import { bill } from './bill.ts';
import { audit, closeDay, nextStep, payOrder, takeOrder } from './work.ts';

const guard = messageGuard();
const connection = 'Bus';

app.serviceBusQueue('orders', guard.queue({ queueName: 'orders', connection, handler: takeOrder }));
app.serviceBusQueue('payments', guard.queue({ queueName: 'payments', connection, handler: payOrder }));
app.serviceBusQueue('audit', guard.queue({ queueName: 'audit', connection, handler: audit, dataType: 'binary' }));
app.serviceBusQueue(
  'steps',
  guard.queue({ queueName: 'steps', connection, isSessionsEnabled: true, handler: nextStep }),
);
app.serviceBusTopic(
  'billing',
  guard.topic({ topicName: 'invoices', subscriptionName: 'billing', connection, ...bill }),
);
// A timer may fire twice, and on several instances: the day is closed once. It is the one before, at whatever hour this runs.
app.timer('closeDay', {
  schedule: '0 0 2 * * *',
  handler: async (_timer, context) => {
    const day = new Date(Date.now() - 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
    const outcome = await guard.once({ scope: 'close-day', id: day }, (once) => closeDay(day, once));
    context.log(`${day}: ${outcome.kind}`);
  },
});
