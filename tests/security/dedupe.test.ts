import assert from 'node:assert/strict';
import { bodiesOf, customer, type Told, toldBy } from './attackedChannel.ts';
import { type AttackedHost, startAttackedHost } from './attackedHost.ts';
import { channels } from './channels.ts';

const secret = 'the-secret-of-today-0123456789';

for (const channel of channels) {
  let attacked: AttackedHost;
  let own: string;
  /** Sends it as the channel does; answers the status. */
  const send = async (text: string) => (await attacked.ask(channel.proved(text, own))).status;
  /** Sends several items, in one webhook where that can be; answers the status that is the worst. */
  const sendAll = async (bodies: readonly string[]) => Math.max(...(await Promise.all(bodies.map(send))));
  const told = (items: readonly Told[]) => bodiesOf(channel, channel.statuses, items);

  /** Each test of the suite has a host of its own. */
  function onHosts(): void {
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
  }

  describe(`what ${channel.title} sends again`, () => {
    const { body, unproved } = channel;
    onHosts();

    const genuine = body({ id: 'one-id', text: 'the genuine words' });
    const forged = body({ id: 'one-id', text: 'the forged words' });
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
      const said = { id: 'one-id', text: 'words' };
      const twice = bodiesOf(channel, body, [said, said]);
      assert.deepEqual(
        await Promise.all(Array.from({ length: 10 }, () => sendAll(twice))),
        Array(10).fill(200),
      );
      const rows = (await attacked.contents()).match(/"dedupe":"[0-9a-f]{32}"/g) ?? [];
      assert.equal(rows.length, 1);
    });
  });

  describe(`statuses of ${channel.title}`, () => {
    const { business, statuses, unproved } = channel;
    onHosts();

    const ask = async (path: string) =>
      JSON.parse(
        (await attacked.ask({ path: `/api/v1/${path}`, headers: { 'x-api-key': attacked.apiKey } })).text,
      );
    const quarantined = async () =>
      (await ask('quarantine')).items.map(({ reason }: { reason: string }) => reason);

    it('change nothing where they are forged, of a message that is known and of one that is not', async () => {
      assert.equal(await send(statuses({ id: 'known', status: 'sent' })), 200);
      const before = await attacked.contents();
      const forged = told([
        { id: 'known', status: 'read' },
        { id: 'known', status: 'failed', detail: 'forged' },
        { id: 'unknown', status: 'read' },
      ]);
      for (const [what, attack] of forged.flatMap(each => Object.entries(unproved(each, own))))
        assert.equal((await attacked.ask(attack)).status, 401, what);
      assert.equal(await attacked.contents(), before);
    });

    it('are set aside where they name another business or another recipient, and change no row', async () => {
      assert.equal(await send(statuses({ id: 'known', status: 'delivered' })), 200);
      const before = await ask('messages/known');
      assert.equal(before.level, 'delivered');
      const elsewhere = business.replace(/^./, '9');
      const strange = [
        { id: 'known', status: 'read', business: elsewhere },
        { id: 'known', status: 'failed', detail: 'theirs', to: '4915550009999' },
        { id: 'known', status: 'read', to: '4915550009999' },
        { id: 'theirs', status: 'read', business: elsewhere },
      ] as const;
      // Answered 200: the provider would only send them again.
      for (let times = 0; times < 2; times += 1) assert.equal(await sendAll(told(strange)), 200);
      assert.deepEqual(await ask('messages/known'), before);
      assert.equal((await ask('messages/theirs')).error.code, 'unknown_message');
      assert.deepEqual(await quarantined(), ['business', 'recipient', 'recipient', 'business']);
      assert.match(attacked.logged(), channel.batches === false ? /"quarantined":1/ : /"quarantined":4/);
      assert.doesNotMatch(attacked.logged(), /4915550|theirs/);
      // The genuine one still counts.
      assert.equal(await send(statuses({ id: 'known', status: 'read' })), 200);
      assert.equal((await ask('messages/known')).level, 'read');
    });

    it('count once, however often and in whatever company they come', async () => {
      const all = toldBy(channel).filter(status => status !== 'failed');
      const bodies = told(all.map(status => ({ id: 'known', status })));
      assert.deepEqual(
        await Promise.all(Array.from({ length: 10 }, () => sendAll(bodies))),
        Array(10).fill(200),
      );
      const before = await attacked.contents();
      for (const status of all) assert.equal(await send(statuses({ id: 'known', status })), 200);
      assert.equal(await attacked.contents(), before);
      const { level, implied } = await ask('messages/known');
      const untold = (['sent', 'delivered'] as const).filter(each => !all.includes(each));
      assert.deepEqual([level, implied], ['read', untold]);
    });
  });

  describe(`what ${channel.title} sends for another business`, () => {
    const { body, unreadable } = channel;
    const other = channel.business.replace(/^./, '9');
    onHosts();

    it('changes nothing, and takes no id from a message of ours', async () => {
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
      assert.equal(await sendAll(bodiesOf(channel, body, both)), 200);
      const contents = await attacked.contents();
      assert.ok(contents.includes('words of ours'));
      assert.ok(!contents.includes('words of others'));
    });
  });
}
