import assert from 'node:assert/strict';
import { statusEnvelope, userIdOf } from '../../../bot/simulator/envelopes.ts';
import { createAcsChannel } from '../../../middleware/channels/acs/acsChannel.ts';
import { createMetaChannel } from '../../../middleware/channels/meta/metaChannel.ts';
import { createPolicyBook } from '../../../middleware/policy/policyBook.ts';
import { parsePolicyBook } from '../../../middleware/policy/schema.ts';
import type { Store, WebhookChannel } from '../../../middleware/ports.ts';
import { createEngine, type Engine } from '../../../middleware/receipts/engine.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { inCloudSchema, inGridSchema, statusEvent } from '../../support/acsEvents.ts';

/** How many statuses come in one webhook: Meta sends up to 1000, Event Grid up to 1 MB. */
const size = 100;
const customer = '4915550001111';
const metaBusiness = '106540352242922';
const acsBusiness = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
/** When everything happens; each webhook tells of a second earlier than the one before, so that each one tells news. */
const now = 1_700_000_000_000;

/** A webhook whose item number `poisoned` cannot be read, from the ids of the messages. */
type Webhook = (ids: readonly string[], poisoned: number, at: number) => unknown;

const metaItem = (id: string, at: number): object => {
  const wire = { number: customer, userId: userIdOf(customer), name: 'Anna' };
  return statusEnvelope(metaBusiness, wire, { id, status: 'read', at });
};

/** All statuses in one list of one change. */
const metaInOneList: Webhook = (ids, poisoned, at) => {
  const envelopes = ids.map(id => metaItem(id, at)) as {
    entry: [{ changes: [{ value: { statuses: [object] } }] }];
  }[];
  const [whole] = envelopes;
  const { value } = whole?.entry[0].changes[0] ?? {};
  const statuses = envelopes.map(({ entry: [{ changes }] }) => changes[0].value.statuses[0]);
  Object.assign(value ?? {}, { statuses: statuses.with(poisoned, { poison: poisoned }) });
  return whole;
};

/** An entry for each status. */
const metaInEntries: Webhook = (ids, poisoned, at) => ({
  object: 'whatsapp_business_account',
  entry: ids
    .flatMap(id => (metaItem(id, at) as { entry: unknown[] }).entry)
    .with(poisoned, { id: '1', changes: { poison: poisoned } }),
});

const acsWebhook =
  (schema: typeof inGridSchema): Webhook =>
  (ids, poisoned, at) =>
    schema(
      ids.map((id, index) =>
        // Without a message there is nothing to tell of.
        statusEvent(
          { from: acsBusiness, to: customer, messageId: index === poisoned ? '' : id, status: 'Read' },
          at,
        ),
      ),
    );

const meta = () =>
  createMetaChannel({
    accessToken: 'token',
    phoneNumberIds: [metaBusiness],
    appSecrets: ['secret'],
    verifyToken: 'verify',
  });
const acs = () =>
  createAcsChannel({
    connectionString: 'endpoint=http://127.0.0.1:9/;accesskey=a2V5',
    channelIds: [acsBusiness],
    webhookSecrets: ['secret'],
  });

for (const [what, open, webhook] of [
  ['Meta, in one list', meta, metaInOneList],
  ['Meta, in an entry each', meta, metaInEntries],
  ['ACS, in Event Grid’s schema', acs, acsWebhook(inGridSchema)],
  ['ACS, as CloudEvents', acs, acsWebhook(inCloudSchema)],
] as const) {
  describe(`a webhook of ${size} statuses: ${what}`, function () {
    this.timeout(60_000);
    let store: Store;
    let channel: WebhookChannel;
    let engine: Engine;
    let ids: string[];
    before(async () => {
      store = await openSqliteStore({ path: ':memory:', thread: false });
      channel = open();
      const policies = createPolicyBook(parsePolicyBook({}), [channel]);
      engine = createEngine({ store, channels: [channel], policies });
      ids = await sendMessages(store, channel);
    });
    after(async () => {
      await engine.stop();
      await channel.close();
      await store.close();
    });

    const timesRead = async () => {
      const found = await Promise.all(
        ids.map(providerId => store.ledgerEntry({ channel: channel.name, providerId })),
      );
      return found.map(entry => entry?.state.at.read);
    };

    it('folds all but the one that cannot be read, wherever it stands', async () => {
      for (let poisoned = 0; poisoned < size; poisoned += 1) {
        const at = now - poisoned * 1000;
        const body = Buffer.from(JSON.stringify(webhook(ids, poisoned, at)));
        const before = await timesRead();
        const { acknowledged, rejected, repeats, orphans, quarantined } = await engine.admit(
          channel,
          channel.webhook.parse(body),
        );
        assert.deepEqual(
          { poisoned, acknowledged, rejected, repeats, orphans, quarantined },
          { poisoned, acknowledged: size - 1, rejected: 1, repeats: 0, orphans: 0, quarantined: 0 },
        );
        assert.deepEqual(await timesRead(), Array(size).fill(at).with(poisoned, before[poisoned]));
        assert.equal((await store.countLedger(now)).deadLetters, poisoned + 1);
        // The provider delivers it again: what was folded is known, and the letter is there already.
        const again = await engine.admit(channel, channel.webhook.parse(body));
        assert.deepEqual([again.acknowledged, again.repeats], [0, size - 1]);
        assert.equal((await store.countLedger(now)).deadLetters, poisoned + 1);
      }
    });
  });
}

/** Messages of ours that the provider has; answers its ids. */
async function sendMessages(store: Store, channel: WebhookChannel): Promise<string[]> {
  const [business = ''] = channel.businesses;
  const inbound = { channel: channel.name, business, customer, key: 'k', sentAt: now } as const;
  const { admitted } = await store.admit({
    admissions: [
      {
        // A reaction opens no window: the customer's silence implies nothing.
        message: { ...inbound, kind: 'reaction', content: { type: 'reaction' }, providerId: 'in' },
        decidedOn: undefined,
        receipt: undefined,
        solo: false,
        expiresAt: undefined,
        characters: 0,
        turn: false,
      },
    ],
    rejected: [],
    firstHolder: 'bot',
    now,
    leaseMs: 0,
  });
  const ids = Array.from({ length: size }, (_, index) => `id-${index}`);
  for (const providerId of ids) {
    const { outbound } = await store.addOutbound({
      conversation: String(admitted[0]?.conversation.id),
      content: { type: 'text', text: 'hello' },
      correlation: providerId,
      now,
      leaseMs: 10_000,
    });
    await store.changeOutbound(outbound.ref, { state: 'sent', providerId }, now);
  }
  return ids;
}
