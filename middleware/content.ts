/**
 * What messages hold, in the provider-neutral form that reaches the bot and comes from it.
 *
 * @module
 */

import type { HandoffNotice } from './handoff.ts';

/** A file that came with, or goes out with, a message. */
export interface Media {
  /** What WhatsApp shows it as. */
  readonly type: 'image' | 'document' | 'audio' | 'video' | 'sticker';
  /** The provider's id of an inbound file; `Channel.downloadMedia` fetches it. */
  readonly id?: string;
  /** Where the provider can fetch an outbound file: a public https address. */
  readonly url?: string;
  /** The MIME type, where the provider tells. */
  readonly contentType?: string;
  /** The text under it. */
  readonly caption?: string;
  /** The name that a document is shown with. */
  readonly fileName?: string;
}

/** What the customer wrote, in the provider-neutral form that reaches the bot. All fields are optional. */
export interface InboundContent {
  /** The text, the caption, or the title of the button that was pressed. */
  readonly text?: string;
  /** The payload behind a pressed button or list row, which the bot set. */
  readonly payload?: string;
  /** The file, for media messages. */
  readonly media?: Media;
  /** The place, for location messages. */
  readonly location?: {
    readonly latitude: number;
    readonly longitude: number;
    readonly name?: string;
    readonly address?: string;
  };
  /** The reaction; `emoji` is absent when it was taken back. */
  readonly reaction?: { readonly to: string; readonly emoji?: string };
  /** The provider's id of the message that this one quotes. */
  readonly replyTo?: string;
  /** The provider's id of the message that was changed or taken back, where the provider tells. */
  readonly concerns?: string;
  /** The customer's profile name. */
  readonly name?: string;
  /** What became of a hand-off: no customer wrote that, the bot is told it. */
  readonly handoff?: HandoffNotice;
  /** The provider's own word for the type, so that a bot can tell what we do not model. */
  readonly type: string;
}

/** A parameter of a template: text, or a file for the header. */
export type TemplateParameter =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image' | 'document' | 'video'; readonly url: string; readonly fileName?: string };

/** A pre-approved template: the only thing that may be sent when the window is closed. */
export interface Template {
  /** The name under which the provider approved it. */
  readonly name: string;
  /** The language code under which it was approved, such as `en_US`. */
  readonly language: string;
  readonly header?: readonly TemplateParameter[];
  readonly body?: readonly TemplateParameter[];
}

/** What stands above the body of an {@link Interactive} message: a line of at most 60 characters, or a file by its address. */
export type InteractiveHeader =
  | { readonly text: string }
  | (Media & { readonly type: 'image' | 'document' | 'video'; readonly url: string });

/** A button or a list row. What comes back when it is pressed is its id, as {@link InboundContent.payload}. */
export interface InteractiveChoice {
  /** What the bot gets: 1 to 256 characters, different from the others' of the message, no space at its ends. */
  readonly id: string;
  /** What the customer sees: at most 20 characters on a button, 24 in a list, different from the others'. */
  readonly title: string;
}

/**
 * A message that the customer answers with a press.
 *
 * - `buttons`: 1 to 3 buttons under a body of at most 1024 characters.
 * - `list`: one button, whose label has at most 20 characters, that opens 1 to 10 rows; a row's description has at
 *   most 72, the body 4096.
 *
 * A footer has at most 60. The limits are Meta's, from its public pages on interactive messages. Our sheet of facts
 * does not hold them; a message beyond them is refused by the provider.
 */
export type Interactive =
  | {
      readonly kind: 'buttons';
      readonly header?: InteractiveHeader;
      readonly body: string;
      readonly footer?: string;
      readonly buttons: readonly InteractiveChoice[];
    }
  | {
      readonly kind: 'list';
      readonly header?: { readonly text: string };
      readonly body: string;
      readonly footer?: string;
      /** The label of the button that opens the list. */
      readonly button: string;
      readonly rows: readonly (InteractiveChoice & { readonly description?: string })[];
    };

/** What goes out to the customer. */
export type OutboundContent =
  | { readonly type: 'text'; readonly text: string; readonly replyTo?: string }
  | { readonly type: 'media'; readonly media: Media }
  | { readonly type: 'interactive'; readonly interactive: Interactive }
  | { readonly type: 'template'; readonly template: Template };
