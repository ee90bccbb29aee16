import assert from 'node:assert/strict';
import { customer } from './attackedChannel.ts';
import { type AttackedHost, startAttackedHost } from './attackedHost.ts';
import { channels } from './channels.ts';

const secret = 'the-secret-of-today-0123456789';

for (const channel of channels) {
  describe(`what ${channel.title} sends again`, () => {
    const { body, proved, unproved } = channel;
    let attacked: AttackedHost;
    let own: string;
    let close: (() => Promise<void>) | undefined;
    beforeEach(async () => {
      close = await channel.open?.();
      attacked = await startAttackedHost(channel.settings([secret]));
      own = channel.secretOf?.(attacked) ?? secret;
    });
    afterEach(async () => {
      await attacked.close();
      await close?.();
    });

    const genuine = body({ id: 'one-id', text: 'the genuine words' });
    const forged = body({ id: 'one-id', text: 'the forged words' });
    const send = async (text: string) => (await attacked.ask(proved(text, own))).status;
    /** Sends it with every kind of proof that is none. */
    async function forge(text: string): Promise<void> {
      for (const [what, attack] of Object.entries(unproved(text, own)))
        assert.equal((await attacked.ask(attack)).status, 401, what);
    }

    it('is admitted although a forged copy came first', async () => {
      await forge(forged);
      assert.equal(await send(genuine), 200);
      const contents = await attacked.contents();
      assert.ok(contents.includes('the genuine words'));
      assert.ok(!contents.includes('the forged words'));
    });

    it('is not changed by a forged copy that comes after, nor by a proved one', async () => {
      assert.equal(await send(genuine), 200);
      const before = await attacked.contents();
      await forge(forged);
      assert.equal(await attacked.contents(), before);
      // The id is what makes it the same: the first words stand.
      assert.equal(await send(forged), 200);
      assert.equal(await send(genuine), 200);
      assert.equal(await attacked.contents(), before);
    });

    it('is admitted once where both come in one webhook, and many times at once', async () => {
      const twice = body({ id: 'one-id', text: 'words' }, { id: 'one-id', text: 'words' });
      assert.deepEqual(await Promise.all(Array.from({ length: 10 }, () => send(twice))), Array(10).fill(200));
      const rows = (await attacked.contents()).match(/"dedupe":"[0-9a-f]{32}"/g) ?? [];
      assert.equal(rows.length, 1);
    });
  });

  describe(`what ${channel.title} sends for another business`, () => {
    const { body, proved, unreadable } = channel;
    const other = channel.business.replace(/^./, '9');

    it('changes nothing, and takes no id from a message of ours', async () => {
      const close = await channel.open?.();
      const attacked = await startAttackedHost(channel.settings([secret]));
      try {
        const own = channel.secretOf?.(attacked) ?? secret;
        const send = async (text: string) => (await attacked.ask(proved(text, own))).status;
        assert.equal(await send(body({ id: 'first', text: 'hello' })), 200);
        const before = await attacked.contents();
        // Answered 200: the provider would only send it again.
        assert.equal(await send(body({ id: 'theirs', text: 'theirs', business: other })), 200);
        assert.equal(await send(body({ id: 'first', text: 'theirs', business: other })), 200);
        assert.equal(await send(unreadable(other, 'theirs')), 200);
        assert.equal(await attacked.contents(), before);
        assert.ok(!attacked.logged().includes(other) && !attacked.logged().includes(customer));

        const both = [
          { id: 'theirs', text: 'words of ours' },
          { id: 'theirs', text: 'words of others', business: other },
        ];
        assert.equal(await send(body(...both)), 200);
        const contents = await attacked.contents();
        assert.ok(contents.includes('words of ours'));
        assert.ok(!contents.includes('words of others'));
      } finally {
        await attacked.close();
        await close?.();
      }
    });
  });
}
