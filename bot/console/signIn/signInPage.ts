import '@fluentui/web-components/anchor-button.js';
import '@fluentui/web-components/button.js';
import '@fluentui/web-components/message-bar.js';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { ApiError, api, type WaysIn } from '../base/api.ts';
import { formStyles } from '../base/formStyles.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';

/**
 * Signs in: with the administrator's key, or by Entra ID where the host is set up for it. Event: `signedIn`.
 */
export class SignInPage extends LitElement {
  static override properties = {
    reason: { type: String },
    ways: { state: true },
    refusal: { state: true },
    isBusy: { state: true },
  };

  static override styles = [
    shared,
    formStyles,
    css`
      :host {
        display: grid;
        place-items: center;
        min-height: 100%;
        padding: var(--spacingHorizontalL);
      }

      main {
        display: grid;
        gap: var(--spacingVerticalL);
        width: min(24rem, 100%);
        padding: var(--spacingHorizontalXXL);
        background: var(--colorNeutralBackground1);
        border-radius: var(--borderRadiusXLarge);
        box-shadow: var(--shadow8);
      }

      form {
        display: grid;
        gap: var(--spacingVerticalM);
      }

      img {
        inline-size: 2.5rem;
        block-size: 2.5rem;
      }

      label {
        font-weight: var(--fontWeightSemibold);
      }

      .entry {
        display: grid;
        gap: var(--spacingVerticalXS);
      }
    `,
  ];

  /** Why one is here, as a code: `ended`, `forbidden`, `failed`. Default: for the first time. */
  declare reason: string | undefined;
  declare ways: WaysIn['ways'];
  declare refusal: string | undefined;
  declare isBusy: boolean;
  /** Whether the first entry has had the focus. */
  #isReady = false;

  constructor() {
    super();
    this.ways = ['key'];
    this.isBusy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    api.ask<WaysIn>('/api/v1/sign-in').then(
      ({ ways }) => {
        this.ways = ways;
      },
      error => this.#refuse(error),
    );
  }

  /** Whoever comes here wants to sign in, and whoever was refused, to enter the key anew. */
  override updated(changed: PropertyValues<this>): void {
    const field = this.renderRoot.querySelector<HTMLInputElement>(this.refusal ? '#key' : '#name');
    if (this.#isReady && (this.refusal === undefined || !changed.has('refusal'))) return;
    this.#isReady = field !== null;
    field?.focus();
    if (this.refusal) field?.select();
  }

  override render() {
    const refusal = this.refusal ?? this.#reasonText();
    return html`
      <main>
        <img src=${new URL('../icon.svg', import.meta.url).href} alt="" />
        <h1>${text('signIn.title')}</h1>
        <div role="alert">
          ${
            refusal === undefined
              ? nothing
              : html`<fluent-message-bar intent="warning" layout="multiline">${refusal}</fluent-message-bar>`
          }
        </div>
        ${
          this.ways.includes('entra')
            ? html`<fluent-anchor-button appearance="primary" href="/sign-in/entra">${text('signIn.entra')}</fluent-anchor-button>`
            : nothing
        }
        ${this.ways.includes('key') ? this.#form() : nothing}
      </main>
    `;
  }

  #form() {
    return html`
      <form @submit=${this.#submit} @keydown=${this.#submitByKey}>
        ${this.#entry('name', html`<input id="name" name="name" autocomplete="name" maxlength="80" aria-describedby="nameHint" />`)}
        ${this.#entry(
          'key',
          html`<input id="key" name="key" type="password" autocomplete="current-password" required aria-describedby="keyHint" />`,
        )}
        <fluent-button type="submit" appearance="primary" ?disabled=${this.isBusy}>${text('signIn.submit')}</fluent-button>
      </form>
    `;
  }

  /** With an input of the browser's own, which a password manager finds. */
  #entry(name: 'name' | 'key', input: TemplateResult) {
    return html`<div class="entry">
      <label for=${name}>${text(`signIn.${name}`)}</label>
      ${input}
      <small id=${`${name}Hint`}>${text(`signIn.${name}Hint`)}</small>
    </div>`;
  }

  #reasonText(): string | undefined {
    if (this.reason === 'ended') return text('signIn.ended');
    if (this.reason === 'forbidden') return text('signIn.forbidden');
    return this.reason ? text('signIn.failed', { message: this.reason }) : undefined;
  }

  /** A browser does it by itself only where the button is its own. */
  #submitByKey({ key, target, currentTarget }: KeyboardEvent): void {
    // The button itself hears Enter too.
    if (key === 'Enter' && target instanceof HTMLInputElement)
      (currentTarget as HTMLFormElement).requestSubmit();
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    this.isBusy = true;
    this.refusal = undefined;
    try {
      await api.signIn(String(form.get('key') ?? ''), String(form.get('name') ?? '').trim());
      this.dispatchEvent(new Event('signedIn'));
    } catch (error) {
      this.#refuse(error);
    } finally {
      this.isBusy = false;
    }
  }

  #refuse(error: unknown): void {
    if (error instanceof ApiError && error.status === 401) this.refusal = text('signIn.refused');
    else if (error instanceof ApiError && error.status === 429) this.refusal = text('signIn.tooOften');
    else this.refusal = text('signIn.failed', { message: String(error) });
  }
}

customElements.define('bt-sign-in', SignInPage);
