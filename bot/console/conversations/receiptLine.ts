import '../base/ticks.ts';
import { css, html, LitElement, nothing } from 'lit';
import { api } from '../base/api.ts';
import { shared } from '../base/styles.ts';
import { language, text } from '../base/text.ts';
import { receiptShown } from './receiptText.ts';
import type { ReceiptView } from './views.ts';
import { exactTime, failureText } from './words.ts';

const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });

/**
 * What the customer sees of a message of theirs, under it: its ticks, and why they are so. Events, which bubble, with the
 * message's `ref`: `markRead`; `audit`, where whoever looks may see how it came to be.
 */
export class ReceiptLine extends LitElement {
  static override properties = { message: { type: String }, receipt: { attribute: false } };

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--spacingHorizontalS);
        margin-block-start: var(--spacingVerticalXXS);
        font-size: var(--fontSizeBase200);
        line-height: var(--lineHeightBase200);
        color: var(--colorNeutralForeground3);
      }

      bt-ticks {
        font-size: var(--fontSizeBase400);
      }

      button {
        font: inherit;
        padding: 0;
        border: 0;
        border-radius: var(--borderRadiusSmall);
        background: none;
        color: var(--colorBrandForegroundLink);
        cursor: pointer;
      }

      button:hover {
        color: var(--colorBrandForegroundLinkHover);
        text-decoration: underline;
      }
    `,
  ];

  /** The message's `ref`. */
  declare message: string;
  declare receipt: ReceiptView;

  override render() {
    const { receipt } = this;
    const { isRead, line, at, isOpen } = receiptShown(receipt);
    const reason = receipt.refusal ? failureText(receipt.refusal.is) : receipt.because;
    const said = text(`receipt.${line}`, { time: at ? clock.format(new Date(at)) : '', reason });
    return html`
      <bt-ticks .ticks=${isRead ? 'read' : 'delivered'}></bt-ticks>
      <span title=${at ? `${exactTime(at)} · ${receipt.because}` : receipt.because}>${said}</span>
      ${isOpen ? html`<button type="button" @click=${() => this.#tell('markRead')}>${text('receipt.markRead')}</button>` : nothing}
      ${
        api.may('supervisor')
          ? html`<button type="button" @click=${() => this.#tell('audit')}>${text('receipt.why')}</button>`
          : nothing
      }
    `;
  }

  #tell(type: 'markRead' | 'audit'): void {
    this.dispatchEvent(new CustomEvent(type, { detail: this.message, bubbles: true, composed: true }));
  }
}

customElements.define('bt-receipt-line', ReceiptLine);
