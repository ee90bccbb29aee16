import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DirectLineChats, startDirectLineChats } from '../support/directLineChats.ts';
import { type DirectLineStandIn, type Said, startDirectLineStandIn } from '../support/directLineStandIn.ts';
import { type RelayWorld, relayWorld } from '../support/relayWorld.ts';
import { activitiesOf, readTopics } from '../support/topics.ts';

/** A maker tries their topics before there is a number: the Emulator's channel behaves as WhatsApp does, and traces tell. */
describe('topics that decide, tried over Direct Line with botframework-directlinejs', function () {
  this.timeout(30_000);
  let folder: string;
  let agent: DirectLineStandIn;
  let world: RelayWorld;
  let chats: DirectLineChats;
  const topics = readTopics();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-topics-'));
    agent = await startDirectLineStandIn();
    agent.agent = ({ text }) => {
      const started = topics.find(({ trigger }) => trigger === text);
      return started === undefined ? ['Pardon?'] : (activitiesOf(started) as Said[]);
    };
    world = await relayWorld(agent, { read: { when: 'manual' } });
    const { url } = await world.start();
    chats = await startDirectLineChats(`${url}/api/messages`, folder);
  });
  after(async () => {
    await chats.close();
    await world.close();
    await agent.close();
    await rm(folder, { recursive: true });
  });

  for (const { name, trigger, nodes } of topics) {
    it(`${name}: the client gets the answer, and none of the events that are for Bluetick`, async () => {
      const chat = chats.open();
      try {
        await chat.say(trigger);
        for (const { activity } of nodes) if (typeof activity === 'string') await chat.answered(activity);
        const hasHandOff = nodes.some(({ kind }) => kind === 'TransferConversationV2');
        if (hasHandOff) await chat.waitFor(({ type }) => type === 'event');
        const events = chat.sent.flatMap(sent => (sent.type === 'event' ? [sent.name] : []));
        assert.deepEqual(events, hasHandOff ? ['handoff.initiate'] : []);
      } finally {
        chat.end();
      }
    });
  }

  it('a message that no topic reads is held; what a topic reads goes out, with its typing', async () => {
    const chat = chats.open();
    try {
      const receipts = () =>
        chat.sent.flatMap(sent => {
          const { name, value } = sent as { name?: string; value?: { outcome?: string } };
          return name === 'Bluetick' ? [value?.outcome] : [];
        });
      await chat.say('Something that no topic knows');
      await chat.answered('Pardon?');
      await chat.say(String(topics.find(({ name }) => name === 'markReadWhenTopicStarts')?.trigger));
      await chat.waitFor(() => receipts().includes('sent'));
      assert.equal(receipts()[0], 'held');
      await chat.waitFor(({ type }) => type === 'typing');
    } finally {
      chat.end();
    }
  });
});
