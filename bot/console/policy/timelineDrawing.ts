import { css, html, LitElement, nothing, svg } from 'lit';
import { formatDuration } from '../base/duration.ts';
import { shared } from '../base/styles.ts';
import { language, languages, text } from '../base/text.ts';
import { drawTimeline, type TimelineEntry } from './timeline.ts';

const isRightToLeft = languages[language].direction === 'rtl';

/** Where a time stands: from the side on which one begins to read. */
const across = (percent: number) => `${isRightToLeft ? 100 - percent : percent}%`;

/** The lines of the drawing, from above, in pixels. */
const lines = { ticks: 22, typing: 66, reply: 110, axis: 140 };

/**
 * What the customer sees after their message, drawn over time: the ticks, typing, the reply. A list beside it says the same in
 * words, so that the drawing itself has one sentence only.
 */
export class TimelineDrawingElement extends LitElement {
  static override properties = { timeline: { attribute: false } };

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }

      figure {
        margin: 0;
        padding-inline: var(--spacingHorizontalS);
      }

      svg {
        display: block;
        inline-size: 100%;
        block-size: 10.25rem;
        overflow: visible;
      }

      text {
        fill: var(--colorNeutralForeground2);
        font-size: var(--fontSizeBase200);
      }

      .axis {
        stroke: var(--colorNeutralStroke1);
      }

      .mark {
        stroke: var(--colorNeutralStroke3);
      }

      .mark + text,
      .number {
        fill: var(--colorNeutralForeground3);
      }

      .grey {
        stroke: var(--colorNeutralStrokeAccessible);
        stroke-width: 4;
        stroke-dasharray: 2 4;
      }

      .blue {
        stroke: var(--colorBrandStroke1);
        stroke-width: 4;
      }

      .bar {
        fill: var(--colorPaletteYellowBackground2);
        stroke: var(--colorNeutralStrokeAccessible);
      }

      .point {
        fill: var(--colorBrandStroke1);
      }

      .reply {
        fill: var(--colorPaletteGreenForeground1);
      }
    `,
  ];

  declare timeline: readonly TimelineEntry[];

  constructor() {
    super();
    this.timeline = [];
  }

  override render() {
    const { readAt, isHeld, typing, replyAt, marks } = drawTimeline(this.timeline);
    const summary = this.timeline
      .map(({ at, what }) => `${text(`policy.step.${what}`)}: ${formatDuration(at, language)}`)
      .join('; ');
    return html`
      <figure>
        <svg role="img" aria-label=${text('policy.drawing', { summary })}>
          ${marks.map(
            ({ ms, at }) => svg`
              <line class="mark" x1=${across(at)} x2=${across(at)} y1="4" y2=${lines.axis} />
              <text class="number" x=${across(at)} y=${lines.axis + 18} text-anchor=${ms === 0 ? 'start' : 'middle'}>${formatDuration(ms, language)}</text>`,
          )}
          <line class="axis" x1="0%" x2="100%" y1=${lines.axis} y2=${lines.axis} />
          <text x=${across(0)} y=${lines.ticks - 8}>${text(isHeld ? 'policy.line.held' : 'policy.line.ticks')}</text>
          <line class="grey" x1=${across(0)} x2=${across(readAt ?? 100)} y1=${lines.ticks + 4} y2=${lines.ticks + 4} />
          ${
            readAt === undefined
              ? nothing
              : svg`
                <line class="blue" x1=${across(readAt)} x2=${across(100)} y1=${lines.ticks + 4} y2=${lines.ticks + 4} />
                <circle class="point" cx=${across(readAt)} cy=${lines.ticks + 4} r="5" />`
          }
          <text x=${across(0)} y=${lines.typing - 8}>${text(typing ? 'policy.line.typing' : 'policy.line.noTyping')}</text>
          ${
            typing === undefined
              ? nothing
              : svg`<rect class="bar" x=${across(isRightToLeft ? typing.to : typing.from)} width="${Math.max(typing.to - typing.from, 0.5)}%" y=${lines.typing - 2} height="12" rx="6" />`
          }
          <text x=${across(0)} y=${lines.reply - 8}>${text(replyAt === undefined ? 'policy.line.noReply' : 'policy.line.reply')}</text>
          ${
            replyAt === undefined
              ? nothing
              : svg`<svg x=${across(replyAt)} y=${lines.reply} overflow="visible"><path class="reply" d="M-7 -2h14v10h-9l-5 5z" /></svg>`
          }
        </svg>
      </figure>
    `;
  }
}

customElements.define('bt-timeline', TimelineDrawingElement);
