import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LazyCredential } from '../../../src/adapters/identity/lazy-credential.ts';
import { StandInIdentityEndpoint } from '../../support/stand-in-identity-endpoint.ts';

const clientId = '6a2c1a4e-7f5b-4c39-9d5e-0f4b6c1d2e3f';

let services = 0;
/** The SDK keeps tokens for the whole process, so that each test asks for another service. */
function newService() {
  services += 1;
  const resource = `https://service-${services}.azure.com`;
  return { resource, scope: `${resource}/.default` };
}

// One for all, since the SDK also keeps the address of the first.
const endpoint = new StandInIdentityEndpoint();
beforeAll(async () => {
  await endpoint.start();
  for (const [name, value] of Object.entries(endpoint.environment)) vi.stubEnv(name, value);
});
beforeEach(() => endpoint.requests.splice(0));
afterAll(() => {
  vi.unstubAllEnvs();
  endpoint.close();
});

describe('A managed identity', () => {
  it('that is the only one of the app gives a token for the service that is asked for', async () => {
    const credential = new LazyCredential({ kind: 'managed' });
    const { scope, resource } = newService();
    expect(await credential.getToken(scope)).toMatchObject({ token: expect.any(String) });
    expect(endpoint.requests).toEqual([{ resource, clientId: null }]);
  });

  it('is chosen among several by its client ID', async () => {
    const credential = new LazyCredential({ kind: 'managed', clientId });
    await credential.getToken(newService().scope);
    expect(endpoint.requests).toMatchObject([{ clientId }]);
  });

  it('is the default one of an app that has one', async () => {
    const credential = new LazyCredential({ kind: 'default', clientId });
    expect(await credential.getToken(newService().scope)).toMatchObject({ token: expect.any(String) });
    expect(endpoint.requests).toContainEqual(expect.objectContaining({ clientId }));
  });

  it('is asked once by many requests at once, and by those that come later', async () => {
    const credential = new LazyCredential({ kind: 'managed' });
    const { scope } = newService();
    const tokens = await Promise.all(Array.from({ length: 5 }, () => credential.getToken(scope)));
    tokens.push(await credential.getToken(scope));
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1);
    expect(endpoint.requests).toHaveLength(1);
  });

  it('gives each service a token of its own', async () => {
    const credential = new LazyCredential({ kind: 'managed' });
    const both = [newService(), newService()];
    for (const { scope } of both) await credential.getToken(scope);
    expect(endpoint.requests.map(({ resource }) => resource)).toEqual(both.map(({ resource }) => resource));
  });

  it('gives its token to the next request, when the one that asked gave up', async () => {
    const credential = new LazyCredential({ kind: 'managed' });
    const { scope } = newService();
    const abortSignal = AbortSignal.abort();
    await expect(credential.getToken(scope, { abortSignal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(await credential.getToken(scope)).toMatchObject({ token: expect.any(String) });
    expect(endpoint.requests).toHaveLength(1);
  });

  it('that gives no token is named, with the settings to look at, and asked again by the next request', async () => {
    const credential = new LazyCredential({ kind: 'managed', clientId });
    const { scope } = newService();
    endpoint.refusal = 'No such identity.';
    const refused = await credential.getToken(scope).catch((error) => error);
    expect(refused).toMatchObject({ name: 'TokenError', cause: { name: 'CredentialUnavailableError' } });
    expect(refused.message).toContain(
      `The managed identity with the client ID ${clientId} gave no token for ${scope}. Give this app that identity`,
    );
    endpoint.refusal = undefined;
    expect(await credential.getToken(scope)).toMatchObject({ token: expect.any(String) });
  });
});
