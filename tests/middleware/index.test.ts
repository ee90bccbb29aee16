import assert from 'node:assert/strict';
import * as bluetick from '../../middleware/index.ts';

describe('the library', () => {
  it('exports exactly this: a name more or less is a change that users see', () => {
    assert.deepEqual(Object.keys(bluetick).sort(), [
      'BluetickError',
      'PolicySettings',
      'ProviderError',
      'ReceiptMiddleware',
      'agentEvents',
      'asBluetickError',
      'channelNames',
      'createAcsChannel',
      'createBotStorage',
      'createEngine',
      'createMetaChannel',
      'createPolicyBook',
      'createWhatsAppAdapter',
      'defaultPolicy',
      'defaultReaders',
      'describeError',
      'errorStatus',
      'explainPolicy',
      'handoffStates',
      'holders',
      'inboundKinds',
      'isBluetickError',
      'isOpen',
      'moments',
      'openSqliteStore',
      'parsePolicyBook',
      'parsePolicyDocument',
      'readOwnActivity',
      'readTwilioActivity',
      'receiptOutcomes',
      'receiptsOf',
      'turnOf',
      'windowMs',
    ]);
  });
});
