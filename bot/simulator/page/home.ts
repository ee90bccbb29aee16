import { css, html, LitElement, nothing } from 'lit';
import { shared } from '../../console/base/styles.ts';
import { language, text } from '../../console/base/text.ts';
import type { PhoneScreen } from '../phoneScreen.ts';
import { parts } from './parts.ts';
import type { PhoneClient } from './phoneClient.ts';
import { headerStyles, sideButton } from './phoneHeader.ts';
import { shownMessages, unreadCount } from './phoneState.ts';

const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });

/** The list of chats, which the phone shows while this one is left. Event: `side`, as the chat's. */
export class Home extends LitElement {
  static override properties = { phone: { attribute: false }, client: { attribute: false } };

  static override styles = [
    shared,
    parts,
    headerStyles,
    css`
      :host {
        display: block;
        block-size: 100%;
        background: var(--phoneIn);
        color: var(--phoneText);
      }

      h2 {
        flex: 1;
        padding-inline: 0.6rem;
      }

      .chat {
        display: grid;
        grid-template-columns: auto 1fr auto;
        gap: 0 0.8rem;
        align-items: center;
        inline-size: 100%;
        padding: 0.8rem 1rem;
        border: 0;
        border-block-end: 1px solid var(--phoneLine);
        background: none;
        text-align: start;
      }

      .chat:hover {
        background: var(--phoneBar);
      }

      .latest {
        overflow: hidden;
        color: var(--phoneFaint);
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .name {
        min-inline-size: 0;
      }

      .name b,
      .name .latest {
        display: block;
      }

      .when {
        display: grid;
        justify-items: end;
        gap: 0.2rem;
        font-size: 0.85em;
        color: var(--phoneFaint);
      }

      .unread {
        min-inline-size: 1.4rem;
        padding: 0.05rem 0.4rem;
        border-radius: 1rem;
        background: var(--phoneAccent);
        color: var(--phoneOnAccent);
        text-align: center;
      }
    `,
  ];

  declare phone: PhoneScreen;
  declare client: PhoneClient;

  override render() {
    const latest = shownMessages(this.phone).at(-1);
    const unread = unreadCount(this.phone);
    const says = latest?.revokedAt === undefined ? latest?.text : text('phone.deleted');
    return html`
      <header>
        <h2>${text('phone.chats')}</h2>
        ${sideButton(this)}
      </header>
      <button type="button" class="chat" @click=${() => void this.client.act('chat', { open: true })}>
        <span class="face" aria-hidden="true">S&amp;C</span>
        <span class="name">
          <b>${text('phone.business')}</b>
          <span class="latest">${latest === undefined ? text('phone.empty') : (says ?? text('phone.file'))}</span>
          <span class="heardOnly">${text('phone.openChat')}</span>
        </span>
        <span class="when">
          ${latest === undefined ? nothing : time.format(latest.at)}
          ${
            unread === 0
              ? nothing
              : html`<span class="unread"
                ><span aria-hidden="true">${unread}</span
                ><span class="heardOnly">${text('phone.unread', { count: unread })}</span></span
              >`
          }
        </span>
      </button>
    `;
  }
}

customElements.define('bt-phone-home', Home);
