import assert from 'node:assert/strict';
import { BluetickError } from '../../../middleware/errors.ts';
import { defaultPolicy } from '../../../middleware/policy/defaultPolicy.ts';
import { parsePolicyBook, parsePolicyDocument } from '../../../middleware/policy/schema.ts';

function refused(run: () => unknown, message: string, field: string) {
  assert.throws(run, (error: unknown) => {
    assert.ok(error instanceof BluetickError);
    assert.equal(error.code, 'invalid_policy');
    assert.equal(error.message, message);
    assert.equal(error.field, field);
    return true;
  });
}

const allMoments =
  '"accepted", "replying", "agentAccepted", "agentOpened", "agentReplied", "manual", "never"';

describe('parsePolicyDocument', () => {
  it('adds nothing to what is written', () => {
    assert.deepEqual(parsePolicyDocument({}), {});
    assert.deepEqual(parsePolicyDocument({ read: { delay: { maxMs: null } } }), {
      read: { delay: { maxMs: null } },
    });
  });

  it('takes the whole of the defaults, and a template', () => {
    const template = {
      name: 'welcome_back',
      language: 'en_US',
      header: [{ type: 'image', url: 'https://example.com/a.png' }],
      body: [{ type: 'text', text: 'Ann' }],
    };
    const document = { ...defaultPolicy, window: { fallbackTemplate: template } };
    assert.deepEqual(parsePolicyDocument(JSON.parse(JSON.stringify(document))), document);
  });

  const cases: { name: string; input: unknown; message: string; field: string }[] = [
    {
      name: 'an unknown moment',
      input: { read: { when: 'sometimes' } },
      message: `read.when: got "sometimes", allowed: ${allMoments}`,
      field: 'read.when',
    },
    {
      name: 'a moment or null',
      input: { handoff: { read: 1 } },
      message: `handoff.read: got 1, allowed: ${allMoments}, null`,
      field: 'handoff.read',
    },
    {
      name: 'an unknown field',
      input: { read: { wen: 'never' } },
      message: 'read.wen: unknown field; allowed here: when, delay, eachMessage, acceptTypingWithRead',
      field: 'read.wen',
    },
    {
      name: 'an unknown section',
      input: { rad: {} },
      message: 'rad: unknown field; allowed here: read, typing, think, reply, handoff, window',
      field: 'rad',
    },
    {
      name: 'something that is no object',
      input: 5,
      message: 'policy: got 5, allowed: an object of read, typing, think, reply, handoff, window',
      field: 'policy',
    },
    {
      name: 'nothing at all',
      input: undefined,
      message: 'policy: got nothing, allowed: an object of read, typing, think, reply, handoff, window',
      field: 'policy',
    },
    {
      name: 'a key that would reach a prototype',
      input: JSON.parse('{"__proto__":{"read":{"when":"never"}}}'),
      message: '__proto__: unknown field; allowed here: read, typing, think, reply, handoff, window',
      field: '__proto__',
    },
    {
      name: 'a negative delay',
      input: { think: { delay: { minMs: -1 } } },
      message: 'think.delay.minMs: got -1, allowed: a whole number of milliseconds from 0 to 60000',
      field: 'think.delay.minMs',
    },
    {
      name: 'a delay past the limit, told once although it breaks two rules',
      input: { read: { delay: { maxMs: 1e300 } } },
      message:
        'read.delay.maxMs: got 1e+300, allowed: a whole number of milliseconds from 0 to 604800000, or null',
      field: 'read.delay.maxMs',
    },
    {
      name: 'a number that JSON does not know',
      input: { reply: { delay: { jitter: Number.NaN } } },
      message: 'reply.delay.jitter: got NaN, allowed: a number from 0 to 1',
      field: 'reply.delay.jitter',
    },
    {
      name: 'a keep-alive that would call in a loop',
      input: { typing: { keepAliveMs: 0 } },
      message:
        'typing.keepAliveMs: got 0, allowed: a whole number of milliseconds from 100 to 60000, or null',
      field: 'typing.keepAliveMs',
    },
    {
      name: 'a text where true or false belongs',
      input: { typing: { show: 'yes' } },
      message: 'typing.show: got "yes", allowed: true or false',
      field: 'typing.show',
    },
    {
      name: 'a bigint',
      input: { typing: { limitMs: 5n } },
      message:
        'typing.limitMs: got a value of the type bigint, allowed: a whole number of milliseconds from 0 to 600000',
      field: 'typing.limitMs',
    },
    {
      name: 'a function',
      input: { typing: { show: () => true } },
      message: 'typing.show: got a value of the type function, allowed: true or false',
      field: 'typing.show',
    },
    {
      name: 'a template without its language',
      input: { window: { fallbackTemplate: { name: 'hello' } } },
      message: 'window.fallbackTemplate.language: got nothing, allowed: a text of 1 to 20 characters',
      field: 'window.fallbackTemplate.language',
    },
    {
      name: 'a template that is none',
      input: { window: { fallbackTemplate: false } },
      message:
        'window.fallbackTemplate: got false, allowed: an object of name, language, header, body, or null',
      field: 'window.fallbackTemplate',
    },
    {
      name: 'a template parameter of another type',
      input: { window: { fallbackTemplate: { name: 'a', language: 'en', body: [{ type: 'price' }] } } },
      message:
        'window.fallbackTemplate.body.0.type: got "price", allowed: a parameter of the type "text", "image", "document" or "video"',
      field: 'window.fallbackTemplate.body.0.type',
    },
    {
      name: 'a file that is not fetched over http',
      input: {
        window: {
          fallbackTemplate: { name: 'a', language: 'en', header: [{ type: 'video', url: 'file:///x' }] },
        },
      },
      message:
        'window.fallbackTemplate.header.0.url: got "file:///x", allowed: an http or https address of up to 2048 characters',
      field: 'window.fallbackTemplate.header.0.url',
    },
  ];
  for (const { name, input, message, field } of cases) {
    it(`refuses ${name}`, () => refused(() => parsePolicyDocument(input), message, field));
  }

  it('begins each path with where the document stands', () => {
    refused(
      () => parsePolicyDocument({ typing: { show: 1 } }, 'workstreams.sales.policy'),
      'workstreams.sales.policy.typing.show: got 1, allowed: true or false',
      'workstreams.sales.policy.typing.show',
    );
    refused(
      () => parsePolicyDocument([], 'default'),
      'default: got [], allowed: an object of read, typing, think, reply, handoff, window',
      'default',
    );
  });

  it('lists up to five faults, the first of which names the field', () => {
    refused(
      () => parsePolicyDocument({ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, typing: { show: 0 } }),
      'typing.show: got 0, allowed: true or false; ' +
        ['a', 'b', 'c', 'd']
          .map(key => `${key}: unknown field; allowed here: read, typing, think, reply, handoff, window`)
          .join('; ') +
        '; and 2 more',
      'typing.show',
    );
  });

  it('repeats no more than the beginning of what it got', () => {
    const long = 'x'.repeat(1000);
    assert.throws(
      () => parsePolicyDocument({ read: { when: long }, [long]: 1 }),
      (error: Error) => {
        assert.ok(error.message.length < 500, error.message);
        return true;
      },
    );
  });

  it('survives values that cannot be shown', () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const odd = {
      toJSON() {
        throw new Error('no');
      },
    };
    refused(
      () => parsePolicyDocument({ read: { eachMessage: circular } }),
      'read.eachMessage: got a value of the type object, allowed: true or false',
      'read.eachMessage',
    );
    refused(
      () => parsePolicyDocument({ read: { eachMessage: odd } }),
      'read.eachMessage: got a value of the type object, allowed: true or false',
      'read.eachMessage',
    );
  });
});

