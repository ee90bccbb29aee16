import assert from 'node:assert/strict';
import { isAwaited, isFromCustomer } from '../../../middleware/turn/activityGuards.ts';

describe('the guards of the middleware', () => {
  const activities: Readonly<Record<string, readonly [object, boolean]>> = {
    'what a customer writes': [{ type: 'message', text: 'Hello' }, true],
    'a file without a text': [{ type: 'message', attachments: [{}] }, true],
    'tags that are not hidden': [{ type: 'message', channelData: { tags: 'ChannelId-whatsapp' } }, true],
    'tags that are no text': [{ type: 'message', channelData: { tags: { a: 1 } } }, true],
    'a hidden message': [{ type: 'message', channelData: { tags: 'ChannelId-x, Hidden' } }, false],
    'the context of Omnichannel': [
      { type: 'message', channelData: { tags: 'OmnichannelContextMessage' } },
      false,
    ],
    'where a proactive turn goes on': [{ type: 'event', name: 'ContinueConversation', id: 'wamid.1' }, false],
    'the ping of an import as a text': [{ type: 'message', text: 'PVASkillImport' }, false],
    'the ping of an import by its name': [{ type: 'message', name: 'PVASkillImport' }, false],
    'the end of a conversation': [{ type: 'endOfConversation' }, false],
    'no type at all': [{}, false],
  };
  for (const [what, [activity, expected]] of Object.entries(activities)) {
    it(`${expected ? 'take' : 'leave out'} ${what}`, () => assert.equal(isFromCustomer(activity), expected));
  }

  const callers: Readonly<Record<string, readonly [object, boolean]>> = {
    'nobody known': [{ activity: {} }, false],
    'a channel': [{ activity: { callerId: 'urn:botframework:azure' } }, false],
    'whoever wants the replies in the answer': [{ activity: { deliveryMode: 'expectReplies' } }, true],
    'whoever does not': [{ activity: { deliveryMode: 'normal' } }, false],
    'a bot whose skill this is (botbuilder)': [
      { activity: { callerId: 'urn:botframework:aadappid:00000000-0000-0000-0000-000000000001' } },
      true,
    ],
    'a bot whose skill this is (Agents SDK)': [
      { activity: {}, identity: { aud: 'us', appid: 'them' } },
      true,
    ],
    'the same, by a newer token': [{ activity: {}, identity: { aud: 'us', azp: 'them' } }, true],
    'a channel by its token': [{ activity: {}, identity: { aud: 'us' } }, false],
    ourselves: [{ activity: {}, identity: { aud: 'us', appid: 'us' } }, false],
    'a token that is for the channels': [
      { activity: {}, identity: { aud: 'https://api.botframework.com', appid: 'them' } },
      false,
    ],
  };
  for (const [who, [context, expected]] of Object.entries(callers)) {
    it(`see that ${who} ${expected ? 'waits' : 'does not wait'} for the replies`, () =>
      assert.equal(isAwaited(context as Parameters<typeof isAwaited>[0]), expected));
  }
});
