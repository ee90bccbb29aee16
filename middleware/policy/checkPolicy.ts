import type { Moment } from '../domain.ts';
import type { Capabilities } from '../ports.ts';
import { invalidPolicy, showValue } from './invalidPolicy.ts';
import type { PolicyDocument } from './policy.ts';

/**
 * The moments that leave a message unread for as long as the bot holds the conversation. `manual` and
 * `replying` are not among them: typing can show after the receipt went out.
 */
const neverReadByBot: readonly Moment[] = ['never', 'agentAccepted', 'agentOpened', 'agentReplied'];

/**
 * Refuses what one document states and what cannot be, at the time it is set, with the reason. Only what the
 * document itself states counts: a default that cannot apply on a channel is suppressed and explained instead.
 *
 * @param capabilities of the channel that the document is for; `undefined` if it is for any channel: then only
 *   what is impossible everywhere is refused.
 * @param path where the document stands, such as `channels.meta`; fields in messages begin with it. Default none.
 * @throws BluetickError `invalid_policy`.
 */
export function checkPolicy(
  document: PolicyDocument,
  capabilities: Capabilities | undefined,
  path = '',
): void {
  const refuse = (field: string, got: unknown, allowed: string) => {
    throw invalidPolicy(
      path === '' ? field : `${path}.${field}`,
      `got ${showValue(got)}, allowed: ${allowed}`,
    );
  };
  const { read, typing, think, reply, handoff } = document;

  for (const [section, delay] of Object.entries({
    read: read?.delay,
    think: think?.delay,
    reply: reply?.delay,
  })) {
    const { minMs, maxMs } = delay ?? {};
    if (minMs !== undefined && typeof maxMs === 'number' && minMs > maxMs) {
      refuse(`${section}.delay.minMs`, minMs, `at most ${section}.delay.maxMs, which is ${maxMs}`);
    }
  }

  if (capabilities?.typing === 'impliesRead') {
    if (typing?.show === true && read?.when !== undefined && neverReadByBot.includes(read.when)) {
      refuse(
        'typing.show',
        true,
        `false while read.when is "${read.when}", because typing marks messages read on this channel and the receipt stays closed while the bot holds the conversation`,
      );
    }
    if (handoff?.typing === true && handoff.read === 'never') {
      refuse(
        'handoff.typing',
        true,
        'false while handoff.read is "never", because typing marks messages read on this channel',
      );
    }
  }

  const keepAliveMs = typing?.keepAliveMs;
  if (capabilities && typeof keepAliveMs === 'number' && keepAliveMs < capabilities.minTypingPeriodMs) {
    refuse(
      'typing.keepAliveMs',
      keepAliveMs,
      `null or at least ${capabilities.minTypingPeriodMs} on this channel, where typing lasts longer and each call counts`,
    );
  }

  if (capabilities?.barred !== undefined && read?.acceptTypingWithRead === true) {
    refuse('read.acceptTypingWithRead', true, `false, because ${capabilities.barred}`);
  }

  if (capabilities?.read === 'withTyping' && read?.acceptTypingWithRead === true && typing?.show === false) {
    refuse(
      'read.acceptTypingWithRead',
      true,
      'false while typing.show is false, because reading always shows typing on this channel',
    );
  }
}
