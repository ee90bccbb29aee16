import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { isLocal } from '../../bot/isLocal.ts';

const from = (remoteAddress: string | undefined, headers: IncomingMessage['headers']) =>
  isLocal({ socket: { remoteAddress }, headers } as IncomingMessage);

describe('a request', () => {
  const local: readonly [peer: string, headers: IncomingMessage['headers']][] = [
    ['127.0.0.1', { host: 'localhost:3978' }],
    ['127.9.9.9', { host: '127.0.0.1' }],
    ['::1', { host: '[::1]:3978' }],
    ['::ffff:127.0.0.1', { host: 'LOCALHOST' }],
    ['127.0.0.1', { host: 'localhost', origin: 'http://localhost:5000' }],
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
  ];
  for (const [peer, headers] of foreign) {
    it(`is not local from ${peer} with ${JSON.stringify(headers)}`, () =>
      assert.equal(from(peer, headers), false));
  }
});
