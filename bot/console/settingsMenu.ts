import '@fluentui/web-components/button.js';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { api } from './base/api.ts';
import { formStyles } from './base/formStyles.ts';
import { icon } from './base/icons.ts';
import { shared } from './base/styles.ts';
import { chooseLanguage, type Language, language, languages, type Texts, text } from './base/text.ts';
import { chooseLook, currentLook, type Look, looks } from './base/theme.ts';

/** The keys that work wherever one is in the conversations, and where one writes. */
const shortcuts = [
  ['Alt ↓ ↑', 'keys.next'],
  ['Alt ⇧ ↓', 'keys.longest'],
  ['Esc', 'keys.list'],
  ['⇧ ↵', 'keys.line'],
] as const satisfies readonly (readonly [string, keyof Texts])[];

/** Language, appearance, the keys, who is signed in, and the way out. */
export class SettingsMenu extends LitElement {
  static override styles = [
    shared,
    formStyles,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: var(--spacingHorizontalS);
      }

      details {
        position: relative;
      }

      summary {
        list-style: none;
        cursor: pointer;
        padding: var(--spacingVerticalSNudge) var(--spacingHorizontalM);
        border-radius: var(--borderRadiusMedium);
        display: flex;
        align-items: center;
        gap: var(--spacingHorizontalXS);
        max-inline-size: 12rem;
      }

      .who {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      @media (max-width: 480px) {
        .who {
          display: none;
        }
      }

      summary:hover {
        background: var(--colorSubtleBackgroundHover);
      }

      .menu {
        position: absolute;
        inset-inline-end: 0;
        inset-block-start: 100%;
        max-block-size: calc(100dvh - 4rem);
        overflow-y: auto;
        z-index: 10;
        display: grid;
        gap: var(--spacingVerticalM);
        inline-size: min(19rem, calc(100vw - 2rem));
        padding: var(--spacingHorizontalL);
        background: var(--colorNeutralBackground1);
        border-radius: var(--borderRadiusLarge);
        box-shadow: var(--shadow16);
      }

      label {
        display: grid;
        gap: var(--spacingVerticalXS);
      }

      h2 {
        font-size: var(--fontSizeBase300);
      }

      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--spacingVerticalXS) var(--spacingHorizontalM);
        margin: var(--spacingVerticalXS) 0 0;
        font-size: var(--fontSizeBase200);
      }

      dd {
        margin: 0;
      }

      kbd {
        font-family: inherit;
        padding-inline: var(--spacingHorizontalXS);
        border: 1px solid var(--colorNeutralStroke1);
        border-radius: var(--borderRadiusSmall);
        background: var(--colorNeutralBackground3);
        white-space: nowrap;
      }
    `,
  ];

  override render() {
    return html`
      <details @keydown=${this.#closeByKey} @focusout=${this.#closeBehind}>
        <summary aria-label=${text('app.settings', { who: this.#who() })}>${icon('person')}<span class="who">${this.#who()}</span></summary>
        <div class="menu">
          <label>
            ${text('app.language')}
            <select @change=${(event: Event) => chooseLanguage((event.target as HTMLSelectElement).value as Language)}>
              ${Object.entries(languages).map(
                ([code, { name }]) =>
                  html`<option value=${code} lang=${code} ?selected=${code === language}>${name}</option>`,
              )}
            </select>
          </label>
          <label>
            ${text('app.look')}
            <select @change=${(event: Event) => chooseLook((event.target as HTMLSelectElement).value as Look)}>
              ${looks.map(
                look =>
                  html`<option value=${look} ?selected=${look === currentLook()}>${text(`app.look.${look}`)}</option>`,
              )}
            </select>
          </label>
          ${this.#keys()}
          <fluent-button @click=${() => api.signOut()}>${text('app.signOut')}</fluent-button>
        </div>
      </details>
    `;
  }

  #keys(): TemplateResult {
    return html`<section>
      <h2>${text('keys.title')}</h2>
      <dl>
        ${shortcuts.map(([keys, key]) => html`<dt><kbd>${keys}</kbd></dt><dd>${text(key)}</dd>`)}
      </dl>
    </section>`;
  }

  /** Whoever is signed in: by name, or by role. */
  #who(): string {
    const { session } = api;
    if (session === undefined) return '';
    return session.agent ?? text(`role.${session.role}`);
  }

  get #details(): HTMLDetailsElement | null {
    return this.renderRoot.querySelector('details');
  }

  readonly #closeByKey = ({ key }: KeyboardEvent): void => {
    const details = this.#details;
    if (key !== 'Escape' || !details?.open) return;
    details.open = false;
    details.querySelector('summary')?.focus();
  };

  readonly #closeBehind = ({ relatedTarget }: FocusEvent): void => {
    const details = this.#details;
    if (details?.open && relatedTarget instanceof Node && !details.contains(relatedTarget))
      details.open = false;
  };
}

customElements.define('bt-settings-menu', SettingsMenu);
