import '@fluentui/web-components/button.js';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { api } from '../base/api.ts';
import { formStyles } from '../base/formStyles.ts';
import { icon } from '../base/icons.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import { filled, isComplete, type TemplateView, templateBody } from './templates.ts';
import { errorText } from './words.ts';

/**
 * Chooses a template, fills it in and shows what the customer would read. Events: `chosen`, a
 * `CustomEvent<{ body, content }>` with the request and how it looks; `closed`, back to writing.
 */
export class TemplatePicker extends LitElement {
  static override properties = {
    channel: { type: String },
    closable: { type: Boolean },
    templates: { state: true },
    place: { state: true },
    values: { state: true },
    error: { state: true },
  };

  static override styles = [
    shared,
    formStyles,
    css`
      form {
        display: grid;
        gap: var(--spacingVerticalS);
        max-block-size: 45vh;
        overflow-y: auto;
        /* Room for the mark of the focus, which would be cut off. */
        margin: -4px;
        padding: 4px;
      }

      label {
        display: grid;
        gap: var(--spacingVerticalXXS);
        font-size: var(--fontSizeBase200);
      }

      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr));
        gap: var(--spacingVerticalS) var(--spacingHorizontalM);
      }

      label select,
      label input:not([type='checkbox']) {
        font-size: var(--fontSizeBase300);
      }

      .preview {
        padding: var(--spacingVerticalSNudge) var(--spacingHorizontalM);
        border-radius: var(--borderRadiusXLarge);
        background: var(--colorBrandBackground2);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }

      .acts {
        display: flex;
        justify-content: flex-end;
        gap: var(--spacingHorizontalS);
      }
    `,
  ];

  declare channel: string;
  /** Whether one can go back to writing. */
  declare closable: boolean;
  declare templates: readonly TemplateView[] | undefined;
  declare place: number;
  declare values: Readonly<Record<string, string>>;
  declare error: unknown;

  constructor() {
    super();
    this.closable = false;
    this.place = 0;
    this.values = {};
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('channel')) void this.#load();
  }

  override render() {
    const { templates, error } = this;
    if (error !== undefined)
      return html`<div role="alert"><p>${errorText(error)}</p>
        <fluent-button @click=${() => this.#load()}>${text('error.retry')}</fluent-button>${this.#back()}</div>`;
    if (templates === undefined) return nothing;
    const chosen = templates[this.place];
    if (chosen === undefined) return html`<p>${text('template.none')}</p>${this.#back()}`;
    return html`<form @submit=${this.#submit} @keydown=${this.#key}>
      <label>
        ${text('template.which')}
        <select @change=${this.#choose}>
          ${templates.map(({ name, language }, place) => html`<option value=${place} ?selected=${place === this.place}>${name} (${language})</option>`)}
        </select>
      </label>
      <div class="fields">
        ${chosen.parameters.map(
          ({ name, example }) =>
            html`<label>
              ${text('template.parameter', { name })}
              <input dir="auto" name=${name} placeholder=${example} maxlength="1024" required .value=${live(this.values[name] ?? '')} @input=${this.#fill} />
            </label>`,
        )}
      </div>
      <p class="preview" dir="auto" lang=${chosen.language.replace('_', '-')} aria-label=${text('template.preview')}>${filled(chosen, this.values)}</p>
      <div class="acts">
        ${this.#back()}
        <fluent-button type="submit" appearance="primary">${icon('send', 'start')}${text('template.send')}</fluent-button>
      </div>
    </form>`;
  }

  #back(): TemplateResult | typeof nothing {
    if (!this.closable) return nothing;
    return html`<fluent-button @click=${() => this.dispatchEvent(new Event('closed'))}>${text('template.back')}</fluent-button>`;
  }

  async #load(): Promise<void> {
    this.error = undefined;
    try {
      const query = new URLSearchParams({ channel: this.channel });
      const { items } = await api.ask<{ items: TemplateView[] }>(`/api/v1/templates?${query}`);
      this.templates = items;
      // Whoever asks for templates is to choose; where they stand by themselves, nobody has asked.
      if (this.closable)
        void this.updateComplete.then(() => this.renderRoot.querySelector('select')?.focus());
    } catch (error) {
      this.error = error;
    }
  }

  /** Browsers send a form with several entries by Enter only where a button of their own sends it. */
  readonly #key = (event: KeyboardEvent): void => {
    const { key, target, isComposing } = event;
    if (isComposing) return;
    if (key === 'Escape' && this.closable) this.dispatchEvent(new Event('closed'));
    if (key !== 'Enter' || !(target instanceof HTMLInputElement)) return;
    event.preventDefault();
    target.form?.requestSubmit();
  };

  readonly #choose = (event: Event): void => {
    this.place = Number((event.target as HTMLSelectElement).value);
    this.values = {};
  };

  readonly #fill = (event: Event): void => {
    const { name, value } = event.target as HTMLInputElement;
    this.values = { ...this.values, [name]: value };
  };

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    const chosen = this.templates?.[this.place];
    if (chosen === undefined || !isComplete(chosen, this.values)) return;
    const parameters = chosen.parameters.map(({ name }) => this.values[name] ?? '');
    const content = {
      type: 'template',
      text: filled(chosen, this.values),
      template: { name: chosen.name, parameters },
    };
    this.dispatchEvent(
      new CustomEvent('chosen', { detail: { body: templateBody(chosen, this.values), content } }),
    );
    this.values = {};
  };
}

customElements.define('bt-template-picker', TemplatePicker);
