import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ProviderError } from '../../errors.ts';
import type { Channel } from '../../ports.ts';
import { createFirstTimes } from '../firstTimes.ts';
import { unreadableFault } from '../transportFault.ts';
import { unknownBusiness } from '../unknownBusiness.ts';
import { type AcsRepeatablePost, createClient } from './client.ts';
import { type AcsAnswer, classifyFault, repeatRejected, repeatUnsafe } from './faults.ts';
import { type CheckedOptions, previewVersion } from './options.ts';
import { needsPreview, readBody, sendBody } from './sendBody.ts';

/** The answer to a send: one recipient a call, so one element. */
const sendAnswer = z.looseObject({
  receipts: z.tuple([z.looseObject({ messageId: z.string().min(1) })]),
});

/** The calls that a channel makes, on connections of its own. */
export type Calls = Pick<Channel, 'markRead' | 'send' | 'downloadMedia' | 'close'>;

/** Makes the calls of one connection to ACS Advanced Messaging. */
export function createCalls(options: CheckedOptions): Calls {
  const { channelIds, receiptsApiVersion, clock } = options;
  const client = createClient(options);
  /** When each open receipt was first tried: a repeat must name the same time (OASIS Repeatable Requests). */
  const firstTimes = createFirstTimes();

  const checkBusiness = (business: string) => {
    if (channelIds.includes(business)) return;
    throw unknownBusiness('channel');
  };

  /**
   * Makes a call. One that the service rejects was not carried out now, but the same call may have been before: its first
   * time is too long ago for the service, or another than it knows.
   *
   * @param anew the id under which a rejected call begins anew, now; `undefined`: that could do twice what must be once
   */
  const post = async (
    call: AcsRepeatablePost,
    anew: string | undefined,
    signal: AbortSignal,
  ): Promise<AcsAnswer> => {
    let answer = await client.post(call, signal);
    if (isRejected(answer)) {
      if (anew === undefined) throw repeatUnsafe();
      answer = await client.post({ ...call, id: anew, firstTime: clock.now() }, signal);
    }
    if (isRejected(answer)) throw repeatRejected();
    // Success is documented as 202. The SDK's own `isUnexpected` takes it for a failure on a route that it does not know.
    if (answer.status < 200 || answer.status > 299) throw classifyFault(answer, clock.now());
    return answer;
  };

  return {
    async markRead(call, signal) {
      checkBusiness(call.business);
      const { repeatId: id } = call;
      const path = '/messages/readreceipts:send';
      const body = readBody(call);
      const firstTime = firstTimes.of(id, clock.now());
      // To be marked read twice harms nothing: a fresh id is taken whatever the service still knows of the old one.
      await post({ path, apiVersion: receiptsApiVersion, body, id, firstTime }, randomUUID(), signal);
      firstTimes.forget(id);
    },
    async send(call, signal) {
      checkBusiness(call.business);
      const { content, correlation: id, createdAt: firstTime = clock.now(), interrupted = false } = call;
      const preview = needsPreview(content) && { apiVersion: previewVersion };
      const body = sendBody(call);
      const answer = await post(
        { path: '/messages/notifications:send', ...preview, body, id, firstTime },
        interrupted ? undefined : id,
        signal,
      );
      const read = sendAnswer.safeParse(answer.body);
      if (!read.success) throw unreadableFault('ACS');
      const [receipt] = read.data.receipts;
      return { providerId: receipt.messageId };
    },
    async downloadMedia(business, mediaId, signal) {
      checkBusiness(business);
      // Anything else is escaped in the path; these two would be resolved.
      if (/^\.{0,2}$/.test(mediaId)) {
        throw new ProviderError('That is no id of a file', {
          fault: 'permanent',
          is: 'unknown_target',
          providerCode: 'no_media',
        });
      }
      const { answer, bytes } = await client.open(mediaId, signal);
      if (bytes === undefined) throw classifyFault(answer, clock.now());
      const { headers } = answer;
      const size = headers['content-encoding'] === undefined ? Number(headers['content-length']) : Number.NaN;
      return {
        contentType: headers['content-type'] ?? 'application/octet-stream',
        ...(Number.isSafeInteger(size) && { size }),
        body: bytes,
      };
    },
    close: async () => client.close(),
  };
}

function isRejected({ headers }: AcsAnswer): boolean {
  return headers['repeatability-result'] === 'rejected';
}
