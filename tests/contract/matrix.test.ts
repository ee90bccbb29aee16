import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { channelNames, type Moment, moments } from '../../middleware/domain.ts';
import { BluetickError } from '../../middleware/errors.ts';
import { explainPolicy } from '../../middleware/policy/explainPolicy.ts';
import { createPolicyBook, type PolicyBook } from '../../middleware/policy/policyBook.ts';
import { parsePolicyBook } from '../../middleware/policy/schema.ts';
import type { Capabilities } from '../../middleware/ports.ts';
import type { AgentEvent } from '../../middleware/receipts/agentReports.ts';
import { systemClock as clock } from '../../middleware/timing/systemClock.ts';
import { declaredChannels } from '../checks/channelTables.ts';
import type { ChannelHarness, SeenCall } from './channel.ts';
import { startAcs } from './harness/acs.ts';
import { startBusinessMessages, startRbm } from './harness/google.ts';
import { startMeta } from './harness/meta.ts';
import { startTwilio } from './harness/twilio.ts';
import { startWaha } from './harness/waha.ts';
import { startWawp } from './harness/wawp.ts';
import { type MatrixWorld, matrixWorld } from './matrixWorld.ts';

/** Every provider's channel, connected to its stand-in. A channel that is added gets one here. */
const starts: Readonly<Record<string, () => Promise<ChannelHarness>>> = {
  acs: () => startAcs(),
  meta: () => startMeta('meta'),
  twilio: () => startTwilio('v2', { clock }),
  'twilio under HIPAA': () => startTwilio('v2', { clock, compliance: 'hipaa' }),
  wawp: startWawp,
  waha: startWaha,
  google: startRbm,
  'google in Business Messages': startBusinessMessages,
  simulator: () => startMeta('simulator'),
};

/** What agents do until a moment has come. */
const agentsDo: Readonly<Partial<Record<Moment, readonly AgentEvent[]>>> = {
  agentAccepted: ['accepted'],
  agentOpened: ['accepted', 'opened'],
  agentReplied: ['accepted', 'opened', 'replied'],
};

/** One policy, set for the channel. */
interface Cell {
  readonly moment: Moment;
  /** Whether typing is asked for; absent: the policy does not say, and the default asks for it where it can show. */
  readonly typing?: boolean;
  readonly acceptTypingWithRead: boolean;
}

/** Whether a message stays unread for as long as the bot holds its conversation. */
const staysUnread = (moment: Moment) => moment === 'never' || moment in agentsDo;

const cells = moments.flatMap(moment => [
  ...[true, false].flatMap(typing =>
    [true, false].map((acceptTypingWithRead): Cell => ({ moment, typing, acceptTypingWithRead })),
  ),
  // Where typing that is asked for may be refused, a policy that leaves it to the default is not.
  ...(staysUnread(moment) ? [{ moment, acceptTypingWithRead: true }] : []),
]);

const titleOf = ({ moment, typing, acceptTypingWithRead }: Cell) => {
  const asked = typing === undefined ? ', typing or not' : typing ? ', typing' : '';
  return `${moment}${asked}${acceptTypingWithRead ? ', accepting typing with read' : ''}`;
};

describe('every moment on every channel gives the documented calls, or says why not', () => {
  it('tries every provider’s channel, as it is declared for the tables in the docs', async () => {
    const providers = channelNames.filter(name => name !== 'emulator');
    const tried = Object.keys(starts).map(title => title.split(' ', 1)[0]);
    assert.deepEqual([...new Set(tried)].toSorted(), providers.toSorted());
  });

  for (const [name, start] of Object.entries(starts)) {
    describe(name, () => {
      let harness: ChannelHarness;
      beforeEach(async () => {
        harness = await start();
      });
      afterEach(async () => {
        await harness.channel.close();
        await harness.close();
      });

      it('declares what the tables in the docs are made of', () => {
        const { name: own, capabilities } = harness.channel;
        // What its operator's own rules forbid is not the channel's.
        if (capabilities.barred !== undefined) return;
        const declared = declaredChannels.filter(each => each.name === own);
        assert.ok(declared.some(each => isDeepStrictEqual(each.capabilities, capabilities)));
      });

      for (const cell of cells) {
        it(titleOf(cell), async () => {
          const { channel } = harness;
          const refusal = refusalOf(cell, channel.capabilities);
          if (refusal !== undefined) {
            assert.throws(() => policiesOf(cell, harness), refuses(refusal));
            assert.deepEqual(harness.calls(), []);
            return;
          }
          const policies = policiesOf(cell, harness);
          const world = await matrixWorld(harness, policies, typesAlone(cell, harness));
          try {
            await play(cell, harness, world, policies);
          } finally {
            await world.close();
          }
        });
      }
    });
  }
});

function policiesOf({ moment, typing, acceptTypingWithRead }: Cell, { channel }: ChannelHarness): PolicyBook {
  const policy = {
    read: { when: moment, acceptTypingWithRead },
    ...(typing !== undefined && { typing: { show: typing } }),
    ...(moment in agentsDo && { handoff: { read: moment } }),
  };
  return createPolicyBook(parsePolicyBook({ channels: { [channel.name]: policy } }), [channel]);
}

