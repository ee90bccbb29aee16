import assert from 'node:assert/strict';
import { Held } from '../../../bot/secrets/held.ts';
import { renewedChannel } from '../../../bot/secrets/renewedChannel.ts';
import type { WebhookChannel } from '../../../middleware/ports.ts';

/** A channel that says when it is closed; its files come in two pieces. */
function channelOf(name: string, closed: string[]): WebhookChannel {
  const channel: Partial<WebhookChannel> = {
    name: 'meta',
    businesses: [],
    webhook: {
      bodyLimit: 1,
      authenticate() {},
      parse: () => ({ messages: [], acknowledgements: [], rejected: [] }),
    },
    async downloadMedia() {
      async function* body() {
        yield Buffer.from('one');
        yield Buffer.from('two');
      }
      return { contentType: 'text/plain', body: body() };
    },
    async close() {
      closed.push(name);
    },
  };
  return channel as WebhookChannel;
}

describe('a part that is replaced', () => {
  it('is closed when nothing is under way with it any more, once', async () => {
    const closed: string[] = [];
    const part = (name: string) => ({ name, close: () => closed.push(name) });
    const held = new Held(part('first'));
    const [one, other] = [held.begin(), held.begin()];
    held.replace(part('second'));
    assert.equal(held.current.name, 'second');
    one.end();
    one.end();
    assert.deepEqual(closed, []);
    other.end();
    assert.deepEqual(closed, ['first']);
    assert.equal(await held.use(async ({ name }) => name), 'second');
    await held.close();
    assert.deepEqual(closed, ['first', 'second']);
  });

  it('is closed although a call with it fails', async () => {
    const closed: string[] = [];
    const held = new Held({ close: () => closed.push('first') });
    const failing = held.use(async () => Promise.reject(new Error('refused')));
    held.replace({ close: () => 0 });
    await assert.rejects(failing);
    assert.deepEqual(closed, ['first']);
  });

  it('hands on a file to its end, or until its reader leaves', async () => {
    for (const isLeft of [false, true]) {
      const closed: string[] = [];
      const held = new Held(channelOf('first', closed));
      const channel = renewedChannel(held);
      const { body } = await channel.downloadMedia('1', '2', AbortSignal.timeout(5000));
      held.replace(channelOf('second', closed));
      let text = '';
      for await (const piece of body) {
        assert.deepEqual(closed, []);
        text += String(piece);
        if (isLeft) break;
      }
      assert.equal(text, isLeft ? 'one' : 'onetwo');
      assert.deepEqual(closed, ['first']);
    }
  });

  it('is closed where a file was not begun to be read, and is not wanted any more', async () => {
    const closed: string[] = [];
    const held = new Held(channelOf('first', closed));
    const gone = new AbortController();
    await renewedChannel(held).downloadMedia('1', '2', gone.signal);
    held.replace(channelOf('second', closed));
    assert.deepEqual(closed, []);
    gone.abort();
    assert.deepEqual(closed, ['first']);
  });
});
