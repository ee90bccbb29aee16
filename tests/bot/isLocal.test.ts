import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { isLocal, localOnly } from '../../bot/isLocal.ts';

const from = (remoteAddress: string | undefined, headers: IncomingMessage['headers']) =>
  isLocal({ socket: { remoteAddress }, headers } as IncomingMessage);

describe('a request', () => {
  const local: readonly [peer: string, headers: IncomingMessage['headers']][] = [
    ['127.0.0.1', { host: 'localhost:3978' }],
    ['127.9.9.9', { host: '127.0.0.1' }],
    ['::1', { host: '[::1]:3978' }],
    ['::ffff:127.0.0.1', { host: 'LOCALHOST' }],
    ['127.0.0.1', { host: 'localhost', origin: 'http://localhost:5000' }],
    ['127.0.0.1', { host: 'localhost', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }],
    ['127.0.0.1', { host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
  ];
  for (const [peer, headers] of local) {
    it(`is local from ${peer} with ${JSON.stringify(headers)}`, () =>
      assert.equal(from(peer, headers), true));
  }

  const foreign: readonly [peer: string | undefined, headers: IncomingMessage['headers']][] = [
    ['10.0.0.5', { host: 'localhost' }],
    ['::ffff:10.0.0.5', { host: 'localhost' }],
    ['2001:db8::1', { host: 'localhost' }],
    [undefined, { host: 'localhost' }],
    ['127.0.0.1', {}],
    ['127.0.0.1', { host: '' }],
    ['127.0.0.1', { host: 'bot.example.com' }],
    ['127.0.0.1', { host: 'localhost.example.com' }],
    ['127.0.0.1', { host: '127.0.0.1.example.com' }],
    ['127.0.0.1', { host: 'localhost', forwarded: 'for=127.0.0.1' }],
    ['127.0.0.1', { host: 'localhost', 'x-forwarded-for': '127.0.0.1' }],
    ['127.0.0.1', { host: 'localhost', 'x-forwarded-proto': 'https' }],
    ['127.0.0.1', { host: 'localhost', origin: 'https://example.com' }],
    ['127.0.0.1', { host: 'localhost', origin: 'null' }],
    ['127.0.0.1', { host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ];
  for (const [peer, headers] of foreign) {
    it(`is not local from ${peer} with ${JSON.stringify(headers)}`, () =>
      assert.equal(from(peer, headers), false));
  }
});

describe('what takes no password', () => {
  const request = {
    socket: { remoteAddress: '127.0.0.1' },
    headers: { host: 'localhost' },
  } as IncomingMessage;

  it('is for this machine, unless PUBLIC_URL says that the world gets here', () => {
    assert.equal(localOnly(undefined)(request), true);
    assert.equal(localOnly('http://localhost:3978')(request), true);
    assert.equal(localOnly('https://bot.example.com')(request), false);
    assert.equal(localOnly(undefined)({ ...request, headers: {} } as IncomingMessage), false);
  });
});
