import '@fluentui/web-components/button.js';
import { css, html, LitElement } from 'lit';
import { api } from './base/api.ts';
import { shared } from './base/styles.ts';
import { chooseLanguage, type Language, language, languages, text } from './base/text.ts';
import { chooseLook, currentLook, type Look, looks } from './base/theme.ts';

/** Language, appearance, who is signed in, and the way out. */
export class SettingsMenu extends LitElement {
  static override styles = [
    shared,
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
        max-inline-size: 12rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      summary:hover {
        background: var(--colorSubtleBackgroundHover);
      }

      .menu {
        position: absolute;
        inset-inline-end: 0;
        inset-block-start: 100%;
        z-index: 10;
        display: grid;
        gap: var(--spacingVerticalM);
        inline-size: 15rem;
        padding: var(--spacingHorizontalL);
        background: var(--colorNeutralBackground1);
        border-radius: var(--borderRadiusLarge);
        box-shadow: var(--shadow16);
      }

      label {
        display: grid;
        gap: var(--spacingVerticalXS);
      }

      select {
        font: inherit;
        color: inherit;
        background: var(--colorNeutralBackground1);
        padding: var(--spacingVerticalSNudge) var(--spacingHorizontalS);
        border: 1px solid var(--colorNeutralStrokeAccessible);
        border-radius: var(--borderRadiusMedium);
      }
    `,
  ];

  override render() {
    return html`
      <details @keydown=${this.#closeByKey} @focusout=${this.#closeBehind}>
        <summary>${api.session?.agent ?? api.session?.role}</summary>
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
          <fluent-button @click=${() => api.signOut()}>${text('app.signOut')}</fluent-button>
        </div>
      </details>
    `;
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
