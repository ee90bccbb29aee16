import assert from 'node:assert/strict';
import { type Activity, ActivityTypes } from 'botbuilder';
import knowledge from '../../../bot/dialogs/knowledge.json' with { type: 'json' };
import { type DeskOptions, frontDesk, textsOf } from './frontDesk.ts';

/** What the bot answers to a text or an activity. */
async function answersTo(
  said: string | Partial<Activity>,
  options: DeskOptions = { lookupMs: 0 },
): Promise<Partial<Activity>[]> {
  const adapter = frontDesk(options);
  await adapter.receiveActivity(said);
  return [...adapter.activeQueue];
}

const hours = 'We are open from Tuesday to Friday, 9 to 18, and on Saturday from 10 to 14.';
const prices = 'A puncture is 15, a service 69, and we call before anything dearer.';
const address = 'Dock Street 7, the yard behind the bakery.';

describe('the front desk', () => {
  const table: readonly [said: string, answer: string][] = [
    ['Hello!', knowledge.greeting],
    ['moin', knowledge.greeting],
    ['When are you open?', hours],
    ['WHEN ARE YOU OPEN', hours],
    ['open?!', hours],
    ['How much is a puncture?', prices],
    ['Hi, how much does a service cost', prices],
    ['Where are you?', address],
    ['Is my bicycle ready?', 'I have looked it up: yours is on the stand now and ready at 16 today.'],
    ['thanks', 'You are welcome. Ride safely!'],
    ['Do you sell cars?', knowledge.unknown],
    ['opener', knowledge.unknown],
    ['1234 🚲', knowledge.unknown],
  ];
  for (const [said, answer] of table) {
    it(`answers "${said}" with "${answer.slice(0, 40)}…"`, async () =>
      assert.deepEqual(textsOf(await answersTo(said)), [answer]));
  }

  it('says where it does not know, also to a message without a text', async () => {
    assert.deepEqual(textsOf(await answersTo({ type: ActivityTypes.Message, text: '' })), [
      knowledge.unknown,
    ]);
    assert.deepEqual(textsOf(await answersTo({ type: ActivityTypes.Message })), [knowledge.unknown]);
  });

  it('answers each message once, in a flow of several', async () => {
    const adapter = frontDesk({ lookupMs: 0 });
    await adapter
      .test('Hello', knowledge.greeting)
      .test('when open', hours)
      .test('bye', 'You are welcome. Ride safely!')
      .startTest();
    assert.equal(adapter.activeQueue.length, 0);
  });

  it('has the words of each topic lead to that topic', async () => {
    for (const { words, answer } of knowledge.topics) {
      for (const word of words) assert.deepEqual(textsOf(await answersTo(word)), [answer], word);
    }
  });

  it('hands off when somebody asks for a person, after it has said so', async () => {
    const [said, event, ...more] = await answersTo('Can I talk to a person?');
    assert.equal(said?.text, 'I am getting somebody from the workshop for you.');
    assert.deepEqual([event?.type, event?.name, more], ['event', 'handoff.initiate', []]);
  });

  describe('with pictures', () => {
    const picturesUrl = () => 'https://bot.example.com/pictures';

    it('shows one beside the answer', async () => {
      const [answer] = await answersTo('Where are you?', { picturesUrl });
      assert.equal(answer?.text, address);
      assert.deepEqual(
        answer?.attachments?.map(({ contentType, contentUrl }) => [contentType, contentUrl]),
        [['image/png', 'https://bot.example.com/pictures/map.png']],
      );
    });

    it('answers in words alone where the phone cannot fetch any', async () => {
      for (const options of [{}, { picturesUrl: () => undefined }]) {
        const [answer] = await answersTo('Where are you?', options);
        assert.deepEqual([answer?.text, answer?.attachments ?? []], [address, []]);
      }
    });

    it('shows none where the topic has none', async () => {
      const [answer] = await answersTo('Hello', { picturesUrl });
      assert.deepEqual(answer?.attachments ?? [], []);
    });

    it('asks for the address when it answers, not before: the port is known late', async () => {
      let url: string | undefined;
      const adapter = frontDesk({ picturesUrl: () => url });
      url = 'http://127.0.0.1:1/pictures';
      await adapter.receiveActivity('address');
      assert.equal(
        adapter.activeQueue[0]?.attachments?.[0]?.contentUrl,
        'http://127.0.0.1:1/pictures/map.png',
      );
    });
  });

  it('says nothing while it looks something up, and answers then', async () => {
    const adapter = frontDesk({ lookupMs: 0 });
    const done = adapter.receiveActivity('ready?');
    assert.equal(adapter.activeQueue.length, 0);
    await done;
    assert.equal(adapter.activeQueue.length, 1);
  });

  describe('when somebody joins', () => {
    const joined = (ids: readonly string[]): Partial<Activity> => ({
      type: ActivityTypes.ConversationUpdate,
      recipient: { id: 'bot', name: 'Bot' },
      membersAdded: ids.map(id => ({ id, name: '' })),
    });

    it('greets a customer', async () => {
      assert.deepEqual(textsOf(await answersTo(joined(['anna', 'bot']))), [knowledge.greeting]);
    });

    it('greets once, however many join', async () => {
      assert.deepEqual(textsOf(await answersTo(joined(['anna', 'ben', 'bot']))), [knowledge.greeting]);
    });

    it('does not greet itself', async () => {
      assert.deepEqual(await answersTo(joined(['bot'])), []);
    });

    it('says nothing where nobody joined', async () => {
      assert.deepEqual(await answersTo(joined([])), []);
    });
  });

  it('says nothing to what is no message', async () => {
    const reaction = { type: ActivityTypes.MessageReaction, reactionsAdded: [{ type: '👍' }] };
    assert.deepEqual(await answersTo(reaction), []);
    assert.deepEqual(await answersTo({ type: ActivityTypes.EndOfConversation }), []);
    assert.deepEqual(await answersTo({ type: ActivityTypes.Event, name: 'handoff.status' }), []);
  });
});
