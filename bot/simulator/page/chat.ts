import './bubble.ts';
import './composer.ts';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { shared } from '../../console/base/styles.ts';
import { text } from '../../console/base/text.ts';
import type { PhoneMessage, PhoneScreen } from '../phoneScreen.ts';
import type { Asked, Bubble } from './bubble.ts';
import { bubbleContent } from './bubbleContent.ts';
import { chatStyles } from './chatStyles.ts';
import type { Composer, Written } from './composer.ts';
import { dayName } from './dayName.ts';
import { icons } from './icons.ts';
import { parts } from './parts.ts';
import type { PhoneClient } from './phoneClient.ts';
import { headerStyles, sideButton } from './phoneHeader.ts';
import { byDays, shownMessages } from './phoneState.ts';

/** How near to its end the chat counts as being there, in pixels: then it follows what comes. */
const nearEnd = 120;

/** The chat with the business. Event: `side`, where the panel of the customer's side is asked for. */
export class ChatScreen extends LitElement {
  static override properties = {
    phone: { attribute: false },
    client: { attribute: false },
    isLive: { attribute: false },
    trouble: { attribute: false },
    replyTo: { state: true },
  };

  static override styles = [shared, parts, headerStyles, chatStyles];

  declare phone: PhoneScreen;
  declare client: PhoneClient;
  /** See {@link PhoneClient.isLive}. */
  declare isLive: boolean;
  /** See {@link PhoneClient.trouble}. */
  declare trouble: string | undefined;
  /** The message that is answered next. */
  declare replyTo: PhoneMessage | undefined;
  #follows = true;

  override willUpdate(changed: PropertyValues): void {
    const log = this.#log;
    const before: PhoneScreen | undefined = changed.get('phone');
    if (changed.has('phone') && before?.customer !== this.phone.customer) this.replyTo = undefined;
    this.#follows = log == null || log.scrollHeight - log.scrollTop - log.clientHeight < nearEnd;
  }

  override async updated(): Promise<void> {
    // The bubbles have their height only when they are drawn.
    await Promise.all(
      [...this.renderRoot.querySelectorAll<Bubble>('bt-phone-bubble')].map(bubble => bubble.updateComplete),
    );
    this.#follow();
  }

  override render() {
    const { phone, trouble, replyTo } = this;
    const messages = shownMessages(phone);
    return html`
      ${this.#header()}
      <div class="log" role="log" tabindex="0" aria-label=${text('phone.messages')} @asked=${this.#act} @grown=${this.#follow}>
        ${messages.length === 0 ? html`<p class="day">${text('phone.empty')}</p>` : nothing}
        ${byDays(messages).map(
          day => html`<h3 class="day">${dayName(day.at)}</h3>
            ${repeat(
              day.messages,
              ({ id }) => id,
              message => this.#bubble(message),
            )}`,
        )}
        ${
          phone.typing
            ? html`<div class="typing"><i></i><i></i><i></i><span class="heardOnly">${text('phone.typing')}</span></div>`
            : nothing
        }
      </div>
      <div role="alert">
        ${
          trouble === undefined
            ? nothing
            : html`<p class="trouble">${text('phone.failed', { message: trouble })}</p>`
        }
      </div>
      <bt-phone-composer
        .replyTo=${replyTo}
        @sent=${this.#send}
        @replyCancelled=${() => {
          this.replyTo = undefined;
        }}
      ></bt-phone-composer>
    `;
  }

  #header(): TemplateResult {
    const leave = () => void this.client.act('chat', { open: false });
    return html`<header>
      <button type="button" class="icon turns" aria-label=${text('phone.back')} @click=${leave}>${icons.back}</button>
      <span class="face" aria-hidden="true">S&amp;C</span>
      <div class="name">
        <h2>${text('phone.business')}</h2>
        <p class="presence">${this.#presence()}</p>
      </div>
      ${sideButton(this)}
    </header>`;
  }

  /** What stands under the name. WhatsApp shows of no business whether it is online. */
  #presence(): string {
    if (!this.isLive) return text('phone.noHost');
    if (!this.phone.online) return text('phone.noNetwork');
    return text(this.phone.typing ? 'phone.typing' : 'phone.account');
  }

  #bubble(message: PhoneMessage): TemplateResult {
    const { messages, customer } = this.phone;
    const { quotes } = bubbleContent(message, customer);
    const quoted = quotes === undefined ? undefined : messages.find(({ id }) => id === quotes);
    return html`<bt-phone-bubble .message=${message} .quoted=${quoted} .customer=${customer}></bt-phone-bubble>`;
  }

  get #log(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.log');
  }

  readonly #follow = (): void => {
    if (this.#follows) this.#log?.scrollTo({ top: this.#log.scrollHeight });
  };

  readonly #send = async ({ detail }: CustomEvent<Written>): Promise<void> => {
    const { replyTo } = this;
    this.replyTo = undefined;
    this.#follows = true;
    if (detail.file !== undefined) return this.client.send(detail.file, detail.text);
    const quoting = replyTo === undefined ? {} : { replyTo: replyTo.id };
    return this.client.act('messages', { text: detail.text, ...quoting });
  };

  readonly #act = async ({ detail }: CustomEvent<Asked>): Promise<void> => {
    const { messageId } = detail;
    switch (detail.what) {
      case 'reply':
        this.replyTo = this.phone.messages.find(({ id }) => id === messageId);
        this.renderRoot.querySelector<Composer>('bt-phone-composer')?.focus();
        return;
      case 'delete':
        return this.client.act('revokes', { messageId });
      case 'press':
        return this.client.act('presses', { messageId, title: detail.title });
      case 'react':
        return this.client.act('reactions', { messageId, ...(detail.emoji && { emoji: detail.emoji }) });
    }
  };
}

customElements.define('bt-phone-chat', ChatScreen);
