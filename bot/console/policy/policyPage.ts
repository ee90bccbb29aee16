import '@fluentui/web-components/badge.js';
import '@fluentui/web-components/button.js';
import './policyPreview.ts';
import './scopePicker.ts';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { ApiError, api } from '../base/api.ts';
import { boxesStyles, formStyles } from '../base/formStyles.ts';
import type { Route } from '../base/route.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import { type Draft, isSame, refusedField, valueAt, withValue } from './draft.ts';
import { type FieldEdit, scopeTitle } from './fieldRow.ts';
import { type FieldGroup, fieldGroups, fields } from './fields.ts';
import { pageStyles } from './pageStyles.ts';
import type { PreviewAnswer } from './policyPreview.ts';
import type { ListedScope } from './scopePicker.ts';
import { nameOfScope, pathOfScope, roleToChange, type Scope, scopeOfRoute } from './scopes.ts';

/** What `GET /api/v1/policies/{scope}/effective` answers, as far as it is looked at. */
interface Effective {
  readonly channel?: string;
  readonly business?: string;
  readonly document: Draft;
  readonly source: ListedScope['source'];
  readonly fields: Readonly<
    Record<string, { readonly inherited: { readonly value: unknown; readonly from: string } }>
  >;
}

/** A refusal, and the field that it stands beside; absent: it is about the whole. */
interface Refused {
  readonly path: string | undefined;
  readonly message: string;
}

/** What was edited and not saved, by the name of its scope, for as long as the page lives. */
const drafts = new Map<string, Draft>();

/** The settings of a scope, and what customers would see by them. */
export class PolicyPage extends LitElement {
  static override properties = {
    scope: { attribute: false },
    listed: { state: true },
    channels: { state: true },
    effective: { state: true },
    draft: { state: true },
    refused: { state: true },
    told: { state: true },
    isBusy: { state: true },
  };

  static override styles = [shared, formStyles, boxesStyles, pageStyles];

  /** The rest of the address: see `scopeOfRoute`. */
  declare scope: Route;
  declare listed: readonly ListedScope[];
  declare channels: readonly string[];
  declare effective: Effective | undefined;
  declare draft: Draft;
  declare refused: Refused | undefined;
  declare told: string;
  declare isBusy: boolean;
  /** The scope whose settings were asked for last: an earlier answer that comes later is left aside. */
  #asked = '';

  constructor() {
    super();
    this.scope = [];
    this.listed = [];
    this.channels = [];
    this.draft = {};
    this.told = '';
    this.isBusy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('beforeunload', this.#keepOpen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('beforeunload', this.#keepOpen);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const scope = this.#scope;
    if (!changed.has('scope') || scope === undefined || nameOfScope(scope) === this.#asked) return;
    this.effective = undefined;
    this.told = '';
    void this.#load(scope);
  }

  override render() {
    const scope = this.#scope;
    if (scope === undefined) return html`<p>${text('app.notFound')}</p>`;
    return html`
      <header class="heading">
        <h1>${text('nav.policy')}</h1>
        ${this.#isChanged ? html`<fluent-badge appearance="tint" color="warning">${text('policy.unsaved')}</fluent-badge>` : nothing}
      </header>
      <bt-scope-picker .scope=${scope} .listed=${this.listed}></bt-scope-picker>
      ${this.refused && this.refused.path === undefined ? html`<p class="warning" role="alert">${this.refused.message}</p>` : nothing}
      ${this.effective === undefined ? html`<p role="status">${this.refused ? '' : text('policy.loading')}</p>` : this.#shown(scope, this.effective)}
    `;
  }

  get #scope(): Scope | undefined {
    return scopeOfRoute(this.scope);
  }

  get #isChanged(): boolean {
    return this.effective !== undefined && !isSame(this.draft, this.effective.document);
  }

