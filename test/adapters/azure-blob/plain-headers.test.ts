import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { PlainHeaders } from '../../../src/adapters/azure-blob/plain-headers.ts';

describe('Headers in a plain object', () => {
  const both = () => [
    new PlainHeaders({ etag: '"1"', date: 'today' }),
    createHttpHeaders({ etag: '"1"', date: 'today' }),
  ];

  it("are read and changed as the library's own", () => {
    for (const headers of both()) {
      headers.set('Content-Length', 5);
      headers.delete('DATE');
      expect([headers.get('ETag'), headers.get('content-length'), headers.get('date')]).toEqual([
        '"1"',
        '5',
        undefined,
      ]);
      expect([headers.has('eTag'), headers.has('Date')]).toEqual([true, false]);
      expect(headers.toJSON()).toEqual({ etag: '"1"', 'content-length': '5' });
      expect([...headers].map(([name, value]) => [name.toLowerCase(), value])).toEqual([
        ['etag', '"1"'],
        ['content-length', '5'],
      ]);
    }
  });

  it('join what came several times', () => {
    expect(new PlainHeaders({ 'www-authenticate': ['Basic', 'Bearer'] } as never).get('WWW-Authenticate')).toBe(
      'Basic, Bearer',
    );
  });
});
