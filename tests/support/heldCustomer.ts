import assert from 'node:assert/strict';
import type { Acknowledgement, ChannelName } from '../../middleware/domain.ts';
import type { Store } from '../../middleware/ports.ts';

/** Who is written about, and what of them must be found nowhere once they are erased. */
export interface HeldCustomer {
  /** The number, in digits. */
  readonly customer: string;
  readonly conversation: string;
  /** Our ids of their messages, in the order in which they came. */
  readonly inbound: readonly string[];
  /** Our ids of what we sent: one that the provider has, one that it refused, one that waits. */
  readonly outbound: readonly [sent: string, refused: string, waiting: string];
  /** The number, the name, words and provider's ids, each once. */
  readonly traces: readonly string[];
  /** The file that an agent sent them. */
  readonly file: string;
}

const leaseMs = 10_000;

/**
 * Writes to a store what it may hold of a customer, in every table that may hold any: nothing that follows an erasure is left to
 * be thought of by a test alone.
 *
 * @param mark makes words and ids this customer's own
 */
export async function holdCustomer(
  store: Store,
  customer: string,
  mark: string,
  now: number,
  channel: ChannelName = 'meta',
): Promise<HeldCustomer> {
  const of = { channel, business: 'b1', customer } as const;
  // As Meta's ids: the number is in them, in base64.
  const wamid = (n: number) =>
    `wamid.${Buffer.from(`\x1d\x05\x18\x0c${customer}\x15\x02\x00\x11${mark}${n}`).toString('base64')}`;
  const word = (n: number) => `word-${mark}-${n}`;
  const name = `Name-${mark}`;
  const wait = { outcome: 'held', until: 'manual', because: 'read.when is manual' } as const;
  const admissions = [1, 2, 3].map(n => ({
    message: {
      ...of,
      kind: 'message' as const,
      providerId: wamid(n),
      key: wamid(n),
      sentAt: now + n,
      content: {
        type: 'image',
        text: word(n),
        name,
        media: { type: 'image' as const, id: `media-${mark}`, fileName: `file-${mark}.jpg` },
        replyTo: wamid(0),
      },
    },
    decidedOn: undefined,
    receipt: wait,
    solo: false,
    expiresAt: now + 1e10,
    characters: 9,
    turn: true,
  }));
  const number = `whatsapp:+${customer}`;
  const status = (providerId: string, over: Partial<Acknowledgement> = {}) => ({
    acknowledgement: {
      channel,
      business: 'b1',
      providerId,
      status: 'failed',
      means: 'failed',
      at: now,
      customer,
      failures: [{ code: '131026', detail: `detail-${mark} of ${customer}` }],
      ...over,
    } as Acknowledgement,
  });
  const item = { from: number, text: word(10), id: wamid(10) };
  const { admitted } = await store.admit({
    admissions,
    rejected: [{ channel, reason: 'it has no type', item, business: 'b1' }],
    ledger: {
      shared: false,
      entries: [status(wamid(11)), { ...status(wamid(12)), foreign: true }],
    },
    firstHolder: 'bot',
    now,
    leaseMs,
  });
  const conversation = String(admitted[0]?.conversation.id);
  const inbound = admitted.map(({ ref }) => ref);
  const [first, second] = inbound as [string, string];

  await store.changeConversation(conversation, { policy: { read: { when: 'manual' } } });
  await store.handOver(conversation, {
    holder: 'queue',
    agent: 'Ada',
    handoff: { at: now, by: 'bot', reason: word(20) },
    notes: { context: { number: customer, said: word(21) }, transcript: [] },
    now,
    leaseMs,
  });
  const turn = await store.beginTurn(conversation, now + 10);
  assert.equal(turn?.message.ref, first);
  await store.endTurn(conversation, first, { how: 'dead', reason: 'it failed' }, now);
  const refusal = { code: '100', is: 'message_refused', detail: `detail-${mark}` } as const;
  await store.changeReceipts(
    conversation,
    [
      {
        ref: second,
        outcome: 'failed',
        because: 'x',
        at: now,
        refusal,
        cause: { by: 'provider' },
        answer: refusal,
      },
    ],
    { now, leaseMs, end: false },
  );

  const send = async (n: number, content: Parameters<Store['addOutbound']>[0]['content'], dueAt = now) => {
    const { outbound } = await store.addOutbound({
      conversation,
      content,
      correlation: `k-${mark}-${n}`,
      now,
      dueAt,
      leaseMs,
      sender: { by: 'agent', agent: 'Ada' },
      idempotencyKey: `key-${mark}-${n}`,
      escalate: {
        unless: 'delivered',
        afterMs: 60_000,
        via: [{ type: 'sms', text: word(30), to: customer }],
      },
    });
    return outbound.ref;
  };
  const file = Buffer.from(mark.padEnd(32, '.')).toString('hex').slice(0, 64);
  const media = { type: 'image', url: `https://bot.example/files/${file}`, caption: word(31) } as const;
  const sent = await send(1, { type: 'media', media });
  await store.changeOutbound(sent, { state: 'sent', providerId: wamid(40) }, now);
  await store.admit({
    admissions: [],
    rejected: [],
    ledger: {
      shared: false,
      entries: [status(wamid(40), { status: 'delivered', means: 'delivered', failures: [] })],
    },
    hooks: ['https://hooks.example'],
    firstHolder: 'bot',
    now,
    leaseMs,
  });
  await store.admit({
    admissions: [],
    rejected: [],
    ledger: { shared: false, entries: [status(wamid(40))] },
    firstHolder: 'bot',
    now,
    leaseMs,
  });
  const refused = await send(2, { type: 'text', text: word(32) });
  await store.nextOutbound(conversation, now);
  await store.changeOutbound(refused, { state: 'failed', failure: '100', refusal }, now);
  const waiting = await send(3, { type: 'text', text: word(33) }, now + 1000);

  const json = JSON.stringify({ said: word(50) });
  await store.writeState(
    [
      `whatsapp/conversations/${conversation}/`,
      `whatsapp/conversations/${conversation}/relay/line`,
      `whatsapp/users/${customer}/`,
      `bluetick/dynamics/conversation/${conversation}`,
    ].map(key => ({ key, to: { json, eTag: '1' } })),
  );
  const found = JSON.stringify({ of });
  await store.writeState([
    { key: `bluetick/dynamics/work-item/item-${mark}`, to: { json: found, eTag: '1' } },
    { key: `bluetick/dynamics/social-profile/profile-${mark}`, to: { json: found, eTag: '1' } },
  ]);
  const form = new URLSearchParams({
    From: number,
    Body: word(60),
    ProfileName: name,
    MessageSid: `message-sid-${mark}`,
  });
  const request = { headers: { 'user-agent': 'x' }, body: Buffer.from(String(form)).toString('base64') };
  const forward = (key: string) =>
    ({ channel: 'twilio', key: `${key}-${mark}`, lane: `lane-${mark}-${key}`, request }) as const;
  await store.addForward(forward('waiting'), now, 0);
  const dead = await store.addForward(forward('dead'), now, leaseMs);
  if (dead.status === 'known') assert.fail('the request is known');
  await store.endForward(dead.id, { how: 'dead', reason: 'nobody takes it' }, now, leaseMs);
  return {
    customer,
    conversation,
    inbound,
    outbound: [sent, refused, waiting],
    traces: [
      customer,
      name,
      `word-${mark}-`,
      `detail-${mark}`,
      `media-${mark}`,
      `file-${mark}`,
      `message-sid-${mark}`,
      `item-${mark}`,
      ...[0, 1, 2, 3, 10, 11, 12, 40].map(wamid),
    ],
    file,
  };
}

/** The traces that a text has, in clear or in base64: one of what stands where none should. */
export function tracesIn(bytes: Buffer, { traces }: HeldCustomer): string[] {
  return traces.filter(trace => forms(trace).some(form => bytes.includes(form)));
}

/** A text as it may be written: in clear, and in base64 at each of the places where it may begin. */
function forms(text: string): readonly string[] {
  const shifted = [0, 1, 2].map(shift => {
    const encoded = Buffer.from('\0'.repeat(shift) + text)
      .toString('base64')
      .replace(/=+$/, '');
    // Its ends are mixed with what stands beside it.
    return encoded.slice(shift === 0 ? 0 : 4, -2);
  });
  return [text, ...shifted.filter(each => each.length >= 8)];
}
