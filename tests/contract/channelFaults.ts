import assert from 'node:assert/strict';
import { ProviderError } from '../../middleware/errors.ts';
import type { ChannelTraits } from './channel.ts';
import { type ChannelSuite, signal, text } from './channelSamples.ts';

/** What the provider’s refusals and silences mean. */
export function describeFaults(suite: ChannelSuite, traits: ChannelTraits): void {
  describe('faults', () => {
    /** Checks that a call fails with a `ProviderError` that shows nothing it should not. */
    async function faultOf(call: Promise<unknown>, ...ids: string[]): Promise<ProviderError> {
      const error = await call.then(
        () => assert.fail('the call succeeded'),
        (error: unknown) => error,
      );
      assert.ok(error instanceof ProviderError, String(error));
      const shown = `${error.message}\n${error.stack}\n${JSON.stringify(error)}\n${String(error.cause)}`;
      for (const secret of [...suite.harness.secrets, suite.harness.address.customer, ...ids]) {
        assert.ok(!shown.includes(secret), 'the error shows a secret, a number or an id');
      }
      return error;
    }

    /** Every call that the channel has. */
    const calls = (): (() => Promise<unknown>)[] => {
      const { documented, channel, address } = suite.harness;
      const id = suite.harness.inboundId();
      return [
        () => suite.send(text),
        ...(documented.markRead === undefined ? [] : [() => suite.read(id, false)]),
        ...(documented.markReadAndType === undefined ? [] : [() => suite.read(id, true)]),
        ...(channel.setTyping === undefined
          ? []
          : [() => channel.setTyping?.({ ...address, show: true }, signal()) ?? Promise.resolve()]),
      ];
    };

    it('429 with Retry-After is `rate`, with the wait', async () => {
      for (const call of calls()) {
        suite.harness.strike('rate');
        const fault = await faultOf(call());
        assert.equal(fault.fault, 'rate');
        assert.equal(fault.retryAfterMs, 7000);
        assert.equal(fault.retryable, true);
      }
    });
    it('500 is `transient`, counts for the whole provider, and did not act', async () => {
      for (const call of calls()) {
        suite.harness.strike('server');
        const fault = await faultOf(call());
        assert.equal(fault.fault, 'transient');
        assert.equal(fault.providerWide, true);
        assert.equal(fault.ambiguous, false);
      }
    });
    it('refused credentials are `auth`', async () => {
      for (const call of calls()) {
        suite.harness.strike('auth');
        const fault = await faultOf(call());
        assert.equal(fault.fault, 'auth');
        assert.equal(fault.providerWide, false);
      }
    });
    if (traits.has.window === true) {
      it('a closed window is `window`, and nothing to repeat', async () => {
        suite.harness.strike('window');
        const fault = await faultOf(suite.send(text));
        assert.equal(fault.fault, 'window');
        assert.equal(fault.code, 'window_closed');
        assert.equal(fault.retryable, false);
      });
    }
    it('errors show no id of a message', async () => {
      if (suite.harness.documented.markRead === undefined) return;
      const id = suite.harness.inboundId();
      suite.harness.strike('server');
      await faultOf(suite.read(id, false), id);
    });
    it('a call that hangs ends at once when its signal aborts', async () => {
      suite.harness.strike('hang');
      const stop = new AbortController();
      const fault = faultOf(suite.send(text, { stop: stop.signal }));
      await suite.harness.called();
      const before = performance.now();
      stop.abort();
      const error = await fault;
      assert.ok(performance.now() - before < 500);
      assert.equal(error.fault, 'transient');
      assert.equal(error.providerCode, 'aborted');
      assert.equal(error.providerWide, false);
      assert.equal(error.ambiguous, true);
    });
    it('a signal that has aborted already lets no call out', async () => {
      const error = await faultOf(suite.send(text, { stop: AbortSignal.abort() }));
      assert.equal(error.ambiguous, false);
      assert.deepEqual(suite.harness.calls(), []);
    });
    it('the next call after a fault works', async () => {
      suite.harness.strike('server');
      await faultOf(suite.send(text));
      await suite.send(text);
    });
  });
}
