import type { OutboundContent } from '../../middleware/domain.ts';
import type { ChannelHarness } from './channel.ts';

/** What the parts of the suite share: the channel of the test that runs, and its two usual calls. */
export interface ChannelSuite {
  readonly harness: ChannelHarness;
  read(messageId: string, typing: boolean): Promise<void>;
  /** `as` is the correlation. */
  send(
    content: OutboundContent,
    options?: { readonly as?: string; readonly stop?: AbortSignal },
  ): Promise<{ readonly providerId: string }>;
}

/** How long a call of the suite may take. */
export const signal = (): AbortSignal => AbortSignal.timeout(2000);

/** When what the webhooks tell happened: a whole second. */
export const at = Date.UTC(2026, 10, 21, 12, 0, 0);
/** The correlation of the suite’s message, and the repeat id of its receipt. */
export const correlation = 'c0ffee00-0000-4000-8000-000000000001';

/** The simplest message. */
export const text: OutboundContent = { type: 'text', text: 'hello' };

/** For every channel. */
export const contents: readonly (readonly [string, OutboundContent])[] = [
  ['a text', { type: 'text', text: 'Grüße, 你好 👋' }],
  ['an image', { type: 'media', media: { type: 'image', url: 'https://example.com/a.jpg', caption: 'A' } }],
  [
    'a document',
    { type: 'media', media: { type: 'document', url: 'https://example.com/a.pdf', fileName: 'a.pdf' } },
  ],
];

/** For channels that have them. */
export const interactives: readonly (readonly [string, OutboundContent])[] = [
  [
    'buttons',
    {
      type: 'interactive',
      interactive: {
        kind: 'buttons',
        header: { type: 'image', url: 'https://example.com/a.jpg' },
        body: 'Shall we?',
        footer: 'Any time',
        buttons: [
          { id: 'yes', title: 'Yes' },
          { id: 'no', title: 'No' },
        ],
      },
    },
  ],
  [
    'a list',
    {
      type: 'interactive',
      interactive: {
        kind: 'list',
        header: { text: 'Rooms' },
        body: 'Which one?',
        button: 'Show',
        rows: [
          { id: '1', title: 'Single', description: 'One bed' },
          { id: '2', title: 'Double' },
        ],
      },
    },
  ],
];

/** For channels that have them. */
export const template: OutboundContent = {
  type: 'template',
  template: {
    name: 'order_update',
    language: 'en_US',
    header: [{ type: 'image', url: 'https://example.com/h.jpg' }],
    body: [{ type: 'text', text: 'Ann' }],
  },
};
