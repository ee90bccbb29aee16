import assert from 'node:assert/strict';
import { networkFrom } from '../../../bot/access/networkFrom.ts';

describe('whose network a request comes from', () => {
  const request = (forwarded?: string) => ({
    socket: { remoteAddress: '10.0.0.1' },
    headers: { ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) },
  });

  for (const [proxies, forwarded, expected] of [
    [0, undefined, '10.0.0.1'],
    [0, '192.0.2.1', '10.0.0.1'],
    [1, '192.0.2.1', '192.0.2.1'],
    [1, '198.51.100.1, 192.0.2.1:4000', '192.0.2.1'],
    [1, '[2001:db8:1:2::9]:4000', '2001:db8:1:2'],
    [1, '2001:db8:1:2::9', '2001:db8:1:2'],
    [2, '198.51.100.1,192.0.2.1,10.0.0.2', '192.0.2.1'],
    [2, '10.0.0.2', '10.0.0.1'],
    [1, undefined, '10.0.0.1'],
    [1, '192.0.2.1, ', '10.0.0.1'],
  ] as const)
    it(`${proxies} proxies of ours, ${forwarded ?? 'nothing'} said: ${expected}`, () => {
      assert.equal(networkFrom(proxies)(request(forwarded)), expected);
    });
});
