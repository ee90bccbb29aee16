/**
 * One suite for every way out of an escalation. A way's test file brings what its provider's documentation or SDK says:
 * the call, the success, and the refusals.
 *
 * @module
 */
import assert from 'node:assert/strict';
import type { EscalationCall, EscalationWayOut } from '../../middleware/acknowledgements/ways/way.ts';
import { ProviderError, type ProviderFault } from '../../middleware/errors.ts';
import type { EscalationWay } from '../../middleware/escalation.ts';
import type { Answer } from '../support/callServer.ts';
import { describeWayFaults } from './wayFaults.ts';
import { type ProviderCall, startWayProvider, type WayProvider } from './wayProvider.ts';

/** A refusal as the provider words it, and what it means. */
export interface Refusal {
  readonly what: string;
  readonly answer: Answer;
  readonly fault: ProviderFault;
  readonly providerCode: string;
  readonly retryAfterMs?: number;
  readonly ambiguous?: boolean;
}

/** What a way is like. */
export interface WayTraits {
  readonly type: EscalationWay['type'];
  readonly idempotent: boolean;
  /** Texts that no error may show. The number, the text and the address of the call are added. */
  readonly secrets: readonly string[];
  /** Loads what would otherwise be loaded within the first call's time limit. */
  load?(): Promise<unknown>;
  /** The way, connected to the provider at that address. */
  start(origin: string, timeoutMs: number): EscalationWayOut;
  /** The documented call: its path and query, and its body, decoded as `decode` does it. */
  documented(call: EscalationCall): { readonly path: string; readonly body: unknown };
  decode(body: string): unknown;
  /** Whether the call is proved as the provider wants it. */
  isProved(call: ProviderCall): boolean;
  readonly success: Answer;
  /** The id that the success gives, or that the way gives where its provider has none. */
  idOf(call: EscalationCall): string;
  readonly refusals: readonly Refusal[];
  /** Answers that say success and cannot be read. */
  readonly unreadable: readonly Answer[];
  /** What the call needs, with the code of the refusal where it is not there. */
  readonly needs: Partial<Record<'to' | 'text' | 'url', string>>;
}

/** The way under test, which each test gets new. */
export interface WaySuite {
  readonly way: EscalationWayOut;
  readonly provider: WayProvider;
  /** The call that is made unless a test says otherwise. */
  readonly call: EscalationCall;
  send(over?: Partial<EscalationCall>, signal?: AbortSignal): Promise<{ readonly id: string }>;
  /** Checks that a call fails with a `ProviderError` that shows nothing it should not. */
  faultOf(sending: Promise<unknown>): Promise<ProviderError>;
  /** The way again, with a time limit that a test can wait for. */
  impatient(): EscalationWayOut;
  /** The way, connected to another address. */
  elsewhere(origin: string): EscalationWayOut;
}

/** Runs the suite against one way. */
export function describeWay(name: string, traits: WayTraits): void {
  describe(`way contract: ${name}`, () => {
    let provider: WayProvider;
    let ways: EscalationWayOut[];
    before(() => traits.load?.());
    beforeEach(async () => {
      provider = await startWayProvider(() => traits.success);
      ways = [traits.start(provider.origin, 5000)];
    });
    afterEach(async () => {
      await provider.close();
      for (const way of ways) await way.close();
    });

    const another = (origin: string, timeoutMs: number) => {
      const way = traits.start(origin, timeoutMs);
      ways.push(way);
      return way;
    };
    const suite: WaySuite = {
      get way() {
        return ways[0] as EscalationWayOut;
      },
      get provider() {
        return provider;
      },
      get call() {
        return sample(provider.origin);
      },
      send: (over = {}, signal = new AbortController().signal) =>
        suite.way.send({ ...suite.call, ...over }, signal),
      impatient: () => another(provider.origin, 100),
      elsewhere: origin => another(origin, 5000),
      async faultOf(sending) {
        const error = await sending.then(
          () => assert.fail('the call succeeded'),
          (thrown: unknown) => thrown,
        );
        assert.ok(error instanceof ProviderError, String(error));
        const shown = `${error.stack}\n${JSON.stringify(error)}\n${String(error.cause)}`;
        const { to = '', text = '' } = suite.call;
        for (const secret of [...traits.secrets, to, text, 'in-the-path', 'in-the-query'])
          assert.ok(!shown.includes(secret), 'the error shows a secret, a number, a text or an address');
        return error;
      },
    };

    it(`is the way ${traits.type}, and says whether its calls can be repeated`, () => {
      assert.deepEqual([suite.way.type, suite.way.idempotent], [traits.type, traits.idempotent]);
    });
    it('makes the documented call, proved, and answers the id', async () => {
      assert.deepEqual(await suite.send(), { id: traits.idOf(suite.call) });
      const [call, ...others] = provider.calls;
      assert.ok(call !== undefined && others.length === 0);
      const { path, body } = traits.documented(suite.call);
      assert.deepEqual([call.method, call.path], ['POST', path]);
      assert.deepEqual(traits.decode(call.body.toString()), body);
      assert.ok(traits.isProved(call));
    });
    it('makes the very same call again when it is repeated', async () => {
      await suite.send();
      await suite.send({ interrupted: true });
      const [first, second] = provider.calls.map(({ path, body }) => [path, body.toString()]);
      assert.deepEqual(first, second);
      assert.ok(provider.calls.every(traits.isProved));
    });
    for (const [part, code] of Object.entries(traits.needs)) {
      it(`makes no call without ${part}`, async () => {
        const { [part as 'to']: _, ...rest } = suite.call;
        const fault = await suite.faultOf(suite.way.send(rest, new AbortController().signal));
        assert.deepEqual(
          [fault.fault, fault.providerCode, fault.ambiguous, fault.retryable],
          ['permanent', code, false, false],
        );
        assert.equal(provider.calls.length, 0);
      });
    }
    describeWayFaults(suite, traits);
  });
}

/** A call with everything that any way needs. */
function sample(origin: string): EscalationCall {
  return {
    key: 'c0ffee00-0000-4000-8000-000000000001',
    createdAt: Date.UTC(2026, 10, 22, 12, 0, 0),
    channel: 'meta',
    message: 'o7',
    conversation: 'c_abc',
    to: '4915550001111',
    text: 'Your order <7> is "ready" & waits: ½ €, 🚲',
    language: 'en-GB',
    url: `${origin}/in-the-path?key=in-the-query`,
  };
}
