import assert from 'node:assert/strict';
import { moments } from '../../../middleware/domain.ts';
import { BluetickError } from '../../../middleware/errors.ts';
import { checkPolicy } from '../../../middleware/policy/checkPolicy.ts';
import { defaultPolicy } from '../../../middleware/policy/defaultPolicy.ts';
import type { PolicyDocument } from '../../../middleware/policy/schema.ts';
import { impliesRead, independent, neither, withTyping } from './sampleChannels.ts';

const everyChannel = [undefined, independent, impliesRead, withTyping, neither];

function refused(document: PolicyDocument, capabilities: (typeof everyChannel)[number], field: string) {
  assert.throws(
    () => checkPolicy(document, capabilities),
    (error: unknown) =>
      error instanceof BluetickError && error.code === 'invalid_policy' && error.field === field,
  );
}

describe('checkPolicy', () => {
  it('lets an empty document and the defaults pass on every channel', () => {
    for (const capabilities of everyChannel) {
      checkPolicy({}, capabilities);
      checkPolicy(defaultPolicy, capabilities);
    }
  });

  for (const section of ['read', 'think', 'reply'] as const) {
    it(`refuses a ${section}.delay.minMs above the maxMs beside it, whatever the channel`, () => {
      for (const capabilities of everyChannel) {
        refused({ [section]: { delay: { minMs: 2, maxMs: 1 } } }, capabilities, `${section}.delay.minMs`);
        checkPolicy({ [section]: { delay: { minMs: 2, maxMs: 2 } } }, capabilities);
        checkPolicy({ [section]: { delay: { minMs: 2, maxMs: null } } }, capabilities);
        checkPolicy({ [section]: { delay: { maxMs: 2 } } }, capabilities);
      }
    });
  }

  for (const when of moments) {
    const impossible = ['never', 'agentAccepted', 'agentOpened', 'agentReplied'].includes(when);
    it(`${impossible ? 'refuses' : 'allows'} typing beside read.when ${when} where typing is a receipt`, () => {
      const document = { typing: { show: true }, read: { when } };
      for (const capabilities of [impliesRead, withTyping]) {
        if (impossible) refused(document, capabilities, 'typing.show');
        else checkPolicy(document, capabilities);
      }
      for (const capabilities of [undefined, independent, neither]) checkPolicy(document, capabilities);
    });
  }

  it('refuses only what one document states itself', () => {
    checkPolicy({ read: { when: 'never' } }, impliesRead);
    checkPolicy({ read: { when: 'never' }, typing: { show: false } }, impliesRead);
    checkPolicy({ typing: { show: true }, read: { eachMessage: true } }, impliesRead);
    checkPolicy({ handoff: { read: 'never' } }, impliesRead);
    checkPolicy({ handoff: { typing: true } }, impliesRead);
  });

  it('says which field, what was got, what is allowed and why', () => {
    assert.throws(
      () => checkPolicy({ typing: { show: true }, read: { when: 'never' } }, impliesRead, 'channels.meta'),
      {
        message:
          'channels.meta.typing.show: got true, allowed: false while read.when is "never", because typing marks messages read on this channel and the receipt stays closed while the bot holds the conversation',
        field: 'channels.meta.typing.show',
      },
    );
    assert.throws(() => checkPolicy({ typing: { keepAliveMs: 19_999 } }, impliesRead), {
      message:
        'typing.keepAliveMs: got 19999, allowed: null or at least 20000 on this channel, where typing lasts longer and each call counts',
    });
  });

  it("refuses an agent's typing that would read what is never read", () => {
    const document = { handoff: { typing: true, read: 'never' } } as const;
    refused(document, impliesRead, 'handoff.typing');
    checkPolicy(document, independent);
    checkPolicy({ handoff: { typing: true, read: 'agentOpened' } }, impliesRead);
    checkPolicy({ handoff: { typing: false, read: 'never' } }, impliesRead);
  });

  it('refuses a keep-alive that the channel does not take', () => {
    refused({ typing: { keepAliveMs: 999 } }, independent, 'typing.keepAliveMs');
    checkPolicy({ typing: { keepAliveMs: 1000 } }, independent);
    checkPolicy({ typing: { keepAliveMs: null } }, impliesRead);
    checkPolicy({ typing: { keepAliveMs: 100 } }, undefined);
  });

  it('refuses receipts without typing where the two are one call', () => {
    const document = { read: { acceptTypingWithRead: true }, typing: { show: false } };
    refused(document, withTyping, 'read.acceptTypingWithRead');
    checkPolicy(document, impliesRead);
    checkPolicy({ ...document, typing: { show: true } }, withTyping);
    checkPolicy({ ...document, read: { acceptTypingWithRead: false } }, withTyping);
  });
});
