import assert from 'node:assert/strict';
import { envelopeAt, fixture, inEnvelope, now, read } from './samples.ts';

const incoming = {
  id: 'false_11111111111@c.us_AAAA',
  timestamp: 1_667_561_485,
  from: '11111111111@c.us',
  fromMe: false,
  to: '71111111111@c.us',
  body: 'Hi there!',
  hasMedia: false,
};
/** The only message that an event holds. */
const only = (event: object) => {
  const { messages, acknowledgements, rejected, ignored } = read(event);
  assert.deepEqual([acknowledgements, rejected, ignored], [[], [], undefined]);
  const [message, ...more] = messages;
  assert.ok(message !== undefined && more.length === 0);
  return message;
};
const message = (over: object) => only(inEnvelope('message', { ...incoming, ...over }));

describe('the messages of a linked device', () => {
  it('are read from the session that they are for', () => {
    assert.deepEqual(message({}), {
      channel: 'waha',
      business: 'default',
      customer: '11111111111',
      kind: 'message',
      providerId: incoming.id,
      key: incoming.id,
      sentAt: 1_667_561_485_000,
      content: { text: 'Hi there!', type: 'text' },
    });
  });

  it('have the message’s id as their key, whichever of two events tells of them', () => {
    const [one, other] = ['message', 'message.any'].map(name =>
      only(inEnvelope(name, incoming, { id: `evt_of_${name}` })),
    );
    assert.deepEqual(one, other);
  });

  it('are echoes where they are from the account itself, as in the documented example', () => {
    const echo = only(fixture('waha/message'));
    assert.deepEqual([echo.kind, echo.customer, echo.content.text], ['echo', '11111111111', 'Hi there!']);
  });

  it('are echoes where only the flag, or only the id, says so', () => {
    assert.equal(message({ fromMe: true }).kind, 'echo');
    assert.equal(message({ id: 'true_11111111111@c.us_AAAA' }).kind, 'echo');
    assert.equal(message({ id: 'true_11111111111@c.us_AAAA', fromMe: null }).kind, 'echo');
  });

  it('are of the chat that they were sent in, where an echo names our own account too', () => {
    const ours = { id: 'true_11111111111@c.us_AAAA', fromMe: true };
    for (const ends of [
      { from: '71111111111@c.us', to: '11111111111@c.us' },
      { from: '11111111111@c.us', to: null },
      { from: '11111111111@c.us', to: '71111111111@c.us' },
      { from: undefined, to: undefined },
    ])
      assert.equal(message({ ...ours, ...ends }).customer, '11111111111', JSON.stringify(ends));
  });

  for (const [what, chat, customer] of [
    ['a number', '4915550001111@c.us', '4915550001111'],
    ['the internal form of a number', '4915550001111@s.whatsapp.net', '4915550001111'],
    ['a hidden id', '123456789012345@lid', '123456789012345@lid'],
  ] as const) {
    it(`know a customer by ${what}`, () => {
      const { customer: read, providerId } = message({ id: `false_${chat}_AAAA`, from: chat });
      assert.equal(read, customer);
      // The id is what calls repeat, so nothing of it is changed.
      assert.equal(providerId, `false_${chat}_AAAA`);
    });
  }

  for (const [what, chat, from = chat] of [
    ['a group', '12312312123133@g.us'],
    ['a newsletter', '123123123@newsletter'],
    ['a status post', 'status@broadcast'],
    ['a status post', 'status@broadcast', '11111111111@c.us'],
  ]) {
    it(`are passed over in ${what}${from === chat ? '' : ', also where only the id tells'}, and say why`, () => {
      const id = `false_${chat}_AAAA_11111111111@c.us`;
      const events = read(inEnvelope('message', { ...incoming, id, from }));
      assert.deepEqual([events.messages, events.rejected], [[], []]);
      assert.deepEqual(events.ignored, [`message is about ${what}`]);
    });
  }

  it('hold what kind of file came, its name and the text under it', () => {
    const media = { url: 'http://localhost:3000/a', mimetype: 'image/jpeg', filename: 'a.jpg' };
    assert.deepEqual(message({ hasMedia: true, media }).content, {
      text: 'Hi there!',
      media: { type: 'image', contentType: 'image/jpeg', fileName: 'a.jpg', caption: 'Hi there!' },
      type: 'image',
    });
    for (const [mimetype, type] of [
      ['audio/ogg; codecs=opus', 'audio'],
      ['video/mp4', 'video'],
      ['application/pdf', 'document'],
    ])
      assert.equal(message({ hasMedia: true, media: { mimetype } }).content.type, type);
    assert.deepEqual(message({ hasMedia: true, media: null, body: '' }).content, {
      media: { type: 'document' },
      type: 'document',
    });
  });

  it('hold a place, and what they quote', () => {
    const { content } = message({
      body: '',
      location: { latitude: 54.3, longitude: 10.1, description: 'x' },
      replyTo: { id: 'A55C' },
    });
    assert.deepEqual(content, {
      location: { latitude: 54.3, longitude: 10.1 },
      replyTo: 'A55C',
      type: 'location',
    });
  });

  it('cost nothing where what is beside them is null or of another kind', () => {
    const odd = { media: 'x', location: 1, replyTo: [], vCards: null, participant: null, body: null };
    assert.deepEqual(message(odd).content, { type: 'text' });
  });

  it('take the time of the event or of its coming where they tell none', () => {
    assert.equal(message({ timestamp: null }).sentAt, envelopeAt);
    const timeless = inEnvelope('message', { ...incoming, timestamp: 'x' }, { timestamp: undefined });
    assert.equal(read(timeless).messages[0]?.sentAt, now);
  });

  it('take no time in other units for one, which would lie in a far future', () => {
    assert.equal(message({ timestamp: 1_667_561_485_000 }).sentAt, envelopeAt);
  });

  describe('that are notices', () => {
    it('are reactions, with a fraction of a second', () => {
      const reaction = only(fixture('waha/message.reaction'));
      assert.equal(reaction.kind, 'reaction');
      assert.equal(reaction.sentAt, 1_710_481_111_853);
      assert.deepEqual(reaction.content, {
        reaction: { to: 'true_79111111@c.us_11111111111111111111111111111111', emoji: '🙏' },
        type: 'reaction',
      });
    });

    it('are reactions that were taken back, and those of our own', () => {
      const { payload } = fixture('waha/message.reaction');
      const reaction = (over: object) => only(inEnvelope('message.reaction', { ...payload, ...over }));
      const { messageId } = payload.reaction;
      assert.deepEqual(reaction({ reaction: { text: '', messageId } }).content.reaction, { to: messageId });
      assert.equal(reaction({ fromMe: true }).kind, 'echo');
    });

    it('are edits, whose key is never that of the message', () => {
      const edit = only(fixture('waha/message.edited'));
      assert.deepEqual([edit.kind, edit.customer, edit.content.text], ['edit', '1231243123', 'New body']);
      assert.equal(edit.content.concerns, 'false_1231243123@c.us_AAAAAAAAAAAAAAAA');
      assert.notEqual(edit.key, edit.providerId);
      assert.equal(only(inEnvelope('message.edited', fixture('waha/message.edited').payload)).key, evtId);
    });
  });

  for (const [what, payload, reason] of [
    ['no id', { ...incoming, id: undefined }, 'message is malformed: id'],
    ['no payload', undefined, 'message is malformed'],
    ['a chat of no known form', { ...incoming, id: 'A', from: '4915550001111' }, noChat()],
    ['no chat', { ...incoming, id: 'A', from: null }, noChat()],
  ] as const) {
    it(`are set aside with ${what}, for their business, and say why without a word of theirs`, () => {
      const item = inEnvelope('message', payload as object, { session: 'another' });
      const { messages, rejected } = read(item);
      assert.deepEqual(messages, []);
      assert.deepEqual(rejected, [{ business: 'another', reason, item: JSON.parse(JSON.stringify(item)) }]);
    });
  }
});

const evtId = 'evt_1111111111111111111111111111';

function noChat(): string {
  return 'message names no chat of a known form';
}
