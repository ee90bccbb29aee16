import assert from 'node:assert/strict';
import { nobody } from '../support/standIn.ts';
import type { WaySuite, WayTraits } from './way.ts';

/** What a provider's refusals and silences mean. */
export function describeWayFaults(suite: WaySuite, traits: WayTraits): void {
  describe('faults', () => {
    for (const { what, answer, ...expected } of traits.refusals) {
      it(`${what} is \`${expected.fault}\``, async () => {
        suite.provider.strike(answer);
        const { fault, providerCode, retryAfterMs, ambiguous } = await suite.faultOf(suite.send());
        assert.deepEqual(
          { fault, providerCode, retryAfterMs, ambiguous },
          { retryAfterMs: undefined, ambiguous: false, ...expected },
        );
        assert.equal(suite.provider.calls.length, 1);
      });
    }
    it('a date in Retry-After is waited for', async () => {
      const at = new Date(Date.now() + 30_000).toUTCString();
      suite.provider.strike({ status: 429, headers: { 'retry-after': at } });
      const { fault, retryAfterMs = 0 } = await suite.faultOf(suite.send());
      assert.equal(fault, 'rate');
      assert.ok(retryAfterMs > 20_000 && retryAfterMs <= 30_000, String(retryAfterMs));
    });
    it('a redirect is not followed: it would carry away what only the provider may see', async () => {
      const { origin } = suite.provider;
      for (const status of [301, 302, 307, 308]) {
        suite.provider.strike({ status, headers: { location: `${origin}/elsewhere` } });
        const fault = await suite.faultOf(suite.send());
        assert.deepEqual([fault.fault, fault.providerCode], ['permanent', `http_${status}`]);
      }
      assert.equal(suite.provider.calls.length, 4);
    });
    it('a call without an answer in time may have been carried out', async () => {
      suite.provider.strike('hang');
      const sending = suite.impatient().send(suite.call, new AbortController().signal);
      const fault = await suite.faultOf(sending);
      assert.deepEqual(
        [fault.fault, fault.providerCode, fault.ambiguous, fault.providerWide],
        ['transient', 'timeout', true, true],
      );
    });
    for (const [what, how] of [
      ['breaks before the answer', 'drop'],
      ['breaks within the answer', 'half'],
    ] as const) {
      it(`a call whose connection ${what} may have been carried out`, async () => {
        suite.provider.strike(how);
        const fault = await suite.faultOf(suite.send());
        assert.deepEqual(
          [fault.fault, fault.providerCode, fault.ambiguous, fault.retryable],
          ['transient', 'network', true, true],
        );
      });
    }
    it('where nobody listens, nothing can have been carried out', async () => {
      const origin = await nobody();
      const url = `${origin}/in-the-path`;
      const sending = suite.elsewhere(origin).send({ ...suite.call, url }, new AbortController().signal);
      const fault = await suite.faultOf(sending);
      assert.deepEqual([fault.fault, fault.providerCode, fault.ambiguous], ['transient', 'network', false]);
    });
    for (const [place, answer] of traits.unreadable.entries()) {
      it(`a success that cannot be read may have been carried out, and is repeated once (${place + 1})`, async () => {
        suite.provider.strike(answer);
        const fault = await suite.faultOf(suite.send());
        assert.deepEqual(
          [fault.fault, fault.providerCode, fault.ambiguous, fault.retries],
          ['transient', 'unreadable_answer', true, 1],
        );
      });
    }
    it('a call that hangs ends at once when its signal aborts', async () => {
      suite.provider.strike('hang');
      const stop = new AbortController();
      const fault = suite.faultOf(suite.send({}, stop.signal));
      await suite.provider.called(1);
      stop.abort();
      const { providerCode, ambiguous, providerWide } = await fault;
      assert.deepEqual([providerCode, ambiguous, providerWide], ['aborted', true, false]);
    });
    it('a signal that has aborted already lets no call out', async () => {
      const fault = await suite.faultOf(suite.send({}, AbortSignal.abort()));
      assert.deepEqual([fault.providerCode, fault.ambiguous], ['aborted', false]);
      assert.equal(suite.provider.calls.length, 0);
    });
    it('the next call after a fault works', async () => {
      suite.provider.strike({ status: 500 });
      await suite.faultOf(suite.send());
      assert.deepEqual(await suite.send(), { id: traits.idOf(suite.call) });
    });
  });
}
