import assert from 'node:assert/strict';
import { isSame, refusedField, valueAt, withValue } from '../../../bot/console/policy/draft.ts';
import { ofLength } from '../../../bot/console/policy/sampleText.ts';
import {
  nameOfScope,
  pathOfScope,
  roleToChange,
  routeOfScope,
  scopeOfName,
  scopeOfRoute,
  scopeOfSource,
} from '../../../bot/console/policy/scopes.ts';

describe('a policy that is edited', () => {
  const document = { read: { when: 'manual', delay: { minMs: 5 } }, typing: { show: true } };

  it('takes values in and gives them back, and stays what it was', () => {
    const edited = withValue(document, 'read.delay.maxMs', null);
    assert.deepEqual(edited.read, { when: 'manual', delay: { minMs: 5, maxMs: null } });
    assert.deepEqual(
      [valueAt(edited, 'read.delay.maxMs'), valueAt(document, 'read.delay.maxMs')],
      [null, undefined],
    );
    assert.deepEqual(withValue({}, 'reply.delay.jitter', 0.2), { reply: { delay: { jitter: 0.2 } } });
    assert.equal(valueAt(document, 'think.delay.minMs'), undefined);
  });

  it('loses the sections that are left empty', () => {
    const cleared = ['read.when', 'read.delay.minMs', 'typing.show', 'window.fallbackTemplate'].reduce(
      (draft, path) => withValue(draft, path, undefined),
      document as Readonly<Record<string, unknown>>,
    );
    assert.deepEqual(cleared, {});
  });

  it('is the same in another order, and another with another value', () => {
    assert.ok(isSame(document, { typing: { show: true }, read: { delay: { minMs: 5 }, when: 'manual' } }));
    assert.ok(isSame({ body: [{ text: 'a' }] }, { body: [{ text: 'a' }] }));
    for (const other of [{}, { ...document, think: {} }, withValue(document, 'read.when', null)])
      assert.ok(!isSame(document, other));
    assert.ok(!isSame({ body: ['a'] }, { body: ['a', 'b'] }));
  });

  it('has a refusal beside its field, however the host names it', () => {
    const paths = ['read.delay.minMs', 'typing.show', 'handoff.typing', 'window.fallbackTemplate'];
    const named: [string | undefined, string | undefined][] = [
      ['read.delay.minMs', 'read.delay.minMs'],
      ['policy.typing.show', 'typing.show'],
      ['channels.meta.typing.show', 'typing.show'],
      ['workstreams.a.b.policy.handoff.typing', 'handoff.typing'],
      ['policy.window.fallbackTemplate.name', 'window.fallbackTemplate'],
      ['channel', undefined],
      ['policy', undefined],
      [undefined, undefined],
    ];
    for (const [field, path] of named) assert.equal(refusedField(field, paths), path, field);
  });
});

describe('a scope of the policy page', () => {
  const workstream = { kind: 'workstream', id: 'a/b' } as const;

  it('stands in the address and in the API', () => {
    assert.deepEqual(scopeOfRoute([]), { kind: 'default', id: '' });
    assert.deepEqual(scopeOfRoute(['workstream', 'a/b']), workstream);
    assert.deepEqual(scopeOfRoute(routeOfScope(workstream)), workstream);
    assert.deepEqual(scopeOfName(nameOfScope(workstream)), workstream);
    assert.equal(pathOfScope(workstream), '/api/v1/policies/workstream/a%2Fb');
    assert.equal(pathOfScope({ kind: 'default', id: '' }), '/api/v1/policies/default');
    for (const route of [['planet', 'earth'], ['workstream'], ['default', 'x']])
      assert.equal(scopeOfRoute(route), undefined);
  });

  it('is what the source of a value names', () => {
    assert.deepEqual(scopeOfSource('channel meta', workstream), { kind: 'channel', id: 'meta' });
    assert.deepEqual(scopeOfSource('business Contoso Ltd', workstream), {
      kind: 'business',
      id: 'Contoso Ltd',
    });
    assert.deepEqual(scopeOfSource('default', workstream), { kind: 'default', id: '' });
    assert.equal(scopeOfSource('built-in default', workstream), undefined);
    const conversation = { kind: 'conversation', id: 'c_1' } as const;
    assert.deepEqual(scopeOfSource('conversation', conversation), conversation);
  });

  it('is a supervisor’s to change where it is a team’s or one customer’s', () => {
    const kinds = ['default', 'channel', 'business', 'workstream', 'conversation'] as const;
    assert.deepEqual(
      kinds.map(kind => roleToChange({ kind, id: 'x' })),
      ['administrator', 'administrator', 'administrator', 'supervisor', 'supervisor'],
    );
  });
});

describe('the sample text of the preview', () => {
  it('is as long as is asked', () => {
    assert.equal(ofLength('Hello there', 5, 'Hi'), 'Hello');
    assert.equal(ofLength('Hello', 12, 'Hi'), 'Hello Hi Hi ');
    assert.equal(ofLength('', 0, 'Hi'), '');
  });
});
