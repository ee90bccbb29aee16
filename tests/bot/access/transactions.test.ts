import assert from 'node:assert/strict';
import { Transactions } from '../../../bot/access/entra/transactions.ts';

const apiKey = 'the-administrator-s-key-0123456789';
const transaction = { state: 'the-state', nonce: 'the-nonce', verifier: 'the-verifier', returnTo: '/' };
const lifeMs = 10 * 60_000;

describe('a transaction of signing in', () => {
  let now: number;
  const clock = { now: () => now };
  beforeEach(() => {
    now = Date.UTC(2026, 10, 22, 12);
  });

  it('opens once, at any instance that has the key', async () => {
    const sealed = await new Transactions(() => [apiKey], clock).seal(transaction);
    const instance = new Transactions(() => [apiKey], clock);
    assert.deepEqual(await instance.open(sealed, 'the-state'), transaction);
    assert.equal(await instance.open(sealed, 'the-state'), undefined);
  });

  it('opens for its own state only, and stays good when somebody tries another', async () => {
    const instance = new Transactions(() => [apiKey], clock);
    const sealed = await instance.seal(transaction);
    for (const state of [null, '', 'another']) assert.equal(await instance.open(sealed, state), undefined);
    assert.ok(await instance.open(sealed, 'the-state'));
  });

  it('is over after ten minutes', async () => {
    const instance = new Transactions(() => [apiKey], clock);
    const [first, second] = [
      await instance.seal(transaction),
      await instance.seal({ ...transaction, state: 'the-second' }),
    ];
    now += lifeMs - 1;
    assert.ok(await instance.open(first, 'the-state'));
    now += 1;
    assert.equal(await instance.open(second, 'the-second'), undefined);
  });

  it('tells nothing of what it holds, and cannot be changed', async () => {
    const instance = new Transactions(() => [apiKey], clock);
    const sealed = await instance.seal(transaction);
    const parts = sealed.split('.').map(part => Buffer.from(part, 'base64url').toString('latin1'));
    for (const value of ['the-state', 'the-nonce', 'the-verifier'])
      assert.ok(!sealed.includes(value) && !parts.join().includes(value));
    const [head, none, iv, text = '', tag] = sealed.split('.');
    const changed = `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;
    assert.equal(await instance.open([head, none, iv, changed, tag].join('.'), 'the-state'), undefined);
    assert.equal(await new Transactions(() => [`${apiKey}x`], clock).open(sealed, 'the-state'), undefined);
  });
});
