import type { Config } from '../composition/config.ts';

/** A first request to the host at `address`, for a shell: content that its handler can work on. */
export function firstRequest(address: string, handler: Config['messageHandler']): string {
  const content = handler === 'scripted' ? '{"steps":[{"name":"charge","ms":1000}]}' : '{"item":"book","quantity":1}';
  const headers = "-H 'Idempotency-Key: order-1' -H 'Content-Type: application/json'";
  return `curl -i ${address}/api/messages ${headers} -d '${content}'`;
}
