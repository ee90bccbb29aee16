import { z } from 'zod';
import type { FailureName, OutboundContent } from '../../domain.ts';
import { ProviderError } from '../../errors.ts';
import type { Channel } from '../../ports.ts';
import { createHttpClient, type HttpAnswer } from '../httpClient.ts';
import { parseJson } from '../parseJson.ts';
import { pathBelow } from '../pathBelow.ts';
import { unreadableFault } from '../transportFault.ts';
import { chatIdOf, customerIn } from './chats.ts';
import { chatId, messageId } from './fields.ts';

/** What two gateways of one shape differ in, when they are called. */
export interface GatewayCalls {
  /** The provider's name, for error messages. */
  readonly provider: string;
  readonly url: URL;
  readonly businesses: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly paths: Readonly<Record<'seen' | 'startTyping' | 'stopTyping' | 'text', string>>;
  /** What every body holds: who calls. */
  caller(business: string): Readonly<Record<string, string>>;
  /** The gateway's word for a message's text. */
  readonly textField: string;
  /** The longest text that it takes, in characters. Default: no limit is known. */
  readonly longestText?: number;
  /** Says what a refusal means. */
  classify(answer: HttpAnswer): ProviderError;
  readonly timeoutMs: number;
}

/**
 * The answer to a send: the message with its id. Beside the documented form two others are tolerated, which WAHA's engines
 * hand on of their own (WAHA's issue 760: "all engines send their own format"): to fail a send that was taken would
 * send it again.
 */
const sentMessage = z.union([
  z.looseObject({ id: messageId }).transform(({ id }) => id),
  z
    .looseObject({ id: z.looseObject({ _serialized: messageId }) })
    .transform(({ id: { _serialized } }) => _serialized),
  z
    .looseObject({ key: z.looseObject({ remoteJid: chatId, fromMe: z.literal(true), id: messageId }) })
    .transform(({ key: { remoteJid, id } }) => {
      const customer = customerIn(remoteJid);
      return `true_${customer === undefined ? remoteJid : chatIdOf(customer)}_${id}`;
    }),
]);

/** The calls of a channel on a linked device. */
export type Calls = Required<Pick<Channel, 'markRead' | 'setTyping' | 'send' | 'downloadMedia' | 'close'>>;

/** Makes the calls of one gateway: seen, typing and text, each by itself. */
export function createCalls(gateway: GatewayCalls): Calls {
  const { provider, url, businesses, headers, paths, caller, textField, longestText, timeoutMs } = gateway;
  const client = createHttpClient({ provider, origin: url.origin, timeoutMs });

  const post = async (business: string, path: string, fields: object, signal: AbortSignal) => {
    if (!businesses.includes(business))
      throw refused('unknown_business', 'serves no such session', 'unknown_target');
    const answer = await client.call(
      {
        method: 'POST',
        path: pathBelow(url, path),
        headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
        body: JSON.stringify({ ...caller(business), ...fields }),
      },
      signal,
    );
    if (answer.status < 200 || answer.status > 299) throw gateway.classify(answer);
    return answer.body;
  };

  const refused = (providerCode: string, why: string, is: FailureName = 'message_refused') =>
    new ProviderError(`The connection to ${provider} ${why}`, {
      fault: 'permanent',
      is,
      providerCode,
    });

  const textOf = (content: OutboundContent) => {
    if (content.type !== 'text') {
      const why = `sends texts only: ${provider}’s ${content.type} messages are not documented to us`;
      throw refused('unsupported_content', why);
    }
    if (longestText !== undefined && content.text.length > longestText) {
      throw refused('text_too_long', `sends texts of at most ${longestText} characters`);
    }
    return { [textField]: content.text, ...(content.replyTo !== undefined && { reply_to: content.replyTo }) };
  };

  return {
    async markRead({ business, customer, covers = [], messageId }, signal) {
      // Engines that mark single messages need all of them named; the others mark the whole chat, whatever is named.
      const fields = { chatId: chatIdOf(customer), messageIds: [...covers, messageId] };
      await post(business, paths.seen, fields, signal);
    },
    async setTyping({ business, customer, show }, signal) {
      const path = show ? paths.startTyping : paths.stopTyping;
      await post(business, path, { chatId: chatIdOf(customer) }, signal);
    },
    async send({ business, customer, content }, signal) {
      const fields = { chatId: chatIdOf(customer), ...textOf(content) };
      const read = sentMessage.safeParse(parseJson(await post(business, paths.text, fields, signal)));
      if (!read.success) throw unreadableFault(provider);
      return { providerId: read.data };
    },
    async downloadMedia() {
      const why = 'fetches no files: how they are fetched is not documented to us';
      throw refused('unsupported_download', why, 'media_refused');
    },
    close: () => client.close(),
  };
}
