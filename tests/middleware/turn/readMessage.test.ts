import assert from 'node:assert/strict';
import { readOwnActivity, readTwilioActivity } from '../../../middleware/turn/readMessage.ts';
import type { ActivityLike } from '../../../middleware/turn/structuralTypes.ts';

describe('the readers of messages', () => {
  const own = {
    type: 'message',
    id: 'wamid.1',
    channelId: 'whatsapp',
    from: { id: '4915550001111' },
    channelData: { channel: 'meta', business: '106540352242922', message: { type: 'text' } },
  };

  it('know our own activities', () => {
    assert.deepEqual(readOwnActivity(own), {
      channel: 'meta',
      business: '106540352242922',
      customer: '4915550001111',
      messageId: 'wamid.1',
    });
  });

  it('know whom an event of ours is about, without a message', () => {
    const { id, ...event } = { ...own, type: 'event', name: 'handoff.status' };
    assert.equal(id, 'wamid.1');
    assert.deepEqual(readOwnActivity(event), {
      channel: 'meta',
      business: '106540352242922',
      customer: '4915550001111',
    });
  });

  for (const [what, over] of Object.entries({
    'another channel id': { channelId: 'webchat' },
    'a channel that there is not': { channelData: { ...own.channelData, channel: 'telegraph' } },
    'a channel by a prototype’s name': { channelData: { ...own.channelData, channel: 'constructor' } },
    'no business': { channelData: { channel: 'meta' } },
    'no channel data': { channelData: null },
    'no customer': { from: {} },
    'no sender': { from: undefined },
  })) {
    it(`take no activity with ${what} for ours`, () =>
      assert.equal(readOwnActivity({ ...own, ...over } as ActivityLike), undefined));
  }

  // The form of facts 7.1: the activity's channelData is Twilio's form as it came.
  const twilio = {
    type: 'message',
    id: 'SM00000000000000000000000000000001',
    channelId: 'whatsapp',
    from: { id: 'whatsapp:+4915550001111' },
    channelData: {
      MessageSid: 'SM00000000000000000000000000000001',
      From: 'whatsapp:+4915550001111',
      To: 'whatsapp:+14155238886',
      Body: 'Hello',
    },
  };

  it('know activities of the community’s Twilio adapter', () => {
    assert.equal(readOwnActivity(twilio), undefined);
    assert.deepEqual(readTwilioActivity(twilio), {
      channel: 'twilio',
      business: '14155238886',
      customer: '4915550001111',
      messageId: 'SM00000000000000000000000000000001',
    });
  });

  for (const [what, over] of Object.entries({
    'no message id': { MessageSid: undefined },
    'a text message of another kind': { From: '+4915550001111' },
    'no recipient': { To: undefined },
    'a number for a name': { From: 4915550001111 },
  })) {
    it(`find no message of Twilio’s in ${what}`, () =>
      assert.equal(
        readTwilioActivity({ ...twilio, channelData: { ...twilio.channelData, ...over } }),
        undefined,
      ));
  }
});