describe('parsePolicyBook', () => {
  it('reads every scope', () => {
    const book = {
      default: { read: { when: 'replying' } },
      channels: { meta: { typing: { show: false } } },
      businesses: { '123': { handoff: { typing: false } } },
      workstreams: {
        sales: { match: { businesses: ['123'], d365: ['w-1'] }, policy: { read: { when: 'manual' } } },
      },
    };
    assert.deepEqual(parsePolicyBook(book), book);
    assert.deepEqual(parsePolicyBook({}), {});
  });

  it('names the path of a fault', () => {
    refused(
      () => parsePolicyBook({ workstreams: { sales: { policy: { read: { when: 5 } } } } }),
      `workstreams.sales.policy.read.when: got 5, allowed: ${allMoments}`,
      'workstreams.sales.policy.read.when',
    );
    refused(
      () => parsePolicyBook({ workstreams: { sales: {} } }),
      'workstreams.sales.policy: got nothing, allowed: an object of read, typing, think, reply, handoff, window',
      'workstreams.sales.policy',
    );
    refused(
      () => parsePolicyBook({ channels: { metta: {} } }),
      'channels.metta: unknown field; allowed here: acs, meta, twilio, wawp, waha, google, simulator, emulator',
      'channels.metta',
    );
    refused(
      () => parsePolicyBook({ policies: {} }),
      'policies: unknown field; allowed here: default, channels, businesses, workstreams',
      'policies',
    );
  });

  it('refuses ids that are empty, too long or would reach a prototype', () => {
    const allowed = 'an object with ids of 1 to 200 characters as its fields, and no __proto__';
    refused(
      () => parsePolicyBook(JSON.parse('{"businesses":{"__proto__":{}}}')),
      `businesses: got {"__proto__":{}}, allowed: ${allowed}`,
      'businesses',
    );
    refused(
      () => parsePolicyBook({ businesses: { '': {} } }),
      `businesses: got {"":{}}, allowed: ${allowed}`,
      'businesses',
    );
    assert.throws(() => parsePolicyBook({ workstreams: { ['x'.repeat(201)]: { policy: {} } } }));
    refused(() => parsePolicyBook({ businesses: 5 }), `businesses: got 5, allowed: ${allowed}`, 'businesses');
    refused(
      () => parsePolicyBook({ businesses: null }),
      `businesses: got null, allowed: ${allowed}`,
      'businesses',
    );
  });
});
