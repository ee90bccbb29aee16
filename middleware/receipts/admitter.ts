import type { StatusConsequences, StatusReport } from '../acknowledgements/statusIntake.ts';
import type { ChannelEvents, Conversation, InboundMessage } from '../domain.ts';
import { BluetickError, describeError } from '../errors.ts';
import { decide } from '../policy/decide.ts';
import type { AcknowledgementEntry, Admission, AdmissionResult, Admitted, Channel } from '../ports.ts';
import type { CallGate } from './callGate.ts';
import { leaseMs } from './dispatcher.ts';
import type { EngineParts } from './engineParts.ts';
import { measureAdmission } from './measureAdmission.ts';

/** Times that a batch is decided anew because its conversations changed meanwhile. */
const maxDecisions = 10;

/** What a webhook came to. */
export interface AdmissionReport extends StatusReport {
  readonly admitted: number;
  /** Messages that were known already: redelivered by the provider. */
  readonly duplicates: number;
  /** Messages of businesses that this connection does not serve: nothing changed. */
  readonly foreign: number;
  /** Items that were set aside as dead letters. */
  readonly rejected: number;
}

/** Who answers what is admitted. */
interface Answering {
  /** Who holds a conversation that is seen for the first time. */
  readonly firstHolder: Conversation['holder'];
  /** Whether the engine runs the turns. */
  readonly turns: boolean;
  /** The length of the text, where the text itself is not to be kept. */
  readonly characters?: number;
}

/** Admits what a webhook brought: durably, with all that it owes, before anybody is told that we have it. */
export class Admitter {
  readonly #parts: EngineParts;
  readonly #gate: Pick<CallGate, 'heed'>;
  readonly #agentReplied: (conversation: string) => Promise<unknown>;
  readonly #own: Answering;

  /**
   * @param gate told what providers say of their own link to WhatsApp
   * @param agentReplied called for a conversation in which an agent has answered, as a status shows
   * @param runsTurns whether a bot runs here; in a sidecar none does, and a conversation begins in the queue of
   *   whoever runs it
   */
  constructor(
    parts: EngineParts,
    gate: Pick<CallGate, 'heed'>,
    agentReplied: (conversation: string) => Promise<unknown>,
    runsTurns: boolean,
  ) {
    this.#parts = parts;
    this.#gate = gate;
    this.#agentReplied = agentReplied;
    this.#own = { turns: runsTurns, firstHolder: runsTurns ? 'bot' : 'queue' };
  }

  /**
   * Admits a batch in one transaction.
   *
   * @param webhook what the log calls it; absent where it came in none
   * @throws BluetickError `store_unavailable`: nothing was kept, and the provider should be told to come again.
   */
  async admit(channel: Channel, events: ChannelEvents, webhook?: string): Promise<AdmissionReport> {
    const { log, clock, telemetry } = this.#parts;
    const { connections = [], ignored = [] } = events;
    for (const report of connections) this.#gate.heed(channel, report);
    if (ignored.length > 0) log.debug({ channel: channel.name, ignored }, 'Items are passed over');
    const messages = events.messages.filter(({ business }) => channel.businesses.includes(business));
    const foreign = events.messages.length - messages.length;
    if (foreign > 0)
      log.warn({ channel: channel.name, foreign }, 'Messages of other businesses are left alone');
    const rejected = events.rejected
      .filter(({ business }) => business === undefined || channel.businesses.includes(business))
      .map(item => ({ ...item, channel: channel.name }));
    telemetry.meters.add('received', [channel.name, 'admit', 'foreign'], foreign);
    telemetry.meters.add('received', [channel.name, 'admit', 'rejected'], rejected.length);
    const came = events.acknowledgements.length;
    const entries = this.#parts.ledger.statuses.enter(channel, events.acknowledgements);
    if (messages.length === 0 && rejected.length === 0 && entries.length === 0) {
      const { report } = this.#parts.ledger.statuses.leave({ came, entries, acknowledged: [], implied: [] });
      return { admitted: 0, duplicates: 0, foreign, rejected: 0, ...report };
    }

    const from = clock.now();
    const result = await this.#write(channel, messages, rejected, entries, this.#own);
    measureAdmission(this.#parts, { channel, webhook, from, messages, admitted: result.admitted });
    this.#tell(result, messages, entries);
    this.#dispatch(result);
    const { admitted, acknowledged = [], implied = [] } = result;
    const { statuses } = this.#parts.ledger;
    const { report, ...rest } = statuses.leave({ webhook, came, entries, acknowledged, implied });
    await this.#conclude(rest);
    let duplicates = 0;
    admitted.forEach((each, index) => {
      const message = messages[index];
      if (each.status === 'duplicate') duplicates += 1;
      else if (message !== undefined) this.#announce(each, message);
    });
    const rejects = rejected.length;
    return { admitted: admitted.length - duplicates, duplicates, foreign, rejected: rejects, ...report };
  }

  /** What statuses ask for beside their rows. The rows are safe: what fails here must not have them delivered again. */
  async #conclude({ othersSpoke }: Omit<StatusConsequences, 'report'>): Promise<void> {
    const { policyOf, log } = this.#parts;
    let at: Conversation | undefined;
    try {
      for (const conversation of othersSpoke) {
        at = conversation;
        if (conversation.holder === 'agent' && policyOf(conversation).handoff.repliedByStatus)
          await this.#agentReplied(conversation.id);
      }
    } catch (error) {
      log.error({ conversation: at?.id, ...describeError(error) }, 'What a status implies could not be kept');
    }
  }

