/**
 * What this library uses of a bot's SDK, as structural types: botbuilder 4 and the Microsoft 365 Agents SDK both
 * fit, and neither is imported. Fields are optional wherever one of them has them optional.
 *
 * @module
 */

/**
 * Where the two SDKs have types of their own that no common type fits: keys of the turn's state, handlers, adapters.
 * Only the type checker sees it.
 */
// biome-ignore lint/suspicious/noExplicitAny: the one place, see above
export type SdkOwn = any;

/** An attachment of an activity. */
export interface AttachmentLike {
  readonly contentType?: string;
  readonly contentUrl?: string;
  readonly content?: unknown;
  readonly name?: string;
}

/** An activity, as far as this library reads and writes it. */
export interface ActivityLike {
  readonly type?: string;
  readonly id?: string;
  readonly name?: string;
  readonly value?: unknown;
  readonly text?: string;
  readonly attachments?: readonly AttachmentLike[];
  readonly suggestedActions?: { readonly actions?: readonly unknown[] };
  readonly channelData?: unknown;
  readonly channelId?: string;
  readonly timestamp?: Date | string;
  readonly from?: { readonly id?: string; readonly name?: string };
  readonly recipient?: { readonly id?: string };
  readonly conversation?: { readonly id?: string };
  readonly deliveryMode?: string;
  readonly callerId?: string;
}

/** The answer to a sent activity. */
export interface ResourceResponseLike {
  readonly id: string;
}

/** The state that lives as long as a turn. */
export interface TurnStateLike {
  get(key: SdkOwn): SdkOwn;
  set(key: SdkOwn, value: SdkOwn): void;
}

/** The context of a turn. */
export interface TurnContextLike {
  readonly activity: ActivityLike;
  readonly turnState: TurnStateLike;
  /** Whether the bot has answered; it can only be set to `true`. */
  responded?: boolean;
  /** The Agents SDK's claims of the caller; botbuilder has them in {@link ActivityLike.callerId}. */
  readonly identity?: SdkOwn;
  onSendActivities(
    handler: (context: SdkOwn, activities: SdkOwn, next: () => Promise<SdkOwn>) => Promise<SdkOwn>,
  ): unknown;
}

/** The form of a middleware in both SDKs. */
export interface MiddlewareLike {
  onTurn(context: TurnContextLike, next: () => Promise<void>): Promise<void>;
}
