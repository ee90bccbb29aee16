import assert from 'node:assert/strict';
import { passedHeaders } from '../../../middleware/forwarding/passedHeaders.ts';

describe('passedHeaders', () => {
  it('leaves out those of the connection, and those that the connection names', () => {
    assert.deepEqual(
      passedHeaders({
        host: 'a.example',
        connection: 'Keep-Alive, X-Hop',
        'keep-alive': 'timeout=5',
        'transfer-encoding': 'chunked',
        'content-length': '3',
        te: 'trailers',
        trailer: 'x',
        upgrade: 'h2c',
        expect: '100-continue',
        'proxy-authorization': 'secret',
        'x-hop': '1',
        'x-forwarded-for': '1.2.3.4',
        'content-type': 'text/plain',
        'x-empty': '',
        'x-twice': ['a', 'b'],
        'x-absent': undefined,
      }),
      { 'x-forwarded-for': '1.2.3.4', 'content-type': 'text/plain', 'x-empty': '', 'x-twice': 'a, b' },
    );
  });
});
