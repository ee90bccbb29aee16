import '../../console/base/ticks.ts';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { shared } from '../../console/base/styles.ts';
import { language, text } from '../../console/base/text.ts';
import type { PhoneMessage } from '../phoneScreen.ts';
import { type BubbleContent, bubbleContent, type ShownFile } from './bubbleContent.ts';
import { bubbleStyles } from './bubbleStyles.ts';
import { icons } from './icons.ts';
import { parts } from './parts.ts';

const emojis = ['👍', '❤️', '😂', '😮', '🙏'];
const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });

/** What the customer asks of a message: sent up as the event `asked`. */
export type Asked =
  | { readonly what: 'reply' | 'delete'; readonly messageId: string }
  | { readonly what: 'press'; readonly messageId: string; readonly title: string }
  | { readonly what: 'react'; readonly messageId: string; readonly emoji: string | undefined };

/** A message in the chat, as the customer sees it. Events: `asked` (see {@link Asked}), `grown`. */
export class Bubble extends LitElement {
  static override properties = {
    message: { attribute: false },
    quoted: { attribute: false },
    customer: { attribute: false },
    own: { type: Boolean, reflect: true },
    isAsked: { state: true },
  };

  static override styles = [shared, parts, bubbleStyles];

  declare message: PhoneMessage;
  /** The message that it quotes. */
  declare quoted: PhoneMessage | undefined;
  declare customer: string;
  /** Whether the customer wrote it. */
  declare own: boolean;
  /** Whether it offers what can be done with it. */
  declare isAsked: boolean;

  constructor() {
    super();
    this.isAsked = false;
  }

  override willUpdate(): void {
    this.own = this.message.from === 'customer';
  }

  override render() {
    const { message } = this;
    const { reaction } = message;
    const isDeleted = message.revokedAt !== undefined;
    return html`
      <div class="bubble ${reaction === undefined ? '' : 'reacted'}" @keydown=${this.#escape}>
        ${isDeleted ? this.#deleted() : this.#content(bubbleContent(message, this.customer))}
        <span class="meta">
          ${isDeleted ? nothing : this.#more()}
          <time datetime=${new Date(message.at).toISOString()}>${time.format(message.at)}</time>
          ${this.own && !isDeleted ? html`<bt-ticks ticks=${message.tick}></bt-ticks>` : nothing}
        </span>
        ${this.isAsked && !isDeleted ? this.#actions() : nothing}
        ${
          reaction === undefined
            ? nothing
            : html`<span class="reaction" role="img" aria-label=${text('phone.reacted', { emoji: reaction })}>${reaction}</span>`
        }
      </div>
    `;
  }

  #deleted(): TemplateResult {
    return html`<span class="deleted">${icons.deleted}${text('phone.deleted')}</span>`;
  }

  #content(content: BubbleContent): TemplateResult {
    const { header, text: words, footer, file, buttons, list, template } = content;
    return html`
      ${content.quotes === undefined ? nothing : this.#quote()}
      ${file === undefined ? nothing : this.#file(file)}
      ${header === undefined ? nothing : html`<div class="head">${header}</div>`}
      ${
        template === undefined
          ? nothing
          : html`<div class="head">${text('phone.template')}: ${template.name}</div>
            <div class="text">${template.parameters.join(' · ')}</div>`
      }
      ${words === undefined ? nothing : html`<div class="text">${words}</div>`}
      ${footer === undefined ? nothing : html`<div class="foot">${footer}</div>`}
      ${buttons.length === 0 ? nothing : html`<div class="choices">${buttons.map(title => this.#choice(title))}</div>`}
      ${
        list === undefined
          ? nothing
          : html`<details>
            <summary>${icons.list}${list.button}</summary>
            <div class="choices">${list.rows.map(row => this.#choice(row.title, row.description))}</div>
          </details>`
      }
    `;
  }

  #quote(): TemplateResult | typeof nothing {
    const { quoted } = this;
    if (quoted === undefined) return nothing;
    const who = quoted.from === 'customer' ? text('phone.you') : text('phone.business');
    return html`<span class="quote"><b>${who}</b>${quoted.text ?? text('phone.file')}</span>`;
  }

  #file({ kind, url, name }: ShownFile): TemplateResult {
    const word = text(
      kind === 'image' ? 'phone.picture' : kind === 'document' ? 'phone.document' : 'phone.file',
    );
    if (url === undefined)
      return html`<span class="file">${icons.document}${name ?? text('phone.elsewhere', { kind: word })}</span>`;
    if (kind === 'image')
      return html`<img src=${url} alt=${this.message.text ?? word} @load=${this.#grown} />`;
    return html`<a class="file" href=${url} target="_blank" rel="noopener">${icons.document}${name ?? word}</a>`;
  }

  #choice(title: string, description?: string): TemplateResult {
    return html`<button type="button" @click=${() => this.#ask({ what: 'press', messageId: this.message.id, title })}>
      ${title}${description === undefined ? nothing : html`<small>${description}</small>`}
    </button>`;
  }

  #more(): TemplateResult {
    const name = text('phone.actions');
    return html`<button type="button" class="icon more" aria-expanded=${this.isAsked} aria-label=${name} @click=${this.#toggle}>
      ${icons.more}
    </button>`;
  }

  #actions(): TemplateResult {
    const { id: messageId } = this.message;
    return html`<div class="actions" role="group" aria-label=${text('phone.actions')}>
      ${emojis.map(emoji => this.#reacting(emoji))}
      <button type="button" @click=${() => this.#ask({ what: 'reply', messageId })}>${text('phone.reply')}</button>
      ${
        this.own
          ? html`<button type="button" class="danger" @click=${() => this.#ask({ what: 'delete', messageId })}>
            ${text('phone.delete')}
          </button>`
          : nothing
      }
    </div>`;
  }

  #reacting(emoji: string): TemplateResult {
    const { id: messageId, reaction } = this.message;
    const isBack = emoji === reaction;
    const name = isBack ? text('phone.reactionBack') : text('phone.react', { emoji });
    const ask = { what: 'react', messageId, emoji: isBack ? undefined : emoji } as const;
    return html`<button type="button" aria-label=${name} @click=${() => this.#ask(ask)}>${emoji}</button>`;
  }

  #ask(asked: Asked): void {
    this.isAsked = false;
    this.dispatchEvent(new CustomEvent('asked', { detail: asked, bubbles: true, composed: true }));
  }

  /** A picture has come, and made the chat longer. */
  readonly #grown = (): void => {
    this.dispatchEvent(new Event('grown', { bubbles: true, composed: true }));
  };

  readonly #toggle = (): void => {
    this.isAsked = !this.isAsked;
  };

  readonly #escape = ({ key }: KeyboardEvent): void => {
    if (key !== 'Escape' || !this.isAsked) return;
    this.isAsked = false;
    this.renderRoot.querySelector<HTMLElement>('.more')?.focus();
  };
}

customElements.define('bt-phone-bubble', Bubble);
