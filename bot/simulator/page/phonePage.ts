import './chat.ts';
import './customerSide.ts';
import './home.ts';
import './storyList.ts';
import { html, LitElement, nothing } from 'lit';
import { currentRoute } from '../../console/base/route.ts';
import { shared } from '../../console/base/styles.ts';
import { followLanguage, text } from '../../console/base/text.ts';
import { followLook } from '../../console/base/theme.ts';
import { Watch } from '../../console/base/watch.ts';
import type { PhoneScreen } from '../phoneScreen.ts';
import { sampleCustomers } from '../sampleCustomers.ts';
import { colours } from './colours.ts';
import { icons } from './icons.ts';
import { pageStyles } from './pageStyles.ts';
import { parts } from './parts.ts';
import { PhoneClient } from './phoneClient.ts';

const [firstCustomer = ''] = sampleCustomers.keys();

/**
 * A customer's phone, and what is on the customer's side. The address names the customer: `/phone#/4915550001111`. While the
 * page can be seen, the chat is open, unless it was left.
 */
export class PhonePage extends LitElement {
  static override properties = { isSideAsked: { state: true } };

  static override styles = [shared, parts, colours, pageStyles];

  /** Whether a narrow screen shows the panel. */
  declare isSideAsked: boolean;
  readonly #client = new PhoneClient();
  #customer = '';
  /** Whether the chat is to be opened when the phone is known, or seen again. */
  #opens = true;

  constructor() {
    super();
    this.isSideAsked = false;
    new Watch(this, this.#client, ['change'], () => this.#openOnce());
    new Watch(this, window, ['hashchange'], () => this.#follow());
    new Watch(this, document, ['visibilitychange'], () => this.#seen());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#client.stop();
  }

  override render() {
    const { phone } = this.#client;
    return html`<main>
      <h1 class="heardOnly">${text('phone.title')}</h1>
      <section class="device" aria-label=${text('phone.title')}>
        ${phone === undefined ? nothing : this.#screen(phone)}
      </section>
      <section class="panel ${this.isSideAsked ? 'asked' : ''}" aria-label=${text('phone.side')} @keydown=${this.#escape}>
        <div class="top">
          <h2>${text('phone.side')}</h2>
          <button type="button" class="icon close" aria-label=${text('phone.cancel')} @click=${this.#closeSide}>
            ${icons.close}
          </button>
        </div>
        ${
          phone === undefined
            ? nothing
            : html`<bt-phone-side .phone=${phone} .client=${this.#client}></bt-phone-side>
              <h2>${text('phone.story')}</h2>
              <bt-phone-story .phone=${phone}></bt-phone-story>`
        }
      </section>
    </main>`;
  }

  #screen(phone: PhoneScreen) {
    const { isLive, trouble } = this.#client;
    return phone.open
      ? html`<bt-phone-chat
          .phone=${phone}
          .client=${this.#client}
          .isLive=${isLive}
          .trouble=${trouble}
          @side=${this.#askSide}
        ></bt-phone-chat>`
      : html`<bt-phone-home .phone=${phone} .client=${this.#client} @side=${this.#askSide}></bt-phone-home>`;
  }

  #follow(): void {
    const [customer = firstCustomer] = currentRoute();
    if (customer === this.#customer) return;
    if (this.#client.phone?.open) void this.#client.act('chat', { open: false });
    this.#customer = customer;
    this.#opens = true;
    this.#client.follow(customer);
  }

  #openOnce(): void {
    const { phone } = this.#client;
    if (!this.#opens || phone === undefined || document.hidden) return;
    this.#opens = false;
    if (!phone.open) void this.#client.act('chat', { open: true });
  }

  #seen(): void {
    if (document.hidden) {
      this.#opens = this.#client.phone?.open === true;
      if (this.#opens) void this.#client.act('chat', { open: false });
    } else this.#openOnce();
  }

  async #focus(selector: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  readonly #askSide = (): void => {
    this.isSideAsked = true;
    void this.#focus('.close');
  };

  readonly #closeSide = (): void => {
    this.isSideAsked = false;
  };

  readonly #escape = ({ key }: KeyboardEvent): void => {
    if (key === 'Escape') this.#closeSide();
  };
}

followLanguage();
followLook();
customElements.define('bt-phone', PhonePage);
