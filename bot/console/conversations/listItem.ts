import { css, html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { icon } from '../base/icons.ts';
import { language, text } from '../base/text.ts';
import { clockText, windowLeft } from './countdown.ts';
import type { Typing } from './typingSigns.ts';
import type { ConversationView, LatestView } from './views.ts';
import { waitsSince } from './waiting.ts';
import { briefTime, holderText, latestText, since } from './words.ts';

/** The height of a row, in pixels: all have the same, so that their places are known without measuring. */
export const rowHeight = 84;

/** What a row shows beside the conversation. */
export interface RowState {
  readonly now: number;
  /** Whoever looks. */
  readonly me: string | undefined;
  readonly typing: Typing;
  /** Whether nobody has waited in the queue for longer. */
  readonly isLongest: boolean;
}

/** What stands in a row of the list. It is no component: some thirty are drawn anew each second, and each would cost one. */
export function listItem(view: ConversationView, { now, me, typing, isLongest }: RowState): TemplateResult {
  const { channel, customer, latest, unread, workstream, holder } = view;
  const waits = waitsSince(view);
  return html`
    <span class="who">
      <bdi class=${classMap({ customer: true, strong: unread > 0 })} dir="ltr">${customer.masked}</bdi>
      <span class="faint">${channel}</span>
    </span>
    <span class="faint end">${latest ? briefTime(latest.at, now) : nothing}</span>
    <span class=${classMap({ said: true, strong: unread > 0, typing: typing.customer })}
      >${typing.customer ? text('typing.customer') : latest ? said(latest) : nothing}</span
    >
    <span class="end">
      ${
        unread > 0
          ? html`<span class="count" role="img" aria-label=${text('list.unreadCount', { count: unread })}
              >${unread > 99 ? '99+' : new Intl.NumberFormat(language).format(unread)}</span
            >`
          : nothing
      }
    </span>
    <span class="facts">
      <span class="holder ${holder}">${holderText(view, me)}</span>
      ${workstream === undefined ? nothing : html`<span class="faint cut">${workstream}</span>`}
      ${
        waits
          ? html`<span class=${isLongest ? 'longest' : 'faint'}>${text(isLongest ? 'list.waitingLongest' : 'list.waitingFor', { time: since(waits, now) })}</span>`
          : nothing
      }
    </span>
    <span class="end">${countdown(view, now)}</span>
  `;
}

/** The newest message in one line, with a sign where it is ours: then it is the customer's turn. */
function said(latest: LatestView): TemplateResult {
  const isOurs = latest.side === 'business';
  return html`${isOurs ? html`<span class="ours" role="img" aria-label=${text('list.ours')}>${icon('reply')}</span>` : nothing}<span class="cut" dir="auto">${latestText(latest)}</span>`;
}

/** What is left of the window: a countdown that warns in its last hour. Nothing where the channel has no window. */
export function countdown(
  { window }: Pick<ConversationView, 'window'>,
  now: number,
): TemplateResult | typeof nothing {
  const left = windowLeft(window, now);
  if (left.state === 'endless') return nothing;
  if (left.state === 'closed')
    return html`<span class="left closed" title=${text('composer.closed')}>${icon('lock')}<span>${text('window.closed')}</span></span>`;
  const time = clockText(left.leftMs, language);
  return html`<span class="left ${left.state}" role="img" aria-label=${text('window.left', { time })} title=${text('window.left', { time })}
    >${icon('clock')}<span>${time}</span></span
  >`;
}

/** The look of {@link countdown}. */
export const countdownStyles = css`
  .left {
    display: inline-flex;
    align-items: center;
    gap: var(--spacingHorizontalXXS);
    color: var(--colorNeutralForeground3);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }

  .left svg {
    inline-size: 1.1em;
    block-size: 1.1em;
  }

  .left.short {
    color: var(--colorStatusWarningForeground2);
    font-weight: var(--fontWeightSemibold);
  }

  .left.closed {
    color: var(--colorStatusDangerForeground3);
  }
`;

/** The look of who holds a conversation. */
export const holderStyles = css`
  .holder {
    padding-inline: var(--spacingHorizontalSNudge);
    border-radius: var(--borderRadiusMedium);
    background: var(--colorNeutralBackground4);
    color: var(--colorNeutralForeground2);
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    flex-shrink: 0;
    max-inline-size: 9rem;
  }

  .holder.queue {
    background: var(--colorStatusWarningBackground1);
    color: var(--colorStatusWarningForeground1);
  }

  .holder.agent {
    background: var(--colorBrandBackground2);
    color: var(--colorBrandForeground2);
  }
`;
