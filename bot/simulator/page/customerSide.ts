import { css, html, LitElement } from 'lit';
import { goTo } from '../../console/base/route.ts';
import { shared } from '../../console/base/styles.ts';
import { text } from '../../console/base/text.ts';
import type { PhoneScreen } from '../phoneScreen.ts';
import { sampleCustomers } from '../sampleCustomers.ts';
import { parts } from './parts.ts';
import type { PhoneClient } from './phoneClient.ts';
import { threeFast, tries } from './tries.ts';

/** What is on the customer's side: who it is, the phone's network, the chat, read receipts, and things to say. */
export class CustomerSide extends LitElement {
  static override properties = { phone: { attribute: false }, client: { attribute: false } };

  static override styles = [
    shared,
    parts,
    css`
      :host {
        display: grid;
        gap: 0.9rem;
      }

      label {
        display: flex;
        align-items: center;
        gap: 0.6rem;
        cursor: pointer;
      }

      label span {
        flex: 1;
      }

      select {
        flex: 1;
        min-block-size: 2rem;
        padding-inline: 0.5rem;
        border: 1px solid var(--colorNeutralStrokeAccessible);
        border-radius: var(--borderRadiusMedium);
        background: var(--colorNeutralBackground1);
        color: inherit;
        font: inherit;
      }

      [role='switch'] {
        appearance: none;
        flex: none;
        position: relative;
        inline-size: 2.5rem;
        block-size: 1.25rem;
        margin: 0;
        border: 1px solid var(--colorNeutralStrokeAccessible);
        border-radius: 1rem;
        background: var(--colorNeutralBackground1);
        cursor: pointer;
      }

      [role='switch']::after {
        content: '';
        position: absolute;
        inset-block-start: 0.15rem;
        inset-inline-start: 0.2rem;
        inline-size: 0.85rem;
        block-size: 0.85rem;
        border-radius: 50%;
        background: var(--colorNeutralStrokeAccessible);
        transition: inset-inline-start 0.15s;
      }

      [role='switch']:checked {
        border-color: transparent;
        background: var(--phoneAccent);
      }

      [role='switch']:checked::after {
        inset-inline-start: 1.35rem;
        background: var(--phoneOnAccent);
      }

      .hint {
        margin-block-start: -0.6rem;
        color: var(--colorNeutralForeground2);
        font-size: var(--fontSizeBase200);
      }

      .tries {
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem;
      }

      .tries button {
        min-block-size: 2rem;
        padding: 0.2rem 0.8rem;
        border: 1px solid var(--colorNeutralStroke1);
        border-radius: 1rem;
        background: var(--colorNeutralBackground1);
      }

      .tries button:hover {
        background: var(--colorNeutralBackground1Hover);
      }

      .tries .three {
        border-color: var(--phoneAccent);
        background: var(--phoneAccent);
        color: var(--phoneOnAccent);
      }
    `,
  ];

  declare phone: PhoneScreen;
  declare client: PhoneClient;

  override render() {
    const { phone, client } = this;
    const known = new Map([[phone.customer, phone.customer], ...sampleCustomers]);
    return html`
      <label>
        ${text('phone.customer')}
        <select @change=${({ target }: Event) => goTo((target as HTMLSelectElement).value)}>
          ${[...known].map(
            ([number, name]) =>
              html`<option value=${number} ?selected=${number === phone.customer}>
                ${name === number ? `+${number}` : `${name} (+${number})`}
              </option>`,
          )}
        </select>
      </label>
      ${this.#switch('phone.chatOpen', phone.open, open => client.act('chat', { open }))}
      ${this.#switch('phone.network', phone.online, online => client.set({ online }))}
      ${this.#switch('phone.receipts', phone.readReceipts, readReceipts => client.set({ readReceipts }))}
      <p class="hint">${text('phone.receiptsHint')}</p>
      <h2>${text('phone.try')}</h2>
      <div class="tries">
        <button type="button" class="three" @click=${() => void client.act('messages', { texts: threeFast })}>
          ${text('phone.three')}
        </button>
        ${tries.map(
          words => html`<button type="button" lang="en" dir="ltr" @click=${() => void client.act('messages', { text: words })}>
            ${words}
          </button>`,
        )}
      </div>
    `;
  }

  #switch(
    name: 'phone.chatOpen' | 'phone.network' | 'phone.receipts',
    isOn: boolean,
    turn: (on: boolean) => Promise<void>,
  ) {
    const change = ({ target }: Event) => void turn((target as HTMLInputElement).checked);
    return html`<label
      ><span>${text(name)}</span><input type="checkbox" role="switch" .checked=${isOn} @change=${change}
    /></label>`;
  }
}

customElements.define('bt-phone-side', CustomerSide);
