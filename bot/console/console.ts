import '@fluentui/web-components/badge.js';
import '@fluentui/web-components/button.js';
import './settingsMenu.ts';
import './signIn/signInPage.ts';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { api } from './base/api.ts';
import { live } from './base/live.ts';
import { currentRoute, linkTo, type Route } from './base/route.ts';
import { shared } from './base/styles.ts';
import { followLanguage, language, text } from './base/text.ts';
import { followLook } from './base/theme.ts';
import { Watch } from './base/watch.ts';
import { waiting } from './conversations/waitingNow.ts';
import { pages } from './pages.ts';
import { keyOfAddress } from './signIn/keyOfAddress.ts';

const number = new Intl.NumberFormat(language);

/** The agent's console: who is signed in, where one is, and the page of it. */
export class Console extends LitElement {
  static override properties = {
    state: { state: true },
    route: { state: true },
    trouble: { state: true },
  };

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100dvh;
      }

      header {
        display: flex;
        align-items: center;
        gap: var(--spacingHorizontalM);
        padding-inline: var(--spacingHorizontalM);
        min-height: 3rem;
        background: var(--colorBrandBackground2);
        color: var(--colorNeutralForeground1);
        border-block-end: 1px solid var(--colorNeutralStroke2);
      }

      .brand {
        display: flex;
        align-items: center;
        gap: var(--spacingHorizontalS);
        font-weight: var(--fontWeightSemibold);
      }

      .brand img {
        inline-size: 1.5rem;
        block-size: 1.5rem;
      }

      nav {
        display: flex;
        gap: var(--spacingHorizontalXS);
        flex: 1;
        overflow-x: auto;
      }

      nav a {
        padding: var(--spacingVerticalSNudge) var(--spacingHorizontalM);
        border-radius: var(--borderRadiusMedium);
        color: inherit;
        text-decoration: none;
        white-space: nowrap;
      }

      nav a:hover {
        background: var(--colorSubtleBackgroundHover);
      }

      nav a[aria-current] {
        font-weight: var(--fontWeightSemibold);
        box-shadow: inset 0 -2px 0 var(--colorBrandForeground1);
        border-end-start-radius: 0;
        border-end-end-radius: 0;
      }

      main {
        flex: 1;
        min-height: 0;
        overflow: auto;
      }

      .skip {
        position: absolute;
        inset-block-start: -10rem;
        inset-inline-start: var(--spacingHorizontalM);
        z-index: 20;
        font: inherit;
        padding: var(--spacingVerticalSNudge) var(--spacingHorizontalM);
        border: 1px solid var(--colorNeutralStroke1);
        border-radius: var(--borderRadiusMedium);
        background: var(--colorNeutralBackground1);
        color: var(--colorBrandForegroundLink);
        box-shadow: var(--shadow8);
      }

      .skip:focus {
        inset-block-start: var(--spacingVerticalS);
      }

      .away {
        padding: var(--spacingVerticalXS) var(--spacingHorizontalM);
        background: var(--colorPaletteYellowBackground2);
        color: var(--colorPaletteYellowForeground2);
        text-align: center;
      }

      @media (max-width: 480px) {
        .brand span {
          display: none;
        }
      }
    `,
  ];

  declare state: 'starting' | 'signedOut' | 'signedIn';
  declare route: Route;
  declare trouble: string | undefined;
  /** Why nobody is signed in, for the sign-in page. */
  #reason: string | undefined;

  constructor() {
    super();
    this.state = 'starting';
    this.route = currentRoute();
    new Watch(this, window, ['hashchange'], () => {
      this.route = currentRoute();
    });
    new Watch(this, live, ['state']);
    new Watch(this, waiting, ['change']);
    new Watch(this, api, ['signedOut'], () => {
      if (this.state === 'signedIn') this.#reason = 'ended';
      live.stop();
      this.state = 'signedOut';
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#begin();
  }

  /** The title says how many wait, also while one is in another window. */
  override updated(): void {
    const count = this.state === 'signedIn' ? waiting.count(api.session?.agent) : 0;
    const page = pages.find(({ name }) => name === (this.route[0] ?? 'conversations'));
    const name =
      this.state === 'signedIn' && page ? `${text(page.title)} · ${text('app.name')}` : text('app.name');
    document.title = count > 0 ? `(${number.format(count)}) ${name}` : name;
  }

  override render() {
    if (this.state === 'starting') return html`<p role="alert">${this.trouble ?? nothing}</p>`;
    if (this.state === 'signedOut')
      return html`<bt-sign-in .reason=${this.#reason} @signedIn=${this.#enter}></bt-sign-in>`;
    const [first = 'conversations', ...rest] = this.route;
    const shown = pages.filter(({ role }) => api.may(role));
    const page = shown.find(({ name }) => name === first);
    return html`
      <header>
        <button class="skip" @click=${this.#skip}>${text('app.skip')}</button>
        <span class="brand"><img src=${new URL('./icon.svg', import.meta.url).href} alt="" /><span>${text('app.name')}</span></span>
        <nav aria-label=${text('nav.label')}>
          ${shown.map(
            ({ name, title }) =>
              html`<a href=${linkTo(name)} aria-current=${name === page?.name ? 'page' : nothing}>${text(title)}</a>`,
          )}
        </nav>
        <bt-settings-menu></bt-settings-menu>
      </header>
      <div role="status">${live.isOpen ? nothing : html`<p class="away">${text('app.away')}</p>`}</div>
      <main id="main" tabindex="-1">${page?.show(rest) ?? this.#notFound()}</main>
    `;
  }

  #notFound(): TemplateResult {
    return html`<p>${text('app.notFound')}</p>`;
  }

  #skip(): void {
    this.renderRoot.querySelector<HTMLElement>('#main')?.focus();
  }

  async #begin(): Promise<void> {
    const key = keyOfAddress();
    try {
      const session = key === undefined ? await api.resume() : await api.signIn(key, '');
      this.#reason = new URLSearchParams(location.search).get('error') ?? undefined;
      if (session === undefined) this.state = 'signedOut';
      else this.#enter();
    } catch (error) {
      this.#reason = String(error);
      this.state = 'signedOut';
    }
  }

  readonly #enter = (): void => {
    this.#reason = undefined;
    this.state = 'signedIn';
    live.start();
  };
}

followLanguage();
followLook();
customElements.define('bt-console', Console);
