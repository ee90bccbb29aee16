/**
 * A policy says when a receipt goes out, when typing shows and when an answer goes out. These are its types:
 * {@link Policy} is complete, {@link PolicyDocument} is what an administrator writes, with anything left out.
 *
 * Durations are milliseconds. The defaults are the values of `defaultPolicy`.
 *
 * @module
 */
import type { ChannelName, Moment, Template } from '../domain.ts';

/** A wait that grows with a text: `minMs + perCharacterMs × characters`, spread by `jitter`, then clamped. */
export interface Delay {
  /** The shortest wait. Default 0: Bluetick adds no wait that nobody asked for. */
  readonly minMs: number;
  /** The longest wait; `null`: no limit but the length of the text. Default `null`. */
  readonly maxMs: number | null;
  /** What each character adds; fractions are fine. Default 0. */
  readonly perCharacterMs: number;
  /** The spread as a part of the wait, 0 to 1: 0.2 is up to 20 % less or more. Default 0: the same each time. */
  readonly jitter: number;
}

/** When the customer sees "read". */
export interface ReadPolicy {
  /** The moment at which the receipt falls due while the bot holds the conversation. Default `accepted`. */
  readonly when: Moment;
  /** The wait between that moment and the receipt, by the length of the customer's message. Default none. */
  readonly delay: Delay;
  /**
   * Whether each message of a burst gets a call of its own. Default `false`: where a receipt covers earlier
   * messages one call does, and it spares the provider's rate limit.
   */
  readonly eachMessage: boolean;
  /**
   * Whether receipts may go out on a channel that cannot send one without showing typing (Twilio). Default
   * `false`: typing that nobody asked for promises an answer that may not come.
   */
  readonly acceptTypingWithRead: boolean;
}

/** When "typing…" shows while the bot holds the conversation. */
export interface TypingPolicy {
  /** Whether typing shows while the bot works. Default `true`. */
  readonly show: boolean;
  /** How often typing is shown again to keep it alive; `null`, the default: the channel's own period. */
  readonly keepAliveMs: number | null;
  /**
   * Until when one turn may show typing, counted from the beginning of the turn; 0: not at all. Default 120,000:
   * past two minutes typing no longer says that an answer is near.
   */
  readonly limitMs: number;
}

/** The wait before the bot begins to work on a message. */
export interface ThinkPolicy {
  /** By the length of the customer's message. Default none. */
  readonly delay: Delay;
}

/** The wait before a finished answer goes out. */
export interface ReplyPolicy {
  /** By the length of our answer. Default none. */
  readonly delay: Delay;
  /**
   * How long an answer waits for the provider to take a receipt that is due, so that "read" shows first.
   * Default 1,500: a healthy provider answers well within it, and a sick one must not keep the customer waiting.
   */
  readonly receiptBarrierMs: number;
}

/** What changes while the queue or a human agent holds the conversation. */
export interface HandoffPolicy {
  /**
   * The moment at which receipts fall due then. `null`, the default: `never` and `manual` of `read.when` stay,
   * anything else becomes `agentOpened`, so that "read" means that a person read it.
   */
  readonly read: Moment | null;
  /** Whether typing shows while an agent types. Default `true`. */
  readonly typing: boolean;
  /**
   * Whether a message that somebody else sent over the same number, seen by its status while an agent holds the
   * conversation, counts as the agent's `replied`. Default `false`: whose message it was, a status does not say.
   */
  readonly repliedByStatus: boolean;
  /**
   * How long a conversation waits in the queue until the bot takes it back, if no agent has accepted it; `null`, the
   * default: until somebody does. A bot that comes back unasked would answer whoever was promised a person.
   */
  readonly takeBackAfterMs: number | null;
}

/** What happens when the window is closed. */
export interface WindowPolicy {
  /** The template that goes out instead of a free-form message; `null`, the default: sending is refused. */
  readonly fallbackTemplate: Template | null;
}

/** A complete policy: every field has a value. */
export interface Policy {
  readonly read: ReadPolicy;
  readonly typing: TypingPolicy;
  readonly think: ThinkPolicy;
  readonly reply: ReplyPolicy;
  readonly handoff: HandoffPolicy;
  readonly window: WindowPolicy;
}

/** A section of a document: any field may be left out, and so may any field of its delay. */
type Partly<Section> = {
  readonly [Field in keyof Section]?: Section[Field] extends Delay ? Partial<Delay> : Section[Field];
};

/** A policy as it is written: what is left out comes from the next link of the chain; `null` is a value. */
export type PolicyDocument = { readonly [Section in keyof Policy]?: Partly<Policy[Section]> };

/** A workstream as it is written: the unit that an administrator configures. */
export interface WorkstreamDocument {
  /** Which conversations belong to it where neither the API nor a Dynamics 365 event names one. */
  readonly match?: {
    /** The business ends whose conversations belong to it. */
    readonly businesses?: readonly string[];
    /** Its ids in Dynamics 365, by which an event of Dynamics 365 names it. */
    readonly d365?: readonly string[];
  };
  readonly policy: PolicyDocument;
}

/** The policy file: the documents of every scope that outlives a conversation. */
export interface PolicyBookDocument {
  readonly default?: PolicyDocument;
  readonly channels?: { readonly [Name in ChannelName]?: PolicyDocument };
  /** By the business's end as its provider names it. */
  readonly businesses?: { readonly [business: string]: PolicyDocument };
  /**
   * By the workstream's id. The first match in this order counts; JavaScript puts ids that are whole numbers
   * before all others.
   */
  readonly workstreams?: { readonly [id: string]: WorkstreamDocument };
}
