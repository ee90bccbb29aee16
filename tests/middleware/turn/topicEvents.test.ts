import assert from 'node:assert/strict';
import { z } from 'zod';
import { targetFields } from '../../../middleware/commands/fields.ts';
import { holdReceipt } from '../../../middleware/commands/holdReceipt.ts';
import { markRead } from '../../../middleware/commands/markRead.ts';
import { setReceiptPolicy } from '../../../middleware/commands/setReceiptPolicy.ts';
import { showTyping } from '../../../middleware/commands/showTyping.ts';
import {
  isTopicEvent,
  readTopicEvent,
  type TopicEventName,
  topicEvents,
} from '../../../middleware/turn/topicEvents.ts';

describe('the events of topics', () => {
  const read = (name: string, value?: unknown) =>
    readTopicEvent({ type: 'event', name: `bluetick.${name}`, value });

  it('are events whose name begins with ours, however it is written', () => {
    const is = (type: string, name?: string) => isTopicEvent({ type, ...(name !== undefined && { name }) });
    assert.deepEqual(
      [is('event', 'bluetick.hold'), is('event', 'BlueTick.Hold'), is('event', 'bluetick.nonsense')],
      [true, true, true],
    );
    assert.deepEqual(
      [
        is('message', 'bluetick.hold'),
        is('event', 'handoff.initiate'),
        is('event', 'bluetickhold'),
        is('event'),
      ],
      [false, false, false, false],
    );
  });

  const settings = { readWhen: 'manual', replyDelayMs: 800 };
  const scope = 'conversation';
  for (const [what, name, given, value] of [
    ['no value', 'markRead', undefined, {}],
    ['a value of null', 'hold', null, {}],
    ['an empty text', 'showTyping', ' ', {}],
    ['an object', 'markRead', { includeHeld: true }, { includeHeld: true }],
    ['a blank field', 'markRead', { includeHeld: null }, {}],
    ['the JSON of an object', 'setPolicy', JSON.stringify({ ...settings, scope }), { ...settings, scope }],
    ['settings alone', 'setPolicy', settings, settings],
  ] as const) {
    it(`take ${what}: ${name}`, () => {
      assert.deepEqual(read(name, given), { name: `bluetick.${name}`, value });
    });
  }

  for (const [what, name, given, field, because] of [
    ['a name that is not known', 'sing', undefined, 'name', /bluetick\.markRead, .*bluetick\.setPolicy/],
    ['a name that is inherited by objects', 'toString', undefined, 'name', /bluetick\.hold/],
    ['a name in another case', 'markread', undefined, 'name', /bluetick\.markRead/],
    ['a field of another type', 'markRead', { includeHeld: 'yes' }, 'value.includeHeld', /expected boolean/],
    ['a field that is not known', 'markRead', { held: true }, 'value.held', /^allowed here: includeHeld$/],
    ['a value that is none of its own', 'hold', { until: 'noon' }, 'value.until', /no fields/],
    ['a text that is no JSON', 'setPolicy', '{readWhen', 'value', /^an object of readWhen, /],
    ['a list', 'setPolicy', [settings], 'value', /^an object of readWhen, /],
    ['settings that are not there', 'setPolicy', { scope }, 'value.readWhen', /one setting at least/],
    [
      'settings in another form',
      'setPolicy',
      { read: { when: 'manual' } },
      'value.read',
      /^allowed here: readWhen, /,
    ],
    ['a scope that is none', 'setPolicy', { ...settings, scope: 'all' }, 'value.scope', /"conversation"/],
    ['a moment that is none', 'setPolicy', { readWhen: 'soon' }, 'value.readWhen', /"manual"/],
  ] as const) {
    it(`are refused for ${what}, with the field and the reason`, () => {
      const fault = read(name, given);
      assert.ok('field' in fault);
      assert.equal(fault.field, field);
      assert.match(fault.because, because);
    });
  }

  it('have the fields of the commands, which name their target beside them', () => {
    const commands = { markRead, hold: holdReceipt, showTyping, setPolicy: setReceiptPolicy };
    // An event's settings hold for the message alone where they are not said to hold for the conversation.
    const own = ['scope'];
    for (const [name, command] of Object.entries(commands)) {
      const event = fieldsOf(topicEvents[`bluetick.${name}` as TopicEventName]);
      const { properties = {} } = z.toJSONSchema(command.input);
      const theirs = Object.keys(properties).filter(field => !(field in targetFields));
      assert.deepEqual(
        Object.keys(event)
          .filter(field => !own.includes(field))
          .sort(),
        theirs.sort(),
        name,
      );
      for (const field of theirs)
        assert.deepEqual(typeOf(event[field]), typeOf(properties[field]), `${name}.${field}`);
    }
  });

  const fieldsOf = (schema: z.ZodType) => z.toJSONSchema(schema).properties ?? {};
  /** A field without its words, which speak of another target. */
  const typeOf = (field: unknown) => ({ ...(field as object), description: '' });
});
