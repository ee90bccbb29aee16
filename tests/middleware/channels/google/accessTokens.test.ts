import assert from 'node:assert/strict';
import { createGoogleChannel } from '../../../../middleware/channels/google/googleChannel.ts';
import { ProviderError } from '../../../../middleware/errors.ts';
import type { WebhookChannel } from '../../../../middleware/ports.ts';
import { refusal } from '../../../support/googleServer.ts';
import { type RbmStandIn, startRbmStandIn } from '../../../support/rbmStandIn.ts';

const ends = { channel: 'google', business: 'the_agent', customer: '15551234567' } as const;

describe('the tokens of the channel google', () => {
  let rbm: RbmStandIn;
  let channel: WebhookChannel;
  beforeEach(async () => {
    rbm = await startRbmStandIn(['the_agent']);
    const { serviceAccount, origin: apiUrl } = rbm;
    const options = { agentIds: ['the_agent'], serviceAccount, clientTokens: ['t'], apiUrl };
    channel = createGoogleChannel({ rbm: options, timeoutMs: 500 });
  });
  afterEach(async () => {
    await channel.close();
    await rbm.close();
  });

  const type = (signal = AbortSignal.timeout(5000)) => channel.setTyping?.({ ...ends, show: true }, signal);
  const fault = async (signal?: AbortSignal) => {
    try {
      await type(signal);
    } catch (error) {
      assert.ok(error instanceof ProviderError);
      const shown = `${error.message}\n${error.stack}\n${JSON.stringify(error)}\n${String(error.cause)}`;
      assert.doesNotMatch(shown, /PRIVATE|eyJ|gserviceaccount/);
      return error;
    }
    return assert.fail('the call succeeded');
  };

  it('are asked for with the first call, once for all who wait, and kept', async () => {
    assert.equal(rbm.asked, 0);
    await Promise.all(Array.from({ length: 10 }, () => type()));
    await type();
    assert.equal(rbm.asked, 1);
    assert.equal(rbm.events.length, 11);
  });

  it('are renewed before they end', async () => {
    // It ends within the five minutes in which the library renews a token.
    rbm.tokenLife = 299;
    await type();
    await type();
    assert.equal(rbm.tokens.length, 2);
    assert.equal(rbm.events.length, 2);
  });

  it('are fetched anew when one was refused', async () => {
    await type();
    rbm.strike('auth');
    assert.equal((await fault()).fault, 'auth');
    await type();
    assert.equal(rbm.tokens.length, 2);
  });

  it('that Google refuses the account are an `auth` fault: the agent pauses, and what is owed waits', async () => {
    for (const status of [400, 401, 403]) {
      rbm.tokenAnswer = refusal(status, 'invalid_grant');
      const { fault: is, providerCode, ambiguous } = await fault();
      assert.deepEqual([is, providerCode, ambiguous], ['auth', 'no_token', false]);
    }
    rbm.tokenAnswer = undefined;
    await type();
    assert.equal(rbm.calls.length, 1);
  });

  it('that cannot be had now are a transient fault, tried once a call', async () => {
    for (const [times, answer] of [refusal(500, 'x'), refusal(429, 'x'), refusal(408, 'x')].entries()) {
      rbm.tokenAnswer = answer;
      const { fault: is, providerCode, providerWide, ambiguous } = await fault();
      assert.deepEqual([is, providerCode], ['transient', 'token_unavailable']);
      assert.deepEqual([providerWide, ambiguous], [true, false]);
      assert.equal(rbm.asked, times + 1);
    }
    // A success that holds none, an answer that goes elsewhere, and one that never comes.
    for (const answer of [
      { status: 200, body: {} },
      { status: 307, body: {}, headers: { location: `${rbm.origin}/elsewhere` } },
      'hang',
    ] as const) {
      rbm.tokenAnswer = answer;
      assert.equal((await fault()).fault, 'transient');
    }
    assert.deepEqual(rbm.calls, []);
  });

  it('are not waited for longer than the caller does', async () => {
    rbm.tokenAnswer = 'hang';
    const stop = new AbortController();
    const stopped = fault(stop.signal);
    await rbm.waitFor(() => rbm.asked === 1);
    stop.abort();
    const { providerCode, ambiguous } = await stopped;
    assert.deepEqual([providerCode, ambiguous], ['aborted', false]);
  });
});
