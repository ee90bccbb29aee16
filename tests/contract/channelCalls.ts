import assert from 'node:assert/strict';
import { isBluetickError, type ProviderError } from '../../middleware/errors.ts';
import type { ChannelTraits } from './channel.ts';
import {
  type ChannelSuite,
  contents,
  correlation,
  interactives,
  signal,
  template,
  text,
} from './channelSamples.ts';

/** The correlations of three other messages. */
const others = [2, 3, 4].map(n => `c0ffee00-0000-4000-8000-00000000000${n}`);

/** The calls, by the provider’s documentation. */
export function describeCalls(suite: ChannelSuite, traits: ChannelTraits): void {
  describe('calls', () => {
    it('marks a message read by the documented call, or by none', async () => {
      const { documented } = suite.harness;
      const id = suite.harness.inboundId();
      if (documented.markRead === undefined) {
        await assert.rejects(suite.read(id, false), isBluetickError);
        assert.deepEqual(suite.harness.calls(), []);
      } else {
        await suite.read(id, false);
        assert.deepEqual(suite.harness.calls(), [documented.markRead(id, correlation)]);
      }
    });
    it('shows typing by the documented call, once', async () => {
      const { documented, address, channel } = suite.harness;
      const id = suite.harness.inboundId();
      if (documented.markReadAndType !== undefined) {
        await suite.read(id, true);
        assert.deepEqual(suite.harness.calls(), [documented.markReadAndType(id)]);
      } else if (documented.showTyping !== undefined) {
        await channel.setTyping?.({ ...address, show: true }, signal());
        assert.deepEqual(suite.harness.calls(), [documented.showTyping()]);
      }
    });
    it('stops typing where that exists', async () => {
      const { documented, address, channel } = suite.harness;
      if (documented.stopTyping === undefined) return;
      await channel.setTyping?.({ ...address, show: false }, signal());
      assert.deepEqual(suite.harness.calls(), [documented.stopTyping()]);
    });
    for (const [what, content] of [
      ...contents.filter(([, { type }]) => traits.has.media !== false || type !== 'media'),
      ...(traits.has.interactive ? interactives : []),
      ...(traits.has.template ? [['a template', traits.template ?? template] as const] : []),
    ]) {
      it(`sends ${what} by the documented call and answers the provider’s id`, async () => {
        const { providerId } = await suite.send(content);
        assert.ok(providerId.length > 0);
        assert.deepEqual(suite.harness.calls(), [suite.harness.documented.send(content, correlation)]);
      });
    }
    if (traits.has.media === false) {
      it('refuses to send a file for good, without a call, and says why', async () => {
        for (const [, content] of contents.filter(([, { type }]) => type === 'media')) {
          await assert.rejects(suite.send(content), (error: ProviderError) => {
            assert.deepEqual([error.fault, error.ambiguous], ['permanent', false]);
            assert.match(error.message, /\btexts only\b/);
            return true;
          });
        }
        assert.deepEqual(suite.harness.calls(), []);
      });
    }
    it('answers another id for each message', async () => {
      const ids = await Promise.all(others.map(as => suite.send(text, { as })));
      assert.equal(new Set(ids.map(({ providerId }) => providerId)).size, others.length);
    });
    it('sends a message once where it says so, however often it is told to', async () => {
      const first = await suite.send(text);
      const again = await suite.send(text);
      const { idempotentSend } = suite.harness.channel.capabilities;
      assert.equal(again.providerId === first.providerId, idempotentSend);
    });
    if (traits.has.download) {
      it('fetches a file that the customer sent', async () => {
        const file = suite.harness.inboundFile?.();
        assert.ok(file !== undefined);
        const download = await suite.harness.channel.downloadMedia(
          suite.harness.address.business,
          file.id,
          signal(),
        );
        const chunks: Uint8Array[] = [];
        for await (const chunk of download.body) chunks.push(chunk);
        assert.deepEqual(Buffer.concat(chunks), Buffer.from(file.bytes));
        assert.equal(download.contentType, file.contentType);
        if (download.size !== undefined) assert.equal(download.size, file.bytes.length);
      });
    }
    it('refuses a business number that it does not serve, without a call', async () => {
      const call = { ...suite.harness.address, business: 'somebody-else', content: text, correlation };
      const refusal = { providerCode: 'unknown_business', fault: 'permanent', is: 'unknown_target' };
      await assert.rejects(suite.harness.channel.send(call, signal()), refusal);
      assert.deepEqual(suite.harness.calls(), []);
    });
  });
}
