/**
 * What this page reads of the API's answers: `docs/api.md`. Times are ISO 8601.
 *
 * @module
 */

/** Who holds a conversation. */
export type Holder = 'bot' | 'queue' | 'agent';

/** Which end of a conversation. */
export type Side = 'customer' | 'business';

/** Whether free-form messages may be sent, and until when; `null`: for good. */
export interface WindowView {
  readonly open: boolean;
  readonly closesAt: string | null;
}

/** How a conversation came to agents. */
export interface HandoffView {
  readonly at: string;
  readonly by: string;
  readonly reason?: string;
}

/** `GET /api/v1/conversations/{id}`, and an item of the list. */
export interface ConversationView {
  readonly id: string;
  readonly channel: string;
  readonly business?: string;
  readonly holder: Holder;
  /** Messages that no agent has seen. */
  readonly unread: number;
  readonly window: WindowView;
  readonly customer: { readonly masked: string };
  readonly workstream?: string;
  /** Since when the customer waits for somebody. `null`: they do not. */
  readonly waitingSince?: string | null;
  readonly latest?: LatestView;
  /** Who holds it, where an agent does and is known. */
  readonly agent?: string;
  /** Whom it was transferred to. */
  readonly assignedTo?: string;
  readonly handoff?: HandoffView;
}

/** The newest message of a conversation. */
export interface LatestView {
  readonly side: Side;
  readonly at: string;
  readonly type: string;
  readonly text?: string;
}

/** A failure as the API names it: `docs/failures.md`. */
export interface FailureView {
  readonly code: string;
  readonly is: string;
}

/** What has become of the receipt of a customer's message. */
export interface ReceiptView {
  readonly outcome: string;
  /** The rule, in English, as the engine made it. */
  readonly because: string;
  readonly dueAt?: string;
  readonly at?: string;
  /** What a held one waits for. */
  readonly until?: string;
  readonly refusal?: FailureView;
}

/** A file of a message. */
export interface MediaView {
  readonly type: 'image' | 'document' | 'audio' | 'video' | 'sticker';
  readonly url?: string;
  readonly contentType?: string;
  readonly fileName?: string;
}

/** What a message says. */
export interface ContentView {
  readonly type: string;
  readonly text?: string;
  readonly media?: MediaView;
  readonly location?: {
    readonly latitude: number;
    readonly longitude: number;
    readonly name?: string;
    readonly address?: string;
  };
  readonly reaction?: { readonly to: string | null; readonly emoji?: string };
  readonly interactive?: InteractiveView;
  readonly template?: { readonly name: string; readonly parameters: readonly string[] };
  /** The `ref` of the message that this one quotes; `null`: it is none that is known. */
  readonly replyTo?: string | null;
  /** The `ref` of the message that this one changes or takes back. */
  readonly concerns?: string | null;
}

/** A message that the customer answers with a press. */
export interface InteractiveView {
  readonly kind: 'buttons' | 'list';
  readonly header?: { readonly text?: string };
  readonly body: string;
  readonly footer?: string;
  readonly buttons?: readonly { readonly title: string }[];
  readonly rows?: readonly { readonly title: string; readonly description?: string }[];
}

/** What became of a message of ours: `GET /api/v1/messages/{id}`. */
export interface MessageView {
  readonly ref: string;
  readonly level: string | null;
  readonly at: Readonly<Record<string, string>>;
  readonly implied: readonly string[];
  readonly failures: readonly FailureView[];
  readonly refusal?: FailureView;
  readonly failure?: string;
  readonly sending: string;
  readonly revokedAt?: string;
  readonly possiblyDoubled?: boolean;
}

interface AnyItem {
  /** Our id of the message; of one that the host does not have yet, the key of its {@link Pending}. */
  readonly ref: string;
  readonly at: string;
  readonly content: ContentView;
  /** What the customer did to it later: the emoji of a reaction, what it was changed to, when it was taken back. */
  readonly reaction?: string;
  readonly edited?: { readonly at: string; readonly text?: string };
  readonly revokedAt?: string;
}

/** A message of the customer's, or what else came from their side. */
export interface CustomerItem extends AnyItem {
  readonly side: 'customer';
  readonly kind: string;
  readonly receipt?: ReceiptView;
}

/** A message of the business's. */
export interface BusinessItem extends AnyItem {
  readonly side: 'business';
  readonly sender?: string;
  readonly agent?: string;
  readonly message: MessageView;
  /** It was given up before it went out. */
  readonly superseded?: boolean;
  /** It is on its way from this page to the host: see {@link Pending}. */
  readonly pending?: Pending;
}

/** Where a message stands that this page has sent and the host has not answered for. */
export interface Pending {
  /** Makes asking again safe: the `Idempotency-Key`. */
  readonly key: string;
  /**
   * - `sending`: the host is asked.
   * - `unsure`: no answer came; asking again sends it once.
   * - `refused`: the host would not take it.
   */
  readonly state: 'sending' | 'unsure' | 'refused';
  /** Why it was refused: the API's code, and its words. */
  readonly code?: string;
  readonly reason?: string;
  /** What was asked. */
  readonly body: unknown;
}

/** An item of `GET /api/v1/conversations/{id}/thread`. */
export type ThreadItem = CustomerItem | BusinessItem;

/** A page of a list. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}
