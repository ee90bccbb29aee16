import '@fluentui/web-components/button.js';
import { html, LitElement, nothing } from 'lit';
import type { Moment } from '../../../middleware/domain.ts';
import { formStyles } from '../base/formStyles.ts';
import { linkTo } from '../base/route.ts';
import { shared } from '../base/styles.ts';
import { language, type Texts, text } from '../base/text.ts';
import { fieldStyles } from './fieldStyles.ts';
import type { Field } from './fields.ts';
import { routeOfScope, type Scope, scopeOfSource } from './scopes.ts';
import { enteredNumber, isNumber, type NumberKind, shownNumber } from './shownValue.ts';

/** The moments with their names; a type makes sure that none is forgotten. */
const momentNames = {
  accepted: 'policy.moment.accepted',
  replying: 'policy.moment.replying',
  agentAccepted: 'policy.moment.agentAccepted',
  agentOpened: 'policy.moment.agentOpened',
  agentReplied: 'policy.moment.agentReplied',
  manual: 'policy.moment.manual',
  never: 'policy.moment.never',
} as const satisfies Record<Moment, keyof Texts>;

const units = {
  duration: 'policy.seconds',
  perCharacter: 'policy.milliseconds',
  share: 'policy.percent',
} as const satisfies Record<NumberKind, keyof Texts>;

/** What somebody has made of a field: `undefined` returns it to what is inherited. */
export class FieldEdit extends Event {
  readonly path: string;
  readonly value: unknown;

  constructor(path: string, value: unknown) {
    super('edit');
    this.path = path;
    this.value = value;
  }
}

/** One field of a policy: its value, where that comes from, and the way back to what is inherited. Event: {@link FieldEdit}. */
export class FieldRow extends LitElement {
  static override properties = {
    field: { attribute: false },
    own: { attribute: false },
    inherited: { attribute: false },
    from: { attribute: false },
    scope: { attribute: false },
    refusal: { attribute: false },
    isFixed: { attribute: false },
    isUnreadable: { state: true },
  };

  static override styles = [shared, formStyles, fieldStyles];

  declare field: Field;
  /** What the scope says itself; `undefined`: nothing. */
  declare own: unknown;
  /** What holds where the scope says nothing, and where that comes from. */
  declare inherited: unknown;
  declare from: string;
  declare scope: Scope;
  /** Why the host does not take it. */
  declare refusal: string | undefined;
  /** Whether it can only be looked at. */
  declare isFixed: boolean;
  declare isUnreadable: boolean;

  constructor() {
    super();
    this.isFixed = false;
    this.isUnreadable = false;
  }

  override render() {
    const { field } = this;
    const isSet = this.own !== undefined;
    const refusal = this.isUnreadable ? text('policy.noJson') : this.refusal;
    return html`
      <div class="row ${isSet ? 'own' : ''}">
        <div>
          <label for="entry">${text(field.label)}</label>
          <p class="small" id="hint">${text(field.hint)} <code lang="en" dir="ltr">${field.path}</code></p>
        </div>
        <div>
          <div class="entry">${this.#entry(isSet ? this.own : this.inherited, refusal !== undefined)}</div>
          <div class="source small">${isSet ? this.#set() : this.#source()}</div>
        </div>
        ${refusal === undefined ? nothing : html`<p class="refusal" id="refusal" role="alert">${refusal}</p>`}
      </div>
    `;
  }