  async #write(
    channel: Channel,
    messages: readonly InboundMessage[],
    rejected: readonly (ChannelEvents['rejected'][number] & { channel: Channel['name'] })[],
    entries: readonly AcknowledgementEntry[],
    answering: Answering,
  ): Promise<AdmissionResult> {
    const { store, clock, dispatcher, hooks } = this.#parts;
    const ledger = entries.length === 0 ? {} : { ledger: { entries, shared: !this.#own.turns } };
    const known = new Map<string, Conversation>();
    for (let decisions = 0; decisions < maxDecisions; decisions += 1) {
      const now = clock.now();
      const admissions = messages.map(message =>
        this.#decide(channel, message, known.get(customerKey(message)), answering, now),
      );
      const { firstHolder } = answering;
      const handOver = dispatcher.hasRoom() ? leaseMs : 0;
      const result = await store.admit({
        admissions,
        rejected,
        ...ledger,
        ...(hooks.length > 0 && { hooks }),
        firstHolder,
        now,
        leaseMs: handOver,
      });
      if (handOver === 0) dispatcher.wakeAt(now);
      if (result.stale.length === 0) return result;
      for (const conversation of result.stale) known.set(customerKey(conversation), conversation);
    }
    throw new BluetickError(
      'store_unavailable',
      'The conversation changes faster than its messages can be decided on',
    );
  }

  /**
   * Admits a message that another adapter has received and answers: a bot holds its conversation, and no turn of ours
   * is owed.
   *
   * @param characters the length of its text, which is not kept: nobody reads it again
   * @param before called when the message is written, before its receipt can go out
   * @throws BluetickError `store_unavailable`
   */
  async adopt(
    channel: Channel,
    message: InboundMessage,
    characters: number,
    before: (admitted: Admitted) => void,
  ): Promise<void> {
    const answering = { firstHolder: 'bot', turns: false, characters } as const;
    const from = this.#parts.clock.now();
    const result = await this.#write(channel, [message], [], [], answering);
    measureAdmission(this.#parts, { channel, from, messages: [message], admitted: result.admitted });
    this.#tell(result, [message], []);
    for (const move of result.implied ?? []) this.#parts.ledger.moved(move);
    const [admitted] = result.admitted;
    if (admitted?.status === 'admitted') this.#announce(admitted, message);
    if (admitted !== undefined) before(admitted);
    this.#dispatch(result);
  }

  /** Tells who listens what was admitted: before anything comes of it. */
  #tell(
    { admitted, moved, acknowledged = [] }: AdmissionResult,
    messages: readonly InboundMessage[],
    entries: readonly AcknowledgementEntry[],
  ): void {
    const { changes } = this.#parts;
    if (!changes.any) return;
    for (const [index, { status, ref, conversation: state, receipt }] of admitted.entries()) {
      const { kind, sentAt } = messages[index] as InboundMessage;
      if (status === 'duplicate') continue;
      const news = { message: ref, kind, sentAt, state, ...(receipt && { receipt }) };
      changes.tell({ type: 'message.received', conversation: state.id, ...news });
    }
    for (const receipt of moved)
      changes.receipts(receipt.conversation, [], { changed: [], moved: [receipt] });
    for (const [index, each] of acknowledged.entries())
      if (each.what === 'applied' && entries[index]?.acknowledgement.windowClosed)
        void changes.shut(each.move.conversation.id);
  }

  #dispatch({ claims, nextDueAt }: AdmissionResult): void {
    this.#parts.dispatcher.take(claims);
    this.#parts.dispatcher.wakeAt(nextDueAt);
  }

  /** Tells who waits in the conversation that a message came. */
  #announce({ conversation, ref }: Admitted, message: InboundMessage): void {
    if (!isAnswered(message)) return;
    this.#parts.signals.emit(conversation.id, 'message', undefined);
    if (message.providerId !== undefined || message.kind !== 'message') return;
    const fields = { conversation: conversation.id, message: ref };
    this.#parts.log.warn(fields, 'A message came without an id: it cannot be marked read');
  }

  /** Most conversations are as they began: the decision guesses so, and the store says where the guess was wrong. */
  #decide(
    channel: Channel,
    message: InboundMessage,
    known: Conversation | undefined,
    answering: Answering,
    now: number,
  ): Admission {
    const { policyOf, random } = this.#parts;
    const { capabilities } = channel;
    const policy = policyOf(known ?? message);
    const holder = known?.holder ?? answering.firstHolder;
    const characters = answering.characters ?? message.content.text?.length ?? 0;
    const receipt = decide(policy, {
      moment: 'accepted',
      holder,
      kind: message.kind,
      capabilities,
      characters,
      hasProviderId: message.providerId !== undefined,
      now,
      jitter: random(),
    });
    return {
      message,
      decidedOn: known,
      receipt,
      solo: policy.read.eachMessage || capabilities.coversEarlier === 'no',
      ...(capabilities.coversEarlier === 'named' && { coveredLate: false }),
      expiresAt: capabilities.readWithinMs === null ? undefined : now + capabilities.readWithinMs,
      characters,
      turn: answering.turns && holder === 'bot' && isAnswered(message),
    };
  }
}

/** Whether a bot takes a turn for it: the other kinds are notices. */
function isAnswered({ kind }: InboundMessage): boolean {
  return kind === 'message' || kind === 'reaction' || kind === 'welcome';
}

function customerKey({ business, customer }: { business: string; customer: string }): string {
  return `${business}\0${customer}`;
}
