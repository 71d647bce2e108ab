import { expect, it } from 'vitest';
import { jsonResponse } from '../../../src/adapters/http/json-response.ts';

it('An answer that is a text reads as a web-standard response does', async () => {
  const answer = jsonResponse(202, { text: 'größer' }, { location: '/there' });
  const standard = answer.toResponse();
  expect(standard).toBeInstanceOf(Response);
  expect(answer.status).toBe(standard.status);
  expect([...answer.headers]).toEqual([...standard.headers]);
  expect(answer.headers.get('Location')).toBe('/there');
  expect(await answer.text()).toBe(await standard.clone().text());
  expect(await answer.arrayBuffer()).toEqual(await standard.clone().arrayBuffer());
  expect(await standard.json()).toEqual({ text: 'größer' });
});