  #shown(scope: Scope, effective: Effective) {
    const isFixed = !api.may(roleToChange(scope));
    return html`
      ${isFixed ? html`<p class="warning">${text('policy.fixed', { scope: scopeTitle(scope) })}</p>` : nothing}
      <div class="columns">
        <form @submit=${this.#save} aria-label=${scopeTitle(scope)}>
          ${fieldGroups.map(group => this.#group(group, scope, effective, isFixed))}
          ${isFixed ? nothing : this.#actions(scope, effective)}
        </form>
        <bt-policy-preview
          .scope=${scope}
          .draft=${this.draft}
          .channels=${this.channels}
          .channel=${effective.channel}
          .business=${effective.business}
          @answer=${this.#answered}
        ></bt-policy-preview>
      </div>
      ${this.#question(scope)}
    `;
  }

  #group({ title, fields: shown }: FieldGroup, scope: Scope, effective: Effective, isFixed: boolean) {
    return html`
      <section class="card" aria-labelledby=${title}>
        <h2 id=${title}>${text(title)}</h2>
        ${shown.map(field => {
          const { value, from } = effective.fields[field.path]?.inherited ?? { value: null, from: '' };
          return html`<bt-policy-field
            .field=${field}
            .own=${valueAt(this.draft, field.path)}
            .inherited=${value}
            .from=${from}
            .scope=${scope}
            .refusal=${this.refused?.path === field.path ? this.refused.message : undefined}
            .isFixed=${isFixed}
            @edit=${this.#edit}
          ></bt-policy-field>`;
        })}
      </section>
    `;
  }

  #actions(scope: Scope, { source }: Effective) {
    const isIdle = !this.#isChanged || this.isBusy;
    const back = scope.kind === 'conversation' ? 'policy.remove' : 'policy.backToFile';
    return html`
      <div class="card actions">
        <fluent-button type="submit" appearance="primary" ?disabled=${isIdle} aria-disabled=${isIdle}>${text('policy.save')}</fluent-button>
        <fluent-button ?disabled=${isIdle} aria-disabled=${isIdle} @click=${this.#discard}>${text('policy.discard')}</fluent-button>
        <div role="status">${this.told}</div>
        ${
          source === 'stored'
            ? html`<fluent-button appearance="subtle" ?disabled=${this.isBusy} aria-disabled=${this.isBusy} @click=${() => this.#dialog?.showModal()}>${text(back)}</fluent-button>`
            : html`<small>${text(source === 'file' ? 'policy.source.file' : 'policy.source.none')}</small>`
        }
      </div>
    `;
  }

  #question(scope: Scope) {
    const title = scope.kind === 'conversation' ? 'policy.remove' : 'policy.backToFile';
    return html`
      <dialog aria-labelledby="question">
        <h2 id="question">${text(title)}</h2>
        <p>${text('policy.back.hint', { scope: scopeTitle(scope) })}</p>
        <menu>
          <fluent-button @click=${() => this.#dialog?.close()}>${text('policy.cancel')}</fluent-button>
          <fluent-button appearance="primary" @click=${this.#remove}>${text(title)}</fluent-button>
        </menu>
      </dialog>
    `;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  readonly #edit = ({ path, value }: FieldEdit): void => {
    const scope = this.#scope;
    if (scope === undefined) return;
    this.draft = withValue(this.draft, path, value);
    this.told = '';
    if (this.#isChanged) drafts.set(nameOfScope(scope), this.draft);
    else drafts.delete(nameOfScope(scope));
  };

  readonly #answered = ({ error }: PreviewAnswer): void => {
    this.refused = error && refusal(error);
  };

  readonly #save = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.#isChanged && !this.isBusy) void this.#change('PUT', text('policy.saved'));
  };

  readonly #discard = (): void => {
    const scope = this.#scope;
    if (scope === undefined || this.effective === undefined) return;
    drafts.delete(nameOfScope(scope));
    this.draft = this.effective.document;
    this.told = text('policy.discarded');
  };

  readonly #remove = (): void => {
    this.#dialog?.close();
    void this.#change('DELETE', text('policy.isBack'));
  };

  /** So that nothing that was edited is lost by closing the window. */
  readonly #keepOpen = (event: BeforeUnloadEvent): void => {
    if (drafts.size > 0) event.preventDefault();
  };

  async #change(method: 'PUT' | 'DELETE', told: string): Promise<void> {
    const scope = this.#scope;
    if (scope === undefined) return;
    this.isBusy = true;
    try {
      await api.ask(pathOfScope(scope), { method, ...(method === 'PUT' && { body: this.draft }) });
      drafts.delete(nameOfScope(scope));
      await this.#load(scope);
      this.told = told;
    } catch (error) {
      this.refused = refusal(error);
    } finally {
      this.isBusy = false;
    }
  }

  async #load(scope: Scope): Promise<void> {
    const name = nameOfScope(scope);
    this.#asked = name;
    this.refused = undefined;
    try {
      const [effective, { items: listed }, { items: on }] = await Promise.all([
        api.ask<Effective>(`${pathOfScope(scope)}/effective`),
        api.ask<{ items: readonly ListedScope[] }>('/api/v1/policies'),
        api.ask<{ items: readonly { channel: string }[] }>('/api/v1/capabilities'),
      ]);
      if (this.#asked !== name) return;
      this.listed = listed;
      this.channels = on.map(({ channel }) => channel);
      this.draft = drafts.get(name) ?? effective.document;
      this.effective = effective;
    } catch (error) {
      if (this.#asked === name) this.refused = refusal(error);
    }
  }
}

function refusal(error: unknown): Refused {
  const isKnown = error instanceof ApiError;
  return {
    path: isKnown
      ? refusedField(
          error.field,
          fields.map(({ path }) => path),
        )
      : undefined,
    message: isKnown ? error.message : text('error.unknown', { message: String(error) }),
  };
}

customElements.define('bt-policy', PolicyPage);