  #entry(value: unknown, isRefused: boolean) {
    const { field } = this;
    const described = isRefused ? 'hint refusal' : 'hint';
    if (isNumber(field)) {
      const exact = field.kind === 'duration' && typeof value === 'number' && value % 1000 !== 0;
      return html`
        <input
          id="entry"
          type="number"
          min=${shownNumber(field.kind, field.least ?? 0)}
          max=${shownNumber(field.kind, field.most)}
          step="any"
          placeholder=${field.whenNull ? text(field.whenNull) : nothing}
          .value=${shownNumber(field.kind, value)}
          ?disabled=${this.isFixed}
          aria-describedby=${described}
          aria-invalid=${isRefused}
          @input=${this.#number}
          @change=${this.#emptied}
        />
        <span>${text(units[field.kind])}</span>
        ${exact ? html`<small>${text('policy.exactly', { ms: Number(value) })}</small>` : nothing}
      `;
    }
    if (field.kind === 'flag')
      return html`
        <input
          id="entry"
          type="checkbox"
          .checked=${value === true}
          ?disabled=${this.isFixed}
          aria-describedby=${described}
          aria-invalid=${isRefused}
          @change=${({ target }: Event) => this.#tell((target as HTMLInputElement).checked)}
        />
        <span aria-hidden="true">${text(value === true ? 'policy.yes' : 'policy.no')}</span>
      `;
    if (field.kind === 'moment')
      return html`
        <select
          id="entry"
          ?disabled=${this.isFixed}
          aria-describedby=${described}
          aria-invalid=${isRefused}
          @change=${({ target }: Event) => this.#tell((target as HTMLSelectElement).value || null)}
        >
          ${
            field.whenNull
              ? html`<option value="" .selected=${value === null}>${text(field.whenNull)}</option>`
              : nothing
          }
          ${Object.entries(momentNames).map(
            ([moment, name]) =>
              html`<option value=${moment} .selected=${moment === value}>${text(name)}</option>`,
          )}
        </select>
      `;
    return html`
      <textarea
        id="entry"
        rows="3"
        spellcheck="false"
        dir="ltr"
        placeholder='{ "name": "still_there", "language": "en" }'
        .value=${value === null || value === undefined ? '' : JSON.stringify(value, undefined, 1)}
        ?disabled=${this.isFixed}
        aria-describedby=${described}
        aria-invalid=${isRefused}
        @change=${this.#template}
      ></textarea>
    `;
  }

  #set() {
    return html`
      <span class="set">${text('policy.setHere')}</span>
      ${
        this.isFixed
          ? nothing
          : html`<fluent-button size="small" appearance="subtle" @click=${this.#clear} aria-label=${text('policy.clearField', { field: text(this.field.label) })}>${text('policy.clear')}</fluent-button>`
      }
      <span>${text('policy.wouldBe', { value: this.#told(this.inherited) })}</span>
    `;
  }

  #source() {
    const from = scopeOfSource(this.from, this.scope);
    if (from === undefined) return html`<span>${text('policy.fromBuiltIn')}</span>`;
    const name = scopeTitle(from);
    return html`<span>${text('policy.from')} <a href=${linkTo('policy', ...routeOfScope(from))}>${name}</a></span>`;
  }

  /** A value in one word or two. */
  #told(value: unknown): string {
    const { field } = this;
    if (value === null) return field.whenNull ? text(field.whenNull) : '';
    if (isNumber(field)) {
      const shown = Number(shownNumber(field.kind, value));
      return `${new Intl.NumberFormat(language, { maximumFractionDigits: 6 }).format(shown)} ${text(units[field.kind])}`;
    }
    if (field.kind === 'flag') return text(value === true ? 'policy.yes' : 'policy.no');
    if (field.kind === 'moment') return text(momentNames[value as Moment]);
    return String((value as { name?: unknown }).name);
  }

  readonly #clear = (): void => {
    this.#tell(undefined);
    this.renderRoot.querySelector<HTMLElement>('#entry')?.focus();
  };

  readonly #number = ({ target }: Event): void => {
    const { kind, whenNull } = this.field as Field & { kind: NumberKind };
    const entered = enteredNumber(kind, (target as HTMLInputElement).value);
    // Where nothing is no value, somebody is about to write another number.
    if (entered !== undefined || whenNull) this.#tell(entered ?? null);
  };

  /** A number that must be something, and was left empty, is inherited again. */
  readonly #emptied = ({ target }: Event): void => {
    const { kind, whenNull } = this.field as Field & { kind: NumberKind };
    const input = target as HTMLInputElement;
    if (whenNull || enteredNumber(kind, input.value) !== undefined) return;
    this.#tell(undefined);
    input.value = shownNumber(kind, this.inherited);
  };

  readonly #template = ({ target }: Event): void => {
    const { value } = target as HTMLTextAreaElement;
    this.isUnreadable = false;
    try {
      this.#tell(value.trim() === '' ? null : JSON.parse(value));
    } catch {
      this.isUnreadable = true;
    }
  };

  #tell(value: unknown): void {
    this.dispatchEvent(new FieldEdit(this.field.path, value));
  }
}

/** A scope's name for people. */
export function scopeTitle({ kind, id }: Scope): string {
  return id === '' ? text(`policy.scope.${kind}`) : `${text(`policy.scope.${kind}`)} ${id}`;
}

customElements.define('bt-policy-field', FieldRow);
