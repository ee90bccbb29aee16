import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { createHookAllowList } from '../../../../middleware/acknowledgements/hooks/allowList.ts';
import { guardLookup } from '../../../../middleware/acknowledgements/hooks/guardLookup.ts';
import { createHookClient } from '../../../../middleware/acknowledgements/hooks/hookClient.ts';
import { isPublicAddress } from '../../../../middleware/acknowledgements/hooks/isPublicAddress.ts';
import { createHookSigner } from '../../../../middleware/acknowledgements/hooks/signature.ts';
import { systemClock } from '../../../../middleware/timing/systemClock.ts';
import { type StandIn, serveHttp, serveTcp } from '../../../support/standIn.ts';

/** Every kind of address that is not anybody's on the internet, the edges of its net first. */
const notPublic: Readonly<Record<string, readonly string[]>> = {
  unspecified: ['0.0.0.0', '0.255.255.255', '::'],
  private: ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
  'carrier-grade NAT': ['100.64.0.0', '100.127.255.255'],
  loopback: ['127.0.0.1', '127.255.255.255', '::1'],
  'link-local and clouds’ metadata': [
    '169.254.0.0',
    '169.254.169.254',
    '169.254.255.255',
    'fe80::1',
    'febf::1',
  ],
  'Azure’s platform': ['168.63.129.16'],
  'protocol assignments': ['192.0.0.0', '192.0.0.255', '2001::1', '2001:1ff::1'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  benchmarks: ['198.18.0.0', '198.19.255.255'],
  relays: ['192.88.99.1', '2002:a00:1::1'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
  reserved: ['240.0.0.1', '255.255.255.255', '100::1', '5f00::1', '4000::1'],
  'unique local': ['fc00::1', 'fd00:ec2::254', 'fdff::1'],
  'IPv4-mapped': ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:93.184.216.34'],
  NAT64: ['64:ff9b::7f00:1', '64:ff9b::93.184.216.34', '64:ff9b:1::a00:1'],
  'IPv4-compatible': ['::127.0.0.1'],
  'no address at all': ['', 'localhost', '1.2.3', '127.1', '0x7f.0.0.1', 'fe80::1%lo'],
};
/** The neighbours of those nets. */
const isPublic = [
  '1.0.0.0',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '168.63.129.15',
  '168.63.129.17',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '93.184.216.34',
  '2001:200::1',
  '2001:4860:4860::8888',
  '2003::1',
  '2606:4700::1111',
  '3ffe::1',
];

/** A resolver that answers always the same. */
const resolver =
  (...addresses: string[]): LookupFunction =>
  (_hostname, _options, callback) =>
    callback(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe('isPublicAddress', () => {
  for (const [what, addresses] of Object.entries(notPublic)) {
    it(`says no to ${what}`, () => {
      for (const address of addresses) assert.equal(isPublicAddress(address), false, address);
    });
  }
  it('says yes to everything beside those', () => {
    for (const address of isPublic) assert.equal(isPublicAddress(address), true, address);
  });
});

describe('guardLookup', () => {
  const found = (hostname: string, lookup: LookupFunction, all: boolean) =>
    new Promise((resolve, reject) =>
      guardLookup(lookup)(hostname, { all }, (error, address, family) =>
        error === null ? resolve(all ? address : [address, family]) : reject(error),
      ),
    );

  it('answers public addresses in the form that was asked for', async () => {
    const lookup = resolver('93.184.216.34', '2606:4700::1111');
    assert.deepEqual(await found('a.example', lookup, true), [
      { address: '93.184.216.34', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ] satisfies LookupAddress[]);
    assert.deepEqual(await found('a.example', lookup, false), ['93.184.216.34', 4]);
  });
  it('refuses a name with one address that is not public, wherever it stands', async () => {
    for (const address of Object.values(notPublic)
      .flat()
      .filter(text => text !== '')) {
      for (const addresses of [[address], ['93.184.216.34', address], [address, '93.184.216.34']])
        await assert.rejects(found('a.example', resolver(...addresses), true), { code: 'ADDRESS_REFUSED' });
    }
  });
  it('refuses a name without addresses', () =>
    assert.rejects(found('a.example', resolver(), true), { code: 'ADDRESS_REFUSED' }));
  it('lets a name for this machine mean this machine, and nothing else', async () => {
    assert.equal(((await found('localhost', resolver('127.0.0.1', '::1'), true)) as object[]).length, 2);
    for (const address of ['10.0.0.1', '93.184.216.34'])
      await assert.rejects(found('localhost', resolver(address), true), { code: 'ADDRESS_REFUSED' });
  });
  it('says what the resolver says where it finds nothing', () =>
    assert.rejects(
      found(
        'a.example',
        (_host, _options, callback) => callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []),
        true,
      ),
      { code: 'ENOTFOUND' },
    ));
});

describe('a web hook to a name that leads into our own network', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  const opened = <T extends { close(): Promise<void> }>(one: T): T => {
    open.push(one);
    return one;
  };
  const client = (entry: string, lookup: LookupFunction) =>
    opened(
      createHookClient({
        sign: createHookSigner(['k'.repeat(24)]),
        allowed: createHookAllowList([entry]),
        clock: systemClock,
        lookup,
      }),
    );
  const post = (url: string, lookup: LookupFunction) =>
    client(new URL(url).origin, lookup).post({ id: 'h1', url, body: '{}' }, new AbortController().signal);
  const portOf = ({ origin }: StandIn) => new URL(origin).port;

  it('is refused before there is a connection, and the address is not told', async () => {
    let connections = 0;
    const inside = opened(await serveTcp(() => void connections++));
    for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '0.0.0.0']) {
      const fault = await post(`https://rebound.example:${portOf(inside)}/`, resolver(address)).catch(e => e);
      assert.deepEqual(
        [fault.fault, fault.providerCode, fault.ambiguous],
        ['permanent', 'address_refused', false],
      );
      assert.ok(!`${fault.stack} ${fault.cause}`.includes(address));
    }
    assert.equal(connections, 0);
  });

  it('is asked for with each new connection: a name that changes its mind is refused then', async () => {
    let requests = 0;
    const server = opened(
      await serveHttp((_request, response) => {
        requests++;
        response.writeHead(204, { connection: 'close' });
        response.end();
      }),
    );
    const answers = ['127.0.0.1', '10.0.0.1'];
    const url = `http://localhost:${portOf(server)}/`;
    const made = client(url, (host, options, callback) =>
      resolver(answers.shift() ?? 'none')(host, options, callback),
    );
    const send = () => made.post({ id: 'h1', url, body: '{}' }, new AbortController().signal);
    await send();
    await assert.rejects(send(), { providerCode: 'address_refused' });
    assert.deepEqual([requests, answers], [1, []]);
  });

  it('that nobody has is an error of the network, and may be tried again', async () => {
    const fault = await post('https://nobody.example/', (_host, _options, callback) =>
      callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), []),
    ).catch(error => error);
    assert.deepEqual([fault.fault, fault.providerCode, fault.ambiguous], ['transient', 'network', false]);
  });
});
