import { z } from 'zod';
import type { ChannelEvents } from '../../domain.ts';
import { BluetickError } from '../../errors.ts';
import type { RawRequest, Webhook } from '../../ports.ts';
import { noEvents } from '../reading.ts';
import { readJsonBody } from '../readJsonBody.ts';
import type { GoogleFormat } from './format.ts';
import type { CheckedOptions } from './options.ts';
import { verifyGoogSignature } from './signature.ts';
import { isGenuine, readVerification } from './verification.ts';

/** Payloads are messages one by one; the largest that Google lets an agent send has 250 KB. */
const bodyLimit = 256 * 1024;

/** The envelope of RCS for Business. Nothing but `data` in it is signed, so nothing else of it is read. */
const envelope = z.looseObject({ message: z.looseObject({ data: z.string() }) });

/** What sets a payload of Business Messages apart: it comes without an envelope. */
const bare = z.looseObject({ agent: z.string(), conversationId: z.string() });
const isBare = (value: unknown): boolean => bare.safeParse(value).success;

/**
 * Google's way in, for both formats: RCS for Business signs what `message.data` decodes to, Business Messages the body. A
 * webhook is told by its shape, and then proved by its own format's client tokens alone. The address is registered by a
 * client token; nothing else is taken without a signature.
 */
export function createWebhook(
  { rbm, businessMessages, clock }: Pick<CheckedOptions, 'rbm' | 'businessMessages' | 'clock'>,
  formats: { readonly rbm: GoogleFormat | undefined; readonly businessMessages: GoogleFormat | undefined },
): Webhook {
  const clientTokens = [rbm, businessMessages].flatMap(format => format?.clientTokens ?? []);

  const isProved = ({ body, headers }: RawRequest): boolean => {
    const value = readIfJson(body);
    const verification = readVerification(value);
    if (verification !== undefined) return isGenuine(verification, clientTokens);
    const signature = headers['x-goog-signature'];
    const data = dataOf(value);
    if (data !== undefined)
      return rbm !== undefined && verifyGoogSignature(data, signature, rbm.clientTokens);
    return (
      businessMessages !== undefined && verifyGoogSignature(body, signature, businessMessages.clientTokens)
    );
  };

  /** To refuse it would hold up every agent of the partner, whose webhooks wait in one queue (RBM). */
  const readData = (data: Buffer, now: number): ChannelEvents => {
    const payload = readIfJson(data);
    if (payload !== undefined) return formats.rbm?.read(payload, now) ?? noEvents;
    const rejected = { reason: 'message.data is not JSON', item: data.toString('base64') };
    return { ...noEvents, rejected: [rejected] };
  };

  return {
    bodyLimit,
    authenticate(request) {
      if (isProved(request)) return;
      throw new BluetickError('unauthorized', 'The signature is missing or wrong');
    },
    handshake: body => readVerification(readIfJson(body))?.secret,
    parse(body, request) {
      const { receivedAt: now = clock.now() } = request ?? {};
      const value = readJsonBody(body);
      const data = dataOf(value);
      if (data !== undefined) return readData(data, now);
      if (isBare(value)) return formats.businessMessages?.read(value, now) ?? noEvents;
      throw new BluetickError('invalid_request', 'The body is no webhook of Google’s');
    },
    reread(item) {
      if (typeof item === 'string') return readData(Buffer.from(item, 'base64'), clock.now());
      return (isBare(item) ? formats.businessMessages : formats.rbm)?.read(item, clock.now()) ?? noEvents;
    },
  };
}

/** What `message.data` decodes to; `undefined`: there is none. */
function dataOf(value: unknown): Buffer | undefined {
  const { data: read } = envelope.safeParse(value);
  return read === undefined ? undefined : Buffer.from(read.message.data, 'base64');
}

function readIfJson(body: Buffer): unknown {
  try {
    return readJsonBody(body);
  } catch {
    return undefined;
  }
}
