import assert from 'node:assert/strict';
import {
  checkEscalation,
  type EscalationCheck,
} from '../../../middleware/acknowledgements/checkEscalation.ts';
import { isBluetickError } from '../../../middleware/errors.ts';

const text = { type: 'text', text: 'Your table is ready' } as const;
const template = { type: 'template', template: { name: 'hello', language: 'de' } } as const;
const hook = 'https://hooks.example/bluetick?secret=s3cret';
const against: EscalationCheck = {
  content: text,
  customer: '4915550001111',
  ways: ['sms', 'hook'],
  allowsHook: url => url === hook,
};
const sms = { type: 'sms' };
const rule = { unless: 'delivered', afterMs: 300_000, via: [sms] };

/** The field and the message of the refusal of a rule. */
function refusal(given: unknown, over: Partial<EscalationCheck> = {}): { field: unknown; message: string } {
  try {
    checkEscalation(given, { ...against, ...over });
  } catch (error) {
    assert.ok(isBluetickError(error));
    assert.equal(error.code, 'invalid_request');
    return error;
  }
  return assert.fail('it was taken');
}

describe('a rule for what does not arrive', () => {
  it('is taken as it is, at its bounds', () => {
    for (const good of [
      rule,
      { ...rule, unless: 'read', afterMs: 1000 },
      { ...rule, afterMs: 7 * 24 * 60 * 60 * 1000 },
      { ...rule, via: [{ type: 'hook', url: hook }, sms, { ...sms, to: '+4915550002222' }, sms, sms] },
      { ...rule, via: [{ ...sms, text: 'x'.repeat(4096), to: '4915550002222' }] },
    ])
      assert.deepEqual(checkEscalation(good, against), good);
    const voice = { type: 'voice', text: 'Hallo', language: 'de-DE' };
    const calls = checkEscalation({ ...rule, via: [voice] }, { ...against, ways: ['voice'] });
    assert.deepEqual(calls.via, [voice]);
  });

  for (const [what, given, field] of [
    ['no object', 'sms', 'escalate'],
    ['an unknown field', { ...rule, after: 1 }, 'escalate.after'],
    ['no level', { ...rule, unless: undefined }, 'escalate.unless'],
    ['another level', { ...rule, unless: 'sent' }, 'escalate.unless'],
    ['a time that is too short', { ...rule, afterMs: 999 }, 'escalate.afterMs'],
    ['a time that is too long', { ...rule, afterMs: 7 * 24 * 60 * 60 * 1000 + 1 }, 'escalate.afterMs'],
    ['half a millisecond', { ...rule, afterMs: 1000.5 }, 'escalate.afterMs'],
    ['no way', { ...rule, via: [] }, 'escalate.via'],
    ['six ways', { ...rule, via: [sms, sms, sms, sms, sms, sms] }, 'escalate.via'],
    ['an unknown way', { ...rule, via: [sms, { type: 'pigeon' }] }, 'escalate.via.1.type'],
    ['an unknown field of a way', { ...rule, via: [{ ...sms, url: hook }] }, 'escalate.via.0.url'],
    ['no phone number', { ...rule, via: [{ ...sms, to: 'Anna' }] }, 'escalate.via.0.to'],
    ['an empty text', { ...rule, via: [{ ...sms, text: ' ' }] }, 'escalate.via.0.text'],
    ['no language', { ...rule, via: [{ type: 'voice', language: '"/>' }] }, 'escalate.via.0.language'],
    ['a hook without an address', { ...rule, via: [{ type: 'hook' }] }, 'escalate.via.0.url'],
  ] as const) {
    it(`is refused if it has ${what}, by the field`, () => {
      const refused = refusal(given, { ways: ['sms', 'voice', 'hook'] });
      assert.equal(refused.field, field);
      assert.ok(refused.message.startsWith(`${field}: `));
      assert.match(refused.message, /allowed: |unknown field/);
    });
  }

  it('is refused if one of its ways is not configured, with those that are', () => {
    const { field, message } = refusal({ ...rule, via: [sms, { type: 'voice' }] });
    assert.deepEqual(
      [field, message],
      ['escalate.via.1.type', 'escalate.via.1.type: got "voice", allowed: sms, hook'],
    );
    assert.match(refusal(rule, { ways: [] }).message, /allowed: none: no way is configured$/);
  });

  it('is refused if it names a web hook that is not allowed, without repeating its address', () => {
    const { field, message } = refusal({ ...rule, via: [{ type: 'hook', url: `${hook}x` }] });
    assert.equal(field, 'escalate.via.0.url');
    assert.doesNotMatch(message, /hooks\.example|s3cret/);
  });

  it('needs a text of its own where the message has none', () => {
    const audio = { type: 'media', media: { type: 'audio', url: 'https://files.example/a.ogg' } } as const;
    for (const content of [template, audio]) {
      assert.equal(refusal(rule, { content }).field, 'escalate.via.0.text');
      checkEscalation({ ...rule, via: [{ ...sms, text: 'Please call us' }] }, { ...against, content });
    }
    const captioned = { type: 'media', media: { ...audio.media, type: 'image', caption: 'see' } } as const;
    checkEscalation(rule, { ...against, content: captioned });
    checkEscalation({ ...rule, via: [{ type: 'hook', url: hook }] }, { ...against, content: template });
  });

  it('needs a number of its own where the customer’s is hidden, and repeats none', () => {
    const hidden = { customer: 'DE.4915550001111' };
    const { field, message } = refusal(rule, hidden);
    assert.equal(field, 'escalate.via.0.to');
    assert.doesNotMatch(message, /4915550001111/);
    checkEscalation({ ...rule, via: [{ ...sms, to: '4915550001111' }] }, { ...against, ...hidden });
    assert.doesNotMatch(refusal({ ...rule, via: [{ ...sms, to: '0155501' }] }).message, /0155501/);
  });
});
