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
  /** Meta's word: ACS writes it with a capital. */
  readonly status: 'sent' | 'delivered' | 'read' | 'failed';
  /** Default: {@link customer}. */
  readonly to?: string;
  /** Default: the channel's own. */
  readonly business?: string;
  /** What is said of a failure. */
  readonly detail?: string;
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
  readonly tells?: readonly ('sent' | 'delivered' | 'read')[];
  /** Starts who vouches for its webhooks, where that is somebody else; before anything else. Answers what ends it. */
  open?(): Promise<() => Promise<void>>;
  /**
   * The settings that turn it on.
   *
   * @param secrets what webhooks are proved with; the current one first
   * @param provider where the provider is
   */
  settings(secrets: readonly string[], provider?: string): Readonly<Record<string, string>>;
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

export const customer = '4915550001111';

/** When statuses were triggered: always the same, so that one that comes again is the same. */
export const statusesAt = 1_700_000_000_000;

/** Nobody listens there. */
export const nobody = 'http://127.0.0.1:9';
