import type { ServiceBusMessage, ServiceBusSender } from '@azure/service-bus';

/** Sends all of them, in as few batches as they fit into. Resolves once the queue has confirmed the last one. */
export async function sendInBatches(sender: ServiceBusSender, messages: readonly ServiceBusMessage[]): Promise<void> {
  let batch = await sender.createMessageBatch();
  for (const message of messages) {
    if (batch.tryAddMessage(message)) continue;
    if (batch.count > 0) await sender.sendMessages(batch);
    batch = await sender.createMessageBatch();
    // One that fills a batch by itself goes alone: the queue says whether it takes it.
    if (!batch.tryAddMessage(message)) await sender.sendMessages(message);
  }
  if (batch.count > 0) await sender.sendMessages(batch);
}
