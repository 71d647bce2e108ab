import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoadedApp } from '../../support/functions/loaded-app.ts';
import { packageApp } from '../../support/functions/packaged-app.ts';
import type { ApiAnswer } from './api-contract.ts';
import { describeApi } from './describe-api.ts';

describeApi('The Function App', {
  start: async (settings) => {
    const packaged = await packageApp();
    const { main } = JSON.parse(readFileSync(join(packaged.folder, 'package.json'), 'utf8'));
    const app = await LoadedApp.load(packaged.folder, main, settings);
    return {
      send: async ({ method, path, headers, body }): Promise<ApiAnswer> => {
        const { pathname } = new URL(path, origin);
        const init = { method, ...(headers && { headers }), ...(body !== undefined && { body }) };
        return app.request(functionFor(app, method, pathname), `${origin}${path}`, init);
      },
      stop: async () => {
        await app.terminate();
        packaged.remove();
      },
    };
  },
  // The host reads a request to its end and bounds how many there are; and it answers 404 for a route of no function.
  notHere: [
    'any bad-request',
    'any busy',
    'any expectation-failed',
    'any headers-too-large',
    'any not-found',
    'any not-implemented',
    'any request-timeout',
    'post /api/messages 400 incomplete-body',
  ],
});

const origin = 'https://example.azurewebsites.net';

/** As the host finds it: by the routes and methods of the HTTP triggers. */
function functionFor(app: LoadedApp, method: string, pathname: string): string {
  const found = app.functions.find(({ name }) => {
    const { type, route, methods } = app.trigger(name);
    if (type !== 'httpTrigger' || !(methods as string[]).includes(method)) return false;
    return new RegExp(`^/api/${String(route).replace(/\{\w+\}/, '[^/]+')}$`).test(pathname);
  });
  if (found === undefined) throw new Error(`The host has no function for ${method} ${pathname}.`);
  return found.name;
}
