import { expect, it } from 'vitest';
import { jsonResponse } from '../../../src/adapters/http/json-response.ts';

it('An answer that is a text reads as a web-standard response does', async () => {
  const answer = () => jsonResponse(202, { text: 'größer' }, { location: '/there' });
  const standard = () => new Response(answer().content, { status: 202, headers: answer().plainHeaders });
  expect(answer().status).toBe(202);
  expect([...answer().headers]).toEqual([...standard().headers]);
  expect(answer().headers.get('Location')).toBe('/there');
  expect(await answer().text()).toBe(await standard().text());
  expect(await answer().json()).toEqual({ text: 'größer' });
  expect(await answer().arrayBuffer()).toEqual(await standard().arrayBuffer());
  expect(await new Response(answer().body).text()).toBe(await standard().text());
});
