import assert from 'node:assert/strict';
import { acsByBoth, acsByToken, tokenOfUnknownKey } from './acsByToken.ts';
import type { AttackedChannel } from './attackedChannel.ts';
import { type AttackedHost, startAttackedHost } from './attackedHost.ts';
import { channels, configured } from './channels.ts';

const secret = 'the-secret-of-today-0123456789';

for (const channel of channels) {
  describe(`the webhooks of ${channel.title}`, () => {
    const { name, body, proved, unproved } = channel;
    let attacked: AttackedHost;
    let own: string;
    let untouched: string;
    let close: (() => Promise<void>) | undefined;
    before(async () => {
      close = await channel.open?.();
      attacked = await startAttackedHost(channel.settings([secret]));
      own = channel.secretOf?.(attacked) ?? secret;
      // There is something to spoil.
      assert.equal((await attacked.ask(proved(body({ id: 'first', text: 'hello' }), own))).status, 200);
      untouched = await attacked.contents();
    });
    after(async () => {
      await attacked.close();
      await close?.();
    });

    const sample = body({ id: 'forged', text: 'buy' });
    for (const what of Object.keys(unproved(sample, secret))) {
      it(`are refused with ${what}`, async () => {
        const attack = unproved(sample, own)[what];
        assert.ok(attack !== undefined);
        assert.equal((await attacked.ask(attack)).status, 401);
      });
    }

    it('have changed nothing where they were refused', async () => {
      assert.equal(await attacked.contents(), untouched);
    });

    it('are refused in the same words whatever was wrong, and the log has none', async () => {
      const before = attacked.logged();
      const answers = new Set<string>();
      for (const attack of Object.values(unproved(sample, own)))
        answers.add((await attacked.ask(attack)).shown);
      const [answer = '', ...others] = answers;
      // Each had another body: an answer that held the proof of its own would differ.
      assert.deepEqual(others, []);
      const { error } = JSON.parse(JSON.parse(answer)[2]);
      assert.deepEqual(Object.keys(error), ['code', 'message']);
      assert.ok(!answer.includes(own));
      // A refusal is the sender's affair: a log that grew with it could be filled by anybody.
      assert.equal(attacked.logged(), before);
    });

    it('are admitted with the proof', async () => {
      const before = await attacked.contents();
      assert.equal((await attacked.ask(proved(sample, own))).status, 200);
      assert.notEqual(await attacked.contents(), before);
    });

    it('are not there under another spelling of their address', async () => {
      const before = await attacked.contents();
      const good = proved(body({ id: 'elsewhere', text: 'hello' }), own);
      for (const path of [
        `/webhooks/${name}/`,
        `/webhooks/${name.toUpperCase()}`,
        `/webhooks/${name}/x`,
        '/webhooks/',
      ])
        assert.equal((await attacked.ask({ ...good, path })).status, 404, path);
      for (const method of ['PUT', 'PATCH', 'DELETE'])
        assert.equal((await attacked.ask({ ...good, method })).status, 405, method);
      assert.equal(await attacked.contents(), before);
    });
  });
}

describe('the webhooks of acs, where it asks for a secret and a token', () => {
  it('are refused with one of the two, which changes nothing', async () => {
    const close = await acsByBoth.open?.();
    const attacked = await startAttackedHost(acsByBoth.settings([secret]));
    try {
      const sample = acsByBoth.body({ id: 'half', text: 'buy' });
      const before = await attacked.contents();
      const answers = new Set<string>();
      for (const [what, attack] of Object.entries(acsByBoth.unproved(sample, secret))) {
        const { status, shown } = await attacked.ask(attack);
        assert.equal(status, 401, what);
        answers.add(shown);
      }
      // Not even which of the two it misses.
      assert.equal(answers.size, 1);
      assert.equal(await attacked.contents(), before);
      assert.equal((await attacked.ask(acsByBoth.proved(sample, secret))).status, 200);
      assert.notEqual(await attacked.contents(), before);
    } finally {
      await attacked.close();
      await close?.();
    }
  });
});

describe('a token of a key that nobody knows', () => {
  it('opens nothing and changes nothing, whether it may come again or not', async () => {
    const close = await acsByToken.open?.();
    const attacked = await startAttackedHost(acsByToken.settings([]));
    try {
      const before = await attacked.contents();
      const token = await tokenOfUnknownKey();
      for (const id of ['one', 'two']) {
        const { status, shown } = await attacked.ask(
          acsByToken.proved(acsByToken.body({ id, text: 'buy' }), token),
        );
        // 503 while the keys cannot be asked for again: it may be one of a key that is new.
        assert.ok(status === 401 || status === 503, shown);
        assert.ok(!shown.includes('key-9') && !shown.includes(token));
      }
      assert.equal(await attacked.contents(), before);
    } finally {
      await attacked.close();
      await close?.();
    }
  });
});

for (const channel of configured) {
  describe(`the secrets of ${channel.title}`, () => {
    const { body, proved } = channel;
    let attacked: AttackedHost | undefined;
    let close: (() => Promise<void>) | undefined;
    before(async () => {
      close = await channel.open?.();
    });
    afterEach(() => attacked?.close());
    after(() => close?.());

    it('are all valid while they are rotated, and no more once they are taken away', async () => {
      const [last, current, next] = [
        'the-secret-of-yesterday',
        'the-secret-of-today',
        'the-secret-of-tomorrow',
      ] as const;
      const admits = async (secrets: readonly string[]) => {
        attacked = await startAttackedHost(channel.settings(secrets));
        const statuses: number[] = [];
        for (const one of [last, current, next])
          statuses.push((await attacked.ask(proved(body({ id: `by-${one}`, text: 'hi' }), one))).status);
        await attacked.close();
        attacked = undefined;
        return statuses;
      };
      assert.deepEqual(await admits([current, last]), [200, 200, 401]);
      assert.deepEqual(await admits([next, current]), [401, 200, 200]);
      // A comma too many is no secret: an empty one would open the door to everybody.
      assert.deepEqual(await admits(['', next, ' ', '']), [401, 401, 200]);
    });
  });
}

describe('the webhooks of several channels on one host', () => {
  it('are not opened by the secret of another', async () => {
    const secretOf = ({ title }: AttackedChannel) => `the-secret-of-${title.replace(/\W+/g, '-')}`;
    await using ends = new AsyncDisposableStack();
    const opened = await Promise.all(configured.map(({ open }) => open?.()));
    for (const close of opened) if (close !== undefined) ends.defer(close);
    const settings = configured.map(one => one.settings([secretOf(one)]));
    const attacked = await startAttackedHost(Object.assign({}, ...settings));
    ends.defer(() => attacked.close());
    const before = await attacked.contents();
    for (const channel of configured) {
      const crossed = channel.body({ id: 'crossed', text: 'hello' });
      for (const other of configured) {
        if (other === channel) continue;
        const { status } = await attacked.ask(channel.proved(crossed, secretOf(other)));
        assert.equal(status, 401, `${channel.title} by ${other.title}`);
      }
    }
    assert.equal(await attacked.contents(), before);
    for (const channel of configured) {
      const own = channel.proved(channel.body({ id: 'own', text: 'hello' }), secretOf(channel));
      assert.equal((await attacked.ask(own)).status, 200, channel.title);
    }
  });
});
