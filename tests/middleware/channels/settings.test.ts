import assert from 'node:assert/strict';
import { checkProviderUrl } from '../../../middleware/channels/checkProviderUrl.ts';
import { matchesHmac } from '../../../middleware/channels/matchesHmac.ts';
import {
  requireHeaderValue,
  requirePositive,
  requireSetting,
  requireSettings,
} from '../../../middleware/channels/requireSetting.ts';
import { sameSecret } from '../../../middleware/channels/sameSecret.ts';
import { isLoopback } from '../../../middleware/isLoopback.ts';

describe('checkProviderUrl', () => {
  it('takes https anywhere and http on loopback', () => {
    assert.equal(
      checkProviderUrl('https://graph.facebook.com/v25.0/', 'X').href,
      'https://graph.facebook.com/v25.0',
    );
    for (const host of ['127.0.0.1:8080', '127.1.2.3', 'localhost', '[::1]:1', '2130706433']) {
      assert.equal(checkProviderUrl(`http://${host}/a`, 'X').pathname, '/a');
    }
  });
  const refused = [
    '',
    'graph.facebook.com',
    'http://graph.facebook.com/v25.0',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://10.0.0.1/',
    'ftp://localhost/',
    'file:///etc/passwd',
    'https://user@host/',
    'https://user:secret@host/',
    'https://host/?a=1',
    'https://host/#a',
  ];
  for (const text of refused) {
    it(`refuses ${text || 'nothing'}, naming the setting and not the address`, () => {
      assert.throws(
        () => checkProviderUrl(text, 'META_GRAPH_URL'),
        (error: Error & { code?: string; field?: string }) => {
          assert.equal(error.code, 'invalid_configuration');
          assert.equal(error.field, 'META_GRAPH_URL');
          assert.match(error.message, /META_GRAPH_URL/);
          assert.ok(!error.message.includes('secret'));
          return true;
        },
      );
    });
  }
});

describe('isLoopback', () => {
  it('knows this machine', () => {
    for (const host of ['localhost', '127.0.0.1', '127.255.255.255', '[::1]'])
      assert.equal(isLoopback(host), true);
    for (const host of ['', '10.0.0.1', '127.0.0.1.de', '[::2]', 'example.com'])
      assert.equal(isLoopback(host), false);
  });
});

describe('requireSetting and its kin', () => {
  it('answer what is there', () => {
    assert.equal(requireSetting('a', 'X'), 'a');
    assert.deepEqual(requireSettings(['a', 'b'], 'X'), ['a', 'b']);
    assert.equal(requireHeaderValue('EAA-1', 'X'), 'EAA-1');
    assert.equal(requirePositive(0.5, 'X'), 0.5);
  });
  it('refuse what is not, naming the setting and showing no value', () => {
    const bad = [
      () => requireSetting('', 'SETTING'),
      () => requireSetting('  ', 'SETTING'),
      () => requireSettings([], 'SETTING'),
      () => requireSettings(['hidden', ''], 'SETTING'),
      () => requireHeaderValue('hidden\n', 'SETTING'),
      () => requireHeaderValue('', 'SETTING'),
      () => requirePositive(0, 'SETTING'),
      () => requirePositive(Number.NaN, 'SETTING'),
      () => requirePositive(Number.POSITIVE_INFINITY, 'SETTING'),
    ];
    for (const check of bad) {
      assert.throws(check, (error: Error & { code?: string; field?: string }) => {
        assert.deepEqual([error.code, error.field], ['invalid_configuration', 'SETTING']);
        assert.match(error.message, /SETTING/);
        assert.ok(!error.message.includes('hidden'));
        return true;
      });
    }
  });
});

describe('sameSecret', () => {
  it('compares texts of any length', () => {
    assert.equal(sameSecret('a', 'a'), true);
    for (const other of ['', 'b', 'aa', 'A']) assert.equal(sameSecret(other, 'a'), false);
  });
});

describe('matchesHmac', () => {
  it('knows the hashes of other providers (vectors 8.4 and 8.5 of the provider facts)', () => {
    const waha = Buffer.from(
      '208f8a55dde9e05519e898b10b89bf0d0b3b0fdf11fdbf09b6b90476301b98d8097c462b2b17a6ce93b6b47a136cf2e78a33a63f6752c2c1631777076153fa89',
      'hex',
    );
    const body = Buffer.from('{"event":"message","session":"default","engine":"WEBJS"}');
    assert.equal(matchesHmac(body, waha, { algorithm: 'sha512', secrets: ['my-secret-key'] }), true);
    assert.equal(matchesHmac(body, waha, { algorithm: 'sha512', secrets: ['other'] }), false);
    assert.equal(matchesHmac(body, waha, { algorithm: 'sha1', secrets: ['my-secret-key'] }), false);
  });
});
