import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The endpoint at which the platform gives an app the tokens of its managed identity. It gives whatever is asked for. */
export class StandInIdentityEndpoint {
  /** What was asked for: the service, and the client ID if there was one. */
  readonly requests: { readonly resource: string | null; readonly clientId: string | null }[] = [];
  /** What it says instead of giving a token. */
  refusal: string | undefined;
  readonly #server: Server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    this.requests.push({ resource: searchParams.get('resource'), clientId: searchParams.get('client_id') });
    this.#answer(response);
  });

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** The environment in which an app finds it. Source: Microsoft, "How to use managed identities", REST endpoint reference. */
  get environment(): Readonly<Record<string, string>> {
    const { port } = this.#server.address() as AddressInfo;
    return { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER: 'secret' };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(response: ServerResponse): void {
    const inAnHour = Math.floor(Date.now() / 1000) + 3600;
    const token = { access_token: `token ${this.requests.length}`, expires_on: String(inAnHour), token_type: 'Bearer' };
    const refused = { statusCode: 400, message: this.refusal };
    response.writeHead(this.refusal === undefined ? 200 : 400, { 'content-type': 'application/json' });
    response.end(JSON.stringify(this.refusal === undefined ? token : refused));
  }
}