/** The field for which a policy is refused when it is set; `undefined`: it is taken. */
function refusalOf({ moment, typing, acceptTypingWithRead }: Cell, can: Capabilities): string | undefined {
  if (can.typing === 'impliesRead' && typing && staysUnread(moment)) return 'typing.show';
  const both = can.read === 'withTyping' && typing === false;
  return acceptTypingWithRead && (both || can.barred !== undefined) ? 'read.acceptTypingWithRead' : undefined;
}

/** A refusal names the field and gives its reason. */
function refuses(field: string) {
  return (error: unknown) =>
    error instanceof BluetickError &&
    error.code === 'invalid_policy' &&
    error.field?.endsWith(field) === true &&
    /allowed: .*because \w+/.test(error.message);
}

/** Whether typing is the first call: where it stands alone, and nothing is read before the answer. */
function typesAlone({ moment, typing = true }: Cell, { channel }: ChannelHarness): boolean {
  return typing && channel.capabilities.typing === 'independent' && !isReadInTurn(moment);
}

function isReadInTurn(moment: Moment): boolean {
  return moment === 'accepted' || moment === 'replying';
}

async function play(
  cell: Cell,
  harness: ChannelHarness,
  world: MatrixWorld,
  policies: PolicyBook,
): Promise<void> {
  const { moment, typing = true, acceptTypingWithRead } = cell;
  const { channel, documented } = harness;
  const { name, businesses, capabilities } = channel;
  const { engine, messageId, conversation } = world;
  const unsupported =
    capabilities.read === 'none' || (capabilities.read === 'withTyping' && !acceptTypingWithRead);
  const readings = () => [
    documented.markRead?.(messageId, world.repeatId()),
    documented.markReadAndType?.(messageId),
  ];
  const typings = [documented.showTyping?.(), documented.stopTyping?.()];
  const made = (documentedCalls: readonly (SeenCall | undefined)[]) =>
    harness.calls().filter(call => documentedCalls.some(each => isDeepStrictEqual(call, each)));
  const heldFor = async () => {
    const { outcome, because } = await world.receipt();
    assert.equal(outcome, 'held');
    assert.match(because, new RegExp(`\\b${moment}\\b`));
    assert.deepEqual(made(readings()), []);
  };

  if (unsupported || moment === 'never') {
    const { outcome, because } = await world.settled();
    assert.equal(outcome, unsupported ? 'unsupported' : 'skipped');
    assert.match(because, /\w{3}/);
    for (const event of agentsDo.agentReplied ?? []) await engine.reportAgent(conversation, event);
    const [asked] = await engine.markRead({ channel: name, messageId });
    assert.deepEqual([asked?.outcome, asked?.because], [outcome, because]);
    assert.deepEqual(made(readings()), []);
  } else {
    if (moment === 'manual') {
      await heldFor();
      await engine.markRead({ conversation });
    }
    for (const event of agentsDo[moment] ?? []) {
      await heldFor();
      await engine.reportAgent(conversation, event);
    }
    assert.equal((await world.settled()).outcome, 'sent');
    const [reading, ...more] = made(readings());
    assert.deepEqual(more, []);
    // Typing that is due with the receipt is the same call. A reply that is ready already needs none.
    const isBoth = isDeepStrictEqual(reading, documented.markReadAndType?.(messageId));
    const wantsBoth = capabilities.typing === 'impliesRead' && typing && isReadInTurn(moment);
    if (capabilities.read === 'withTyping' || (wantsBoth && moment === 'accepted')) assert.ok(isBoth);
    else if (!wantsBoth) assert.ok(!isBoth);
    // Where the message is read in the bot's turn, the customer sees that before the answer.
    const placeOf = (one: SeenCall | undefined) =>
      harness.calls().findIndex(call => isDeepStrictEqual(call, one));
    if (isReadInTurn(moment)) assert.ok(placeOf(reading) < placeOf(world.reply));
  }

  const shown = made([documented.showTyping?.()]).length;
  if (!typing) assert.equal(shown, 0);
  else if (typesAlone(cell, harness)) {
    assert.equal(shown, 1);
    if (capabilities.stopTyping) assert.equal(made([documented.stopTyping?.()]).length, 1);
  }
  // That an agent joins is advice, shown when it can be.
  const joins = documented.showRepresentative?.(true);
  const known = [...readings(), joins, ...typings, world.reply];
  assert.deepEqual(
    harness.calls().filter(call => !known.some(each => isDeepStrictEqual(call, each))),
    [],
  );
  assert.equal(made([world.reply]).length, 1);

  // The dry run says the same.
  const { policy } = policies.resolve({ channel: name, business: businesses[0] ?? '' });
  const { timeline, notes } = explainPolicy({ policy, capabilities, text: 'Thank you!' });
  const { outcome, because } = await world.receipt();
  if (outcome === 'sent') {
    const told = isReadInTurn(moment) ? 'read' : 'held';
    assert.ok(timeline.some(({ what }) => what === told));
  } else assert.ok(notes.includes(`no receipt: ${because}`));
}
