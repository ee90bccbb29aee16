import assert from 'node:assert/strict';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { Drafts } from '../../../../bot/console/conversations/drafts.ts';
import { Refresher } from '../../../../bot/console/conversations/refresher.ts';
import { TypingSigns } from '../../../../bot/console/conversations/typingSigns.ts';

const event = (type: string, rest: object = {}) => ({ id: 'e-1', type, conversation: 'c_1', ...rest });
const typing = (by: string, typing = true) => event('typing', { by, typing });

describe('who types', () => {
  let clock: SinonFakeTimers;
  let signs: TypingSigns;
  beforeEach(() => {
    clock = useFakeTimers();
    signs = new TypingSigns();
  });
  afterEach(() => clock.restore());

  it('shows both sides, and each until it ends', () => {
    signs.apply(typing('customer'));
    signs.apply(typing('business'));
    assert.deepEqual(signs.of('c_1'), { customer: true, business: true });
    signs.apply(typing('customer', false));
    assert.deepEqual(signs.of('c_1'), { customer: false, business: true });
    assert.deepEqual(signs.of('c_2'), { customer: false, business: false });
  });

  it('ends with a message of that side', () => {
    signs.apply(typing('customer'));
    signs.apply(event('agent', { event: 'typing', agent: 'Ada' }));
    assert.deepEqual(signs.of('c_1'), { customer: true, business: false, agent: 'Ada' });
    signs.apply(event('message.received'));
    signs.apply(event('message.added'));
    assert.deepEqual(signs.of('c_1'), { customer: false, business: false });
  });

  it('ends by itself where nobody tells of the end, and goes on where it is told again', () => {
    signs.apply(typing('customer'));
    clock.tick(20_000);
    signs.apply(typing('customer'));
    clock.tick(20_000);
    assert.equal(signs.of('c_1').customer, true);
    clock.tick(5_000);
    assert.equal(signs.of('c_1').customer, false);
  });

  it('tells of changes alone, and forgets all when it must', () => {
    let changes = 0;
    signs.addEventListener('change', () => {
      changes += 1;
    });
    signs.apply(typing('customer'));
    signs.apply(typing('customer'));
    assert.equal(changes, 1);
    signs.clear();
    assert.equal(signs.of('c_1').customer, false);
    assert.equal(clock.countTimers(), 0);
  });
});

describe('asking anew after events', () => {
  /** Requests that wait for their answer. */
  function world() {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const refresher = new Refresher(id => {
      asked.push(id);
      return new Promise(resolve => answers.push(resolve));
    });
    const answer = async () => {
      answers.shift()?.();
      await new Promise(setImmediate);
    };
    return { asked, refresher, answer };
  }

  it('asks for four at once, and for the next as soon as one is answered', async () => {
    const { asked, refresher, answer } = world();
    for (const id of ['a', 'b', 'c', 'd', 'e']) refresher.want(id);
    assert.deepEqual(asked, ['a', 'b', 'c', 'd']);
    await answer();
    assert.deepEqual(asked, ['a', 'b', 'c', 'd', 'e']);
  });

  it('asks once more for what has changed while it was asked for, however often', async () => {
    const { asked, refresher, answer } = world();
    for (let times = 0; times < 5; times += 1) refresher.want('a');
    assert.deepEqual(asked, ['a']);
    await answer();
    assert.deepEqual(asked, ['a', 'a']);
    await answer();
    assert.deepEqual(asked, ['a', 'a']);
  });

  it('asks again for what an event has changed while it was asked for, and for nothing else', async () => {
    const { asked, refresher, answer } = world();
    refresher.touch('a');
    assert.deepEqual(asked, []);
    refresher.want('a');
    refresher.touch('a');
    await answer();
    assert.deepEqual(asked, ['a', 'a']);
  });

  it('asks for what an event has changed while a list was loaded, once it is there', async () => {
    const { asked, refresher } = world();
    const { promise, resolve } = Promise.withResolvers<string>();
    const loaded = refresher.during(promise);
    refresher.touch('a');
    refresher.touch('a');
    assert.deepEqual(asked, []);
    resolve('the list');
    assert.equal(await loaded, 'the list');
    assert.deepEqual(asked, ['a']);
  });

  it('asks again where the host could not be reached, and not where it refused', async () => {
    const clock = useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const errors: Error[] = [new TypeError('fetch failed'), new Error('there is no such message')];
      const asked: string[] = [];
      const refresher = new Refresher(async id => {
        asked.push(id);
        throw errors.shift();
      });
      refresher.want('a');
      await new Promise(setImmediate);
      clock.tick(2000);
      await new Promise(setImmediate);
      clock.tick(60_000);
      assert.deepEqual(asked, ['a', 'a']);
    } finally {
      clock.restore();
    }
  });
});

describe('drafts', () => {
  it('are kept for each conversation', () => {
    const drafts = new Drafts();
    drafts.set('c_1', 'half a');
    assert.equal(drafts.get('c_1'), 'half a');
    assert.equal(drafts.get('c_2'), '');
    drafts.set('c_1', '');
    assert.equal(drafts.get('c_1'), '');
    drafts.set('c_2', 'half another');
    drafts.clear();
    assert.equal(drafts.get('c_2'), '');
  });
});
