import type { Sends } from '../ports.ts';

/**
 * How much a WhatsApp message holds, in characters unless said otherwise. The limits are from Meta's public pages on
 * text and interactive messages; our sheet of facts does not hold them. Meta does not say what it counts as a
 * character: UTF-16 units, as here, are never fewer than what a person counts.
 */
export const limits = {
  text: 4096,
  /** The text under a file. */
  caption: 1024,
  /** A header that is a line of text. */
  header: 60,
  choiceId: 256,
  /** A message with reply buttons; `count` is how many. */
  buttons: { count: 3, title: 20, body: 1024 },
  /** A message with a list; `count` is how many rows. */
  list: { count: 10, title: 24, description: 72, label: 20, body: 4096 },
} as const;

/** What WhatsApp itself can send: for messages of which no channel is known. */
export const whatsAppSends: Sends = {
  interactive: true,
  media: true,
  template: true,
  longestText: limits.text,
};

/** How long the text of one message may be: the channel's own limit, and never more than WhatsApp's. */
export function longestOf({ longestText }: Sends): number {
  return Math.min(limits.text, longestText ?? limits.text);
}
