import assert from 'node:assert/strict';
import type { ChannelTraits } from './channel.ts';
import { type ChannelSuite, correlation } from './channelSamples.ts';

/** What the channel says that it can do. */
export function describeCapabilities(suite: ChannelSuite, traits: ChannelTraits): void {
  describe('capabilities', () => {
    it('say what is implemented', () => {
      const { channel, documented } = suite.harness;
      const { capabilities } = channel;
      assert.equal(channel.setTyping !== undefined, capabilities.typing === 'independent');
      assert.equal(documented.showTyping !== undefined, capabilities.typing === 'independent');
      assert.equal(documented.markReadAndType !== undefined, capabilities.typing === 'impliesRead');
      assert.equal(documented.markRead !== undefined, capabilities.read === 'call');
      assert.equal(documented.stopTyping !== undefined, capabilities.stopTyping);
      assert.equal(capabilities.window, traits.has.window !== false);
    });
    it('say what is sent: the same as the suite tries', () => {
      const { interactive, media, template } = suite.harness.channel.capabilities.sends;
      const { has } = traits;
      assert.deepEqual(
        { interactive, media, template },
        { interactive: has.interactive, media: has.media !== false, template: has.template },
      );
    });
    it('name a length of which a text goes out whole', async () => {
      const { longestText } = suite.harness.channel.capabilities.sends;
      const longest = { type: 'text', text: 'é'.repeat(longestText ?? 4096) } as const;
      await suite.send(longest);
      assert.deepEqual(suite.harness.calls(), [suite.harness.documented.send(longest, correlation)]);
    });
    it('hold together', () => {
      const { capabilities, businesses, name: own } = suite.harness.channel;
      assert.ok(businesses.includes(suite.harness.address.business));
      assert.equal(own, suite.harness.address.channel);
      assert.ok(capabilities.minTypingPeriodMs <= capabilities.typingPeriodMs);
      assert.ok(capabilities.callsPerSecond > 0);
      assert.ok(capabilities.readWithinMs === null || capabilities.readWithinMs > 0);
      if (capabilities.read === 'withTyping') assert.equal(capabilities.typing, 'impliesRead');
    });
  });
}
