import assert from 'node:assert/strict';
import { envelopeOf, parseEvents } from '../../../../middleware/channels/meta/parseEvents.ts';

const business = '106540352242922';
const timestamp = '1749416383';
const contacts = [{ wa_id: '16505551234', profile: { name: 'Ann' } }];

/** What is set aside of a change, as a store gives it back. */
function setAside(value: object, field = 'messages'): unknown[] {
  const metadata = { phone_number_id: business, display_phone_number: '15550783881' };
  const change = { field, value: { messaging_product: 'whatsapp', metadata, ...value } };
  const { rejected } = parseEvents(envelopeOf(change), 'meta');
  return rejected.map(({ item }) => JSON.parse(JSON.stringify(item)));
}
const reread = (item: unknown) => parseEvents(envelopeOf(item), 'meta');
/** Mends the only item of a member, as a version that knows more would. */
function mend(item: unknown, member: string, parts: object): unknown {
  const { field, value } = item as { field: string; value: Record<string, object[]> };
  return { field, value: { ...value, [member]: [{ ...value[member]?.[0], ...parts }] } };
}

describe('what a webhook of Meta set aside', () => {
  it('is still known by its business, and read as what it was: a message, a status, an echo', () => {
    const [message] = setAside({
      messages: [{ from: '16505551234', id: '', timestamp, type: 'text' }],
      contacts,
    });
    const { messages } = reread(mend(message, 'messages', { id: 'wamid.A', text: { body: 'Hi' } }));
    assert.deepEqual(
      messages.map(({ business, customer, kind, content }) => [business, customer, kind, content.name]),
      [[business, '16505551234', 'message', 'Ann']],
    );

    const [status] = setAside({ statuses: [{ id: 'wamid.B', status: 'read' }] });
    const { acknowledgements } = reread(mend(status, 'statuses', { timestamp }));
    assert.deepEqual(
      acknowledgements.map(({ business, providerId, means }) => [business, providerId, means]),
      [[business, 'wamid.B', 'read']],
    );

    const [echo] = setAside(
      { message_echoes: [{ id: 'wamid.C', timestamp, type: 'text' }] },
      'smb_message_echoes',
    );
    const echoes = reread(mend(echo, 'message_echoes', { to: '16505551234' })).messages;
    assert.deepEqual(
      echoes.map(({ business, kind }) => [business, kind]),
      [[business, 'echo']],
    );
  });

  it('stays what it is while nobody can read it', () => {
    const items = [
      ...setAside({ messages: [5, {}, { id: 'x' }] }),
      ...setAside({ messages: 'none' }),
      ...setAside({ statuses: [{}] }),
      ...setAside({ errors: [{ code: 130429, title: 'x' }] }),
      ...setAside({ metadata: {} }),
      5,
      null,
      { changes: 'none' },
    ];
    assert.equal(items.length, 10);
    for (const item of items) {
      const { messages, acknowledgements, rejected } = reread(item);
      assert.deepEqual([messages, acknowledgements], [[], []]);
      assert.deepEqual(
        rejected.map(each => each.item),
        [item],
      );
    }
  });

  it('is kept with the contacts where it came alone, and without them where many would have them each', () => {
    const broken = { from: '16505551234', id: '' };
    const kept = (items: unknown[]) => items.map(item => 'contacts' in (item as { value: object }).value);
    assert.deepEqual(kept(setAside({ messages: [broken], contacts })), [true]);
    assert.deepEqual(kept(setAside({ messages: [broken, broken], contacts })), [false, false]);
  });
});
