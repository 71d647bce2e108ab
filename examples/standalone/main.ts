import { startHost } from 'immutable-service-bus/standalone';

// Settings come from the environment: ServiceBusConnection, LockStorage, QUEUE_NAME, PORT, …
// SIGTERM lets what is at work give up its locks, and ends the process.
await startHost({
  handler: async (message, context) => {
    const greeting = await context.step('greet', () => `Hello, ${message.id}, attempt ${context.attempt}`);
    return { greeting };
  },
});
