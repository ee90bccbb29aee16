import { css, html, LitElement, svg } from 'lit';
import { shared } from './styles.ts';
import { type Texts, text } from './text.ts';
import type { Ticks } from './tickShapes.ts';

export type { Ticks };

const one = svg`<path d="m1.5 6.5 3.5 3.5L12 3" />`;
const two = svg`<path d="m1 6.5 3.5 3.5L11.5 3M8.5 9.200l.8.8L16.5 3" />`;
const clock = svg`<circle cx="8" cy="6.5" r="5" /><path d="M8 3.5v3l2 1.5" />`;
const cross = svg`<path d="M8 2v6M8 10.5v.5" />`;

const shapes: Readonly<Record<Ticks, unknown>> = {
  waiting: clock,
  sent: one,
  delivered: two,
  read: two,
  failed: cross,
};

/**
 * The ticks of a message, as WhatsApp draws them, with their meaning for those who do not see them. What nobody reported,
 * and another step shows, is drawn with a broken line.
 */
export class TicksElement extends LitElement {
  static override properties = {
    ticks: { type: String, reflect: true },
    implied: { type: Boolean, reflect: true },
  };

  static override styles = [
    shared,
    css`
      :host {
        display: inline-flex;
        vertical-align: -0.15em;
        color: var(--colorNeutralForeground3);
      }

      :host([ticks='read']) {
        color: var(--colorBrandForeground1);
      }

      :host([ticks='failed']) {
        color: var(--colorStatusDangerForeground3);
      }

      svg {
        inline-size: 1.1em;
        block-size: 0.8em;
        fill: none;
        stroke: currentcolor;
        stroke-width: 1.6;
        stroke-linecap: round;
        stroke-linejoin: round;
      }

      :host([implied]) svg {
        stroke-dasharray: 1.4 2;
      }
    `,
  ];

  declare ticks: Ticks;
  /** Whether nobody reported it. */
  declare implied: boolean;

  constructor() {
    super();
    this.ticks = 'waiting';
    this.implied = false;
  }

  override render() {
    const key: keyof Texts = `ticks.${this.ticks}`;
    const name = this.implied ? text('ticks.implied', { ticks: text(key) }) : text(key);
    return html`<svg viewBox="0 0 17 13" role="img" aria-label=${name}>${shapes[this.ticks]}</svg>`;
  }
}

customElements.define('bt-ticks', TicksElement);
