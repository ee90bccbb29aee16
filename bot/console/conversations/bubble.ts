import '@fluentui/web-components/button.js';
import '../base/ticks.ts';
import './media.ts';
import './receiptLine.ts';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { api } from '../base/api.ts';
import { icon } from '../base/icons.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import { bubbleStyles } from './bubbleStyles.ts';
import { ticksOf } from './ticksOf.ts';
import type { BusinessItem, ContentView, InteractiveView, ThreadItem } from './views.ts';
import { exactTime, failureText, kindText, timeText } from './words.ts';

/**
 * A message of either side: what it says, and what became of it. Events, which bubble, with the message's `ref`: `again` and
 * `discard` of one that did not reach the host; those of {@link ReceiptLine}.
 */
export class Bubble extends LitElement {
  static override properties = {
    item: { attribute: false },
    quoted: { attribute: false },
    side: { type: String, reflect: true },
  };

  static override styles = [shared, bubbleStyles];

  declare item: ThreadItem;
  /** The message that it quotes, if that is loaded. */
  declare quoted: ThreadItem | undefined;
  declare side: ThreadItem['side'];

  override willUpdate(): void {
    this.side = this.item.side;
  }

  override render() {
    const { item } = this;
    return html`
      <article aria-label=${this.#label()}>
        <div class="box ${item.revokedAt ? 'gone' : ''}">
          ${this.#quote()} ${item.revokedAt === undefined || item.side === 'customer' ? this.#content(item.content) : nothing}
          ${item.revokedAt === undefined ? nothing : html`<p class="note">${text('bubble.revoked', { time: timeText(item.revokedAt) })}</p>`}
          <p class="meta">
            ${item.edited ? html`<span title=${exactTime(item.edited.at)}>${text('bubble.edited')}</span>` : nothing}
            <span>${this.#sender()}</span>
            <time datetime=${item.at} title=${exactTime(item.at)}>${timeText(item.at)}</time>
            ${item.side === 'business' ? this.#ticks(item) : nothing}
          </p>
        </div>
        ${item.reaction ? html`<span class="reaction" role="img" aria-label=${text('bubble.reaction', { emoji: item.reaction })}>${item.reaction}</span>` : nothing}
        ${item.side === 'business' ? this.#trouble(item) : nothing}
        ${
          item.side === 'customer' && item.receipt
            ? html`<bt-receipt-line .message=${item.ref} .receipt=${item.receipt}></bt-receipt-line>`
            : nothing
        }
      </article>
    `;
  }

  #label(): string {
    const { side, at } = this.item;
    return text(side === 'customer' ? 'bubble.fromCustomer' : 'bubble.fromUs', { time: timeText(at) });
  }

  #sender(): string | typeof nothing {
    const { item } = this;
    if (item.side === 'customer') return item.kind === 'echo' ? text('bubble.byApp') : nothing;
    if (item.sender === 'agent')
      return item.agent === undefined || item.agent === api.session?.agent ? text('holder.me') : item.agent;
    return item.sender === 'bot' ? text('holder.bot') : text('bubble.byApp');
  }

  #ticks({ message }: BusinessItem): TemplateResult {
    const { ticks, implied } = ticksOf(message);
    const at = message.at[message.level ?? ''];
    return html`<bt-ticks .ticks=${ticks} ?implied=${implied} title=${at ? exactTime(at) : nothing}></bt-ticks>`;
  }

  #trouble({ pending, superseded, message, ref }: BusinessItem): TemplateResult | typeof nothing {
    if (superseded) return html`<p class="trouble calm">${text('bubble.superseded')}</p>`;
    if (pending !== undefined && pending.state !== 'sending') {
      const { state, code, reason } = pending;
      const why = code === 'window_closed' ? failureText(code) : reason;
      return html`<div class="trouble" role="alert">
        <span>${state === 'unsure' ? text('bubble.unsure') : text('bubble.refused', { reason: why ?? '' })}</span>
        <fluent-button size="small" @click=${() => this.#tell('again', ref)}>${text('error.retry')}</fluent-button>
        <fluent-button size="small" appearance="subtle" @click=${() => this.#tell('discard', ref)}>${text('bubble.discard')}</fluent-button>
      </div>`;
    }
    const { failure } = ticksOf(message);
    if (failure !== undefined)
      return html`<p class="trouble">${text('bubble.failed', { reason: failureText(failure.is) })}</p>`;
    return message.possiblyDoubled ? html`<p class="trouble calm">${text('bubble.doubled')}</p>` : nothing;
  }

  #quote(): TemplateResult | typeof nothing {
    const { content } = this.item;
    if (content.replyTo === undefined) return nothing;
    const said = this.quoted?.content;
    return html`<blockquote dir="auto">${said ? (said.text ?? kindText(said.type)) : text('bubble.quoteUnknown')}</blockquote>`;
  }

  #content(content: ContentView): TemplateResult {
    const { media, location, interactive, template, type } = content;
    const said = this.item.edited?.text ?? content.text;
    return html`
      ${media ? html`<bt-media .media=${media}></bt-media>` : nothing}
      ${location ? this.#place(location) : nothing}
      ${template ? html`<p class="kind">${icon('template')}${template.name}</p>` : nothing}
      ${interactive ? this.#question(interactive) : said ? html`<p class="said" dir="auto">${said}</p>` : nothing}
      ${template && said === undefined && template.parameters.length > 0 ? html`<p class="said" dir="auto">${template.parameters.join(' · ')}</p>` : nothing}
      ${said || media || location || interactive || template ? nothing : html`<p class="note">${kindText(type)}</p>`}
    `;
  }

  #place({ latitude, longitude, name, address }: NonNullable<ContentView['location']>): TemplateResult {
    return html`<p class="place">
      ${icon('place')}
      <span>
        ${[name, address].filter(Boolean).map(line => html`<span dir="auto">${line}</span><br />`)}
        <bdi dir="ltr">${latitude.toFixed(5)}, ${longitude.toFixed(5)}</bdi>
      </span>
    </p>`;
  }

  #question({ header, body, footer, buttons, rows }: InteractiveView): TemplateResult {
    const choices = buttons ?? rows ?? [];
    return html`
      ${header?.text ? html`<p class="strong" dir="auto">${header.text}</p>` : nothing}
      <p class="said" dir="auto">${body}</p>
      ${footer ? html`<p class="note" dir="auto">${footer}</p>` : nothing}
      <ul class="choices" aria-label=${text('bubble.choices')}>
        ${choices.map(({ title }) => html`<li dir="auto">${title}</li>`)}
      </ul>
    `;
  }

  #tell(type: 'again' | 'discard', ref: string): void {
    this.dispatchEvent(new CustomEvent(type, { detail: ref, bubbles: true, composed: true }));
  }
}

customElements.define('bt-bubble', Bubble);
