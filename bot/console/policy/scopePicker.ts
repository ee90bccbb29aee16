import '@fluentui/web-components/button.js';
import { css, html, LitElement, nothing } from 'lit';
import { formStyles } from '../base/formStyles.ts';
import { goTo } from '../base/route.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import { scopeTitle } from './fieldRow.ts';
import { nameOfScope, routeOfScope, type Scope, scopeKinds, scopeOfName } from './scopes.ts';

/** A scope that the host knows, as `GET /api/v1/policies` lists it. */
export interface ListedScope {
  readonly scope: string;
  readonly source: 'stored' | 'file' | 'none';
}

/** The kinds whose ids one can name without their being listed. */
const named = ['workstream', 'conversation', 'business'] as const;

/** Chooses whose settings are shown. It goes there by the address, which others can be sent. */
export class ScopePicker extends LitElement {
  static override properties = { scope: { attribute: false }, listed: { attribute: false } };

  static override styles = [
    shared,
    formStyles,
    css`
      :host,
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: var(--spacingVerticalS) var(--spacingHorizontalL);
      }

      form {
        gap: var(--spacingHorizontalS);
      }

      label {
        display: grid;
        gap: var(--spacingVerticalXXS);
      }

      input {
        inline-size: 11rem;
      }
    `,
  ];

  declare scope: Scope;
  declare listed: readonly ListedScope[];

  constructor() {
    super();
    this.listed = [];
  }

  override render() {
    const shown = nameOfScope(this.scope);
    const isListed = this.listed.some(({ scope }) => scope === shown);
    const all: readonly ListedScope[] = isListed
      ? this.listed
      : [...this.listed, { scope: shown, source: 'none' }];
    const scopes = all.flatMap(({ scope: name, source }) => {
      const scope = scopeOfName(name);
      return scope === undefined ? [] : [{ name, scope, source }];
    });
    return html`
      <label>
        ${text('policy.scope')}
        <select @change=${this.#choose}>
          ${scopeKinds.map(kind => {
            const options = scopes
              .filter(({ scope }) => scope.kind === kind)
              .map(({ name, scope, source }) => {
                const title = scopeTitle(scope);
                return html`<option value=${name} .selected=${name === shown}>${title}${source === 'none' ? '' : ' •'}</option>`;
              });
            if (options.length === 0 || kind === 'default') return options;
            return html`<optgroup label=${text(`policy.scope.${kind}`)}>${options}</optgroup>`;
          })}
        </select>
      </label>
      <form @submit=${this.#open}>
        <label>
          ${text('policy.other')}
          <select name="kind">
            ${named.map(kind => html`<option value=${kind}>${text(`policy.scope.${kind}`)}</option>`)}
          </select>
        </label>
        <label>
          ${text('policy.id')}
          <input name="id" required maxlength="200" autocomplete="off" spellcheck="false" dir="auto" />
        </label>
        <fluent-button type="submit">${text('policy.open')}</fluent-button>
      </form>
      ${this.listed.some(({ source }) => source !== 'none') ? html`<small>${text('policy.dot')}</small>` : nothing}
    `;
  }

  readonly #choose = ({ target }: Event): void => {
    const scope = scopeOfName((target as HTMLSelectElement).value);
    if (scope !== undefined) goTo('policy', ...routeOfScope(scope));
  };

  readonly #open = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    goTo('policy', String(form.get('kind')), String(form.get('id')).trim());
  };
}

customElements.define('bt-scope-picker', ScopePicker);
