import assert from 'node:assert/strict';
import type { Receipt, Store } from '../../../middleware/ports.ts';
import { answering, customer, type Dialog, engineWorld, type World } from '../../support/engineWorld.ts';
import { type FakeSharing, fakeSharing } from '../../support/fakeSharing.ts';

/** Longer than after which the others take a process for dead. */
const longMs = 8000;

describe('a process that was silent for so long that others may have taken it for dead', () => {
  let world: World;
  let sharing: FakeSharing;
  /** Called when a reply is written down, before it goes out. */
  let onReply: (ref: string) => void;
  const begin = async (dialog: Dialog = answering(), policies: object = {}) => {
    sharing = fakeSharing();
    onReply = () => {};
    const wrapStore = (store: Store): Store => ({
      ...store,
      sharing,
      async addOutbound(request) {
        const added = await store.addOutbound(request);
        onReply(added.outbound.ref);
        return added;
      },
    });
    world = await engineWorld({ wrapStore, dialog, policies });
  };
  const calls = () => world.channel.calls.map(({ what }) => what);
  const conversation = async () => {
    const found = await world.store.conversation({ channel: 'meta', business: 'b1', customer });
    assert.ok(found !== undefined);
    return found;
  };
  const receipt = async (): Promise<Receipt | undefined> => (await world.receipts())[0];
  afterEach(() => world.close());

  it('makes no receipt’s call before it is heard again, and then goes on', async () => {
    await begin(async () => {});
    sharing.silence(longMs);
    await world.say('w1');
    await world.time.pass(60_000);
    assert.deepEqual(calls(), []);
    sharing.hear();
    await world.time.settle();
    assert.deepEqual([calls(), (await receipt())?.outcome], [['read'], 'sent']);
  });

  it('leaves a receipt to whoever has taken over, without a trace', async () => {
    await begin(async () => {});
    sharing.silence(longMs);
    await world.say('w1');
    const before = await receipt();
    sharing.beginAnew();
    await world.time.pass(5000);
    assert.deepEqual([calls(), await receipt()], [[], before]);
    assert.equal(before?.outcome, 'scheduled');
  });

  it('leaves a receipt whose call may not be made now to whoever has taken over as well', async () => {
    await begin(async () => {}, { default: { read: { delay: { minMs: 1000 } } } });
    const down = { business: 'b1', up: false, because: 'stopped', at: Date.now() };
    await world.engine.admit(world.channel, {
      messages: [],
      acknowledgements: [],
      rejected: [],
      connections: [down],
    });
    await world.say('w1');
    const before = await receipt();
    sharing.silence(longMs);
    await world.time.pass(1500);
    sharing.beginAnew();
    await world.time.pass(1000);
    assert.deepEqual([calls(), await receipt()], [[], before]);
  });

  it('leaves a reply that it was about to send, in the store, and tells the bot that it waits', async () => {
    const answers: unknown[] = [];
    await begin(
      async turn => {
        await turn.beforeReply(1);
        answers.push(await turn.send({ type: 'text', text: 'hello' }));
      },
      { default: { read: { when: 'never' } } },
    );
    let ref = '';
    onReply = given => {
      ref = given;
      sharing.silence(longMs);
    };
    await world.say('w1');
    await world.time.settle();
    assert.deepEqual([calls(), answers], [[], []]);
    sharing.beginAnew();
    await world.time.settle();
    assert.deepEqual([calls(), answers], [[], [{ ref, providerId: undefined }]]);
    const row = await world.store.outbound(ref);
    assert.deepEqual([row?.state, row?.attempts, row?.interrupted], ['sending', 0, 0]);
  });

  it('says nothing more in a turn that others run again, and does not end it', async () => {
    const errors: unknown[] = [];
    const first = Promise.withResolvers<void>();
    await begin(
      async turn => {
        await turn.send({ type: 'text', text: 'one' });
        await first.promise;
        for (const act of [() => turn.send({ type: 'text', text: 'two' }), () => turn.handOff()])
          await act().catch(error => errors.push(error.code));
      },
      { default: { read: { when: 'never' } } },
    );
    await world.say('w1');
    sharing.beginAnew();
    first.resolve();
    await world.time.settle();
    assert.deepEqual([calls(), errors], [['send'], ['store_unavailable', 'store_unavailable']]);
    const { id, holder } = await conversation();
    assert.equal(holder, 'bot');
    const again = await world.store.beginTurn(id, Date.now() + 60_000);
    assert.equal(again?.message.messageId, 'w1');
  });

  it('waits for a stop no longer than that takes', async () => {
    await begin(async () => {});
    sharing.silence(longMs);
    await world.say('w1');
    await world.engine.stop();
    assert.deepEqual(calls(), []);
  });
});
