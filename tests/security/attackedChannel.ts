import type { ChannelName } from '../../middleware/domain.ts';
import type { Attack, AttackedHost } from './attackedHost.ts';

/** What a customer is said to have written. */
export interface Said {
  readonly id: string;
  readonly text: string;
  /** Default: {@link customer}. */
  readonly from?: string;
  /** Default: the channel's own. */
  readonly business?: string;
  readonly name?: string;
}

/** What a status is said to tell. */
export interface Told {
  /** The id of the message. */
  readonly id: string;
  /** Meta's word: the others have their own for it. */
  readonly status: 'sent' | 'delivered' | 'read' | 'failed';
  /** Stands in the place of the provider's word: one that it does not have. */
  readonly word?: string;
  /** Default: {@link customer}. */
  readonly to?: string;
  /** Default: the channel's own. */
  readonly business?: string;
  /** What is said of a failure. */
  readonly detail?: string;
}

/** A call to a provider, as it came there. */
export interface ProviderCall {
  /** With the query. */
  readonly path: string;
  readonly body: string;
}

/** What a call sends to a customer. */
export interface SentText {
  /** The id that statuses will have. */
  readonly id: string;
  /** The customer's number, in digits. */
  readonly to: string;
  readonly text: string;
  /** The provider's answer, in JSON. */
  readonly answer: object;
}

/** A body that no provider sends, although the sender has the secret. */
export interface Malformed {
  readonly attack: Attack;
  /** 400; 401 where such a body cannot be what was signed; 200 where a refusal would hold up others: it is set aside. */
  readonly status: 200 | 400 | 401;
}

/** A channel under attack. */
export interface AttackedChannel {
  readonly name: ChannelName;
  /** Its name, and how it is proved where there are several ways. */
  readonly title: string;
  readonly business: string;
  /** The largest body that is read, in bytes. */
  readonly bodyLimit: number;
  /** Whether one webhook holds several items. Default `true`; where not, they are given to it one by one. */
  readonly batches?: boolean;
  /** The statuses that its provider has. Default all. */
  readonly tells?: readonly Told['status'][];
  /** Which of its settings prove webhooks: each line is one proof, and all of it is needed. Default none: it makes its own. */
  readonly proofs?: readonly (readonly string[])[];
  /** Starts who vouches for its webhooks, where that is somebody else; before anything else. Answers what ends it. */
  open?(): Promise<() => Promise<void>>;
  /**
   * The settings that turn it on.
   *
   * @param secrets what webhooks are proved with; the current one first
   * @param provider where the provider is
   * @param credential what the provider is called with, where it takes any
   */
  settings(
    secrets: readonly string[],
    provider?: string,
    credential?: string,
  ): Readonly<Record<string, string>>;
  /** What a host's webhooks are proved with, where that is not in its settings. */
  secretOf?(host: AttackedHost): string;
  /** A webhook's body. */
  body(...said: Said[]): string;
  /** A webhook's body with statuses, all of the same time. */
  statuses(...told: Told[]): string;
  /** A body with one item that cannot be read, for the business. */
  unreadable(business: string, words: string): string;
  /** Sends a body, proved with a secret. */
  proved(body: string | Buffer, secret: string): Attack;
  /** Bodies that no provider sends. Default: what is wrong with JSON, which is refused by 400. */
  malformed?(secret: string): Readonly<Record<string, Malformed>>;
  /** A body that says the same in so many bytes. Default: with blanks behind it. */
  padded?(body: string, size: number): string;
  /** An id as the provider makes them: of those that hold a number, one with the number in it. */
  idOf(number: string, around: Uint8Array): string;
  /** Reads a call to the provider that sends a text; `undefined`: it is another call. */
  sentText?(call: ProviderCall): SentText | undefined;
  /** Requests that prove nothing, though they are near it. */
  unproved(body: string, secret: string): Readonly<Record<string, Attack>>;
}

/** The bodies that several items come in: one, or one each. */
export function bodiesOf<T>(
  { batches = true }: Pick<AttackedChannel, 'batches'>,
  make: (...items: T[]) => string,
  items: readonly T[],
): string[] {
  return batches ? [make(...items)] : items.map(item => make(item));
}

/** The statuses that a channel's provider has. */
export const toldBy = ({ tells = ['read', 'sent', 'delivered', 'failed'] }: AttackedChannel) => tells;

/** What a provider is called with, where nobody says. */
export const usualCredential = 'the-credential-0123456789';

export const customer = '4915550001111';

/** When statuses were triggered: always the same, so that one that comes again is the same. */
export const statusesAt = 1_700_000_000_000;

/** Nobody listens there. */
export const nobody = 'http://127.0.0.1:9';
