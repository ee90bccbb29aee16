import assert from 'node:assert/strict';
import { createHookAllowList } from '../../../../middleware/acknowledgements/hooks/allowList.ts';
import { BluetickError } from '../../../../middleware/errors.ts';

describe('createHookAllowList', () => {
  const allowed: readonly [entry: string, address: string][] = [
    ['https://hooks.example.com', 'https://hooks.example.com'],
    ['https://hooks.example.com', 'https://hooks.example.com/any/path?with=query'],
    ['https://hooks.example.com/', 'https://HOOKS.example.com:443/'],
    ['https://hooks.example.com:8443', 'https://hooks.example.com:8443/a'],
    ['https://hooks.example.com/a', 'https://hooks.example.com/a'],
    ['https://hooks.example.com/a', 'https://hooks.example.com/a?b'],
    ['https://hooks.example.com/a', 'https://hooks.example.com/a/b'],
    ['https://hooks.example.com/a/', 'https://hooks.example.com/a/b'],
    ['https://bücher.example', 'https://xn--bcher-kva.example/'],
    ['https://93.184.216.34', 'https://93.184.216.34/'],
    ['http://127.0.0.1:9', 'http://127.0.0.1:9/a'],
    ['http://localhost:9', 'http://localhost:9/a'],
    ['http://[::1]:9', 'http://[::1]:9/a'],
    ['https://127.0.0.1', 'https://2130706433/'],
  ];
  for (const [entry, address] of allowed) {
    it(`lets ${address} through by ${entry}`, () =>
      assert.equal(createHookAllowList([entry]).find(address)?.href, new URL(address).href));
  }

  const entries = ['https://hooks.example.com/a', 'http://127.0.0.1:9/', 'https://other.example.com'];
  const list = createHookAllowList(entries);
  const others = [
    '',
    'hooks.example.com/a',
    'ftp://hooks.example.com/a',
    'javascript:alert(1)',
    'http://hooks.example.com/a',
    'https://hooks.example.com',
    'https://hooks.example.com/',
    'https://hooks.example.com/ab',
    'https://hooks.example.com/A',
    'https://hooks.example.com/a/../b',
    'https://hooks.example.com/a/%2e%2e/b',
    'https://hooks.example.com/a/.%2E/b',
    'https://hooks.example.com/a/..%2fb',
    'https://hooks.example.com/a/..%5Cb',
    'https://hooks.example.com/a\\..\\b',
    'https://hooks.example.com:444/a',
    'https://hooks.example.com./a',
    'https://hooks.example.com.evil.example/a',
    'https://evil.example/hooks.example.com/a',
    'https://hooks.example.com@evil.example/a',
    'https://user@hooks.example.com/a',
    'https://user:password@hooks.example.com/a',
    'https://hooks.example.com/a#fragment',
    'https://sub.other.example.com/',
    'http://127.0.0.1/',
    'http://127.0.0.1:10/',
    'http://127.0.0.2:9/',
    'http://localhost:9/',
    'https://127.0.0.1:9/',
    'http://[::1]:9/',
    'http://[::ffff:127.0.0.1]:9/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
  ];
  for (const address of others) {
    it(`keeps ${address || 'nothing'} out`, () => assert.equal(list.find(address), undefined));
  }

  it('lets nothing through where it is empty', () =>
    assert.equal(createHookAllowList([]).find('https://hooks.example.com'), undefined));

  const refused: readonly [entry: string, message: RegExp][] = [
    ['hooks.example.com', /absolute addresses/],
    ['*', /absolute addresses/],
    ['http://hooks.example.com', /must hold https addresses/],
    ['http://10.0.0.1', /must hold https addresses/],
    ['http://[::ffff:127.0.0.1]', /must hold https addresses/],
    ['ftp://127.0.0.1', /must hold https addresses/],
    ['https://user:s3cret@hooks.example.com', /without a user name/],
    ['https://hooks.example.com/?code=s3cret', /without a user name, a query or a fragment/],
    ['https://hooks.example.com/#s3cret', /fragment/],
    ['https://hooks.example.com/a%2fb', /must hold addresses without/],
    ['https://10.0.0.1', /must not hold private addresses/],
    ['https://0xa9fea9fe', /private/],
    ['https://[fd00::1]', /private/],
    ['https://[::ffff:10.0.0.1]', /private/],
    ['https://0.0.0.0', /private/],
  ];
  for (const [entry, message] of refused) {
    it(`does not start with ${entry}`, () =>
      assert.throws(
        () => createHookAllowList(['https://hooks.example.com', entry]),
        (error: unknown) => {
          assert.ok(error instanceof BluetickError);
          assert.deepEqual([error.code, error.field], ['invalid_configuration', 'BLUETICK_ALLOWED_HOOKS']);
          assert.match(error.message, message);
          assert.doesNotMatch(`${error.message} ${error.stack}`, /s3cret/);
          return true;
        },
      ));
  }
});
