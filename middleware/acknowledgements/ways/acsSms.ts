import { z } from 'zod';
import { createClient } from '../../channels/acs/client.ts';
import { classifyFault, repeatRejected, repeatUnsafe } from '../../channels/acs/faults.ts';
import { type AcsChannelOptions, checkResource } from '../../channels/acs/options.ts';
import { requirePositive, requireSetting } from '../../channels/requireSetting.ts';
import { unreadableFault } from '../../channels/transportFault.ts';
import type { Clock } from '../../ports.ts';
import { numberOf, textOf } from './callParts.ts';
import type { EscalationWayOut } from './way.ts';

/** The version that the official SDK speaks: @azure/communication-sms 1.1.0, generated/src/smsApiClient.js. */
const apiVersion = '2021-03-07';
/** `SendMessageRequest.message.MaxLength` of the SDK's generated/src/models/mappers.js. */
const textLimit = 2048;

/** One item for each recipient: a call that was taken can hold one that was not. */
const answerForm = z.looseObject({
  value: z.tuple([
    z.looseObject({
      httpStatusCode: z.number(),
      successful: z.boolean(),
      messageId: z.string().min(1).nullish(),
      repeatabilityResult: z.string().nullish(),
    }),
  ]),
});

/** What text messages over ACS need: the resource with its key or with an identity, as the channel `acs` does. */
export interface AcsSmsOptions
  extends Pick<AcsChannelOptions, 'connectionString' | 'endpoint' | 'credential'> {
  /** The number of the resource, or the short code or name, that they come from. */
  readonly from: string;
  /** How long one call may take, in milliseconds. Default 10,000, as for the channel. */
  readonly timeoutMs?: number;
  readonly clock: Clock;
}

/**
 * Sends text messages over Azure Communication Services. The service acts once on calls with one key.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function createAcsSms({
  connectionString,
  endpoint,
  credential,
  from,
  timeoutMs = 10_000,
  clock,
}: AcsSmsOptions): EscalationWayOut {
  const sender = requireSetting(from, 'SMS_FROM');
  const client = createClient({
    ...checkResource(connectionString, endpoint, credential),
    timeoutMs: requirePositive(timeoutMs, 'timeoutMs'),
  });

  async function post(to: string, message: string, key: string, firstTime: number, signal: AbortSignal) {
    const repeatability = {
      repeatabilityRequestId: key,
      repeatabilityFirstSent: new Date(firstTime).toUTCString(),
    };
    const body = {
      from: sender,
      smsRecipients: [{ to, ...repeatability }],
      message,
      // Delivery reports come over Event Grid, and nobody here asks for them.
      smsSendOptions: { enableDeliveryReport: false },
    };
    const answer = await client.post({ path: '/sms', apiVersion, body }, signal);
    if (answer.status < 200 || answer.status > 299) throw classifyFault(answer, clock.now());
    const read = answerForm.safeParse(answer.body);
    if (!read.success) throw unreadableFault('ACS');
    return read.data.value[0];
  }

  return {
    type: 'sms',
    idempotent: true,
    async send(call, signal) {
      const { key, createdAt, interrupted = false } = call;
      const [to, text] = [numberOf(call), textOf(call, textLimit)];
      let item = await post(to, text, key, createdAt, signal);
      // Rejected: the first time is too long ago for the service. A call that cannot have been made begins anew.
      if (isRejected(item.repeatabilityResult)) {
        if (interrupted) throw repeatUnsafe();
        item = await post(to, text, key, clock.now(), signal);
      }
      if (isRejected(item.repeatabilityResult)) throw repeatRejected();
      const { successful, httpStatusCode: status, messageId } = item;
      if (!successful) throw classifyFault({ status, headers: {}, body: undefined }, clock.now());
      return { id: messageId ?? key };
    },
    close: async () => client.close(),
  };
}

/** `KnownSmsSendResponseItemRepeatabilityResult` of the SDK's generated/src/models/index.js: `accepted` or `rejected`. */
function isRejected(result: string | null | undefined): boolean {
  return result?.toLowerCase() === 'rejected';
}
