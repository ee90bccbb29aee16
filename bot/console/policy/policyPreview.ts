import { html, LitElement, nothing, type PropertyValues } from 'lit';
import type { Holder, Moment } from '../../../middleware/domain.ts';
import { ApiError, api } from '../base/api.ts';
import { formatDuration } from '../base/duration.ts';
import { formStyles } from '../base/formStyles.ts';
import { shared } from '../base/styles.ts';
import { language, type Texts, text } from '../base/text.ts';
import type { Draft } from './draft.ts';
import { valueAt } from './draft.ts';
import { scopeTitle } from './fieldRow.ts';
import { fields } from './fields.ts';
import { ofLength } from './sampleText.ts';
import { nameOfScope, type Scope, scopeOfSource } from './scopes.ts';
import type { TimelineEntry } from './timeline.ts';
import './timelineDrawing.ts';
import { previewStyles } from './previewStyles.ts';

/** How long somebody must have stopped editing before it is asked anew, in milliseconds. */
const restMs = 250;

/** What `POST /api/v1/policies/explain` answers. */
interface Explained {
  readonly timeline: readonly TimelineEntry[];
  readonly notes: readonly string[];
  readonly sources: Readonly<Record<string, string>>;
}

/** What can be asked about, beside the policy. */
interface Situation {
  readonly channel: string;
  readonly text: string;
  readonly reply: string;
  readonly holder: Holder;
  readonly moment: Moment | '';
  readonly dialogSeconds: number;
}

const holders = {
  bot: 'policy.holder.bot',
  queue: 'policy.holder.queue',
  agent: 'policy.holder.agent',
} as const;
/** What it is asked anew for when it changes. */
const asking = ['scope', 'draft', 'channel', 'channels', 'business', 'situation'] as const;
const acts = ['', 'agentAccepted', 'agentOpened', 'agentReplied', 'manual'] as const;

/** The host has refused what is edited, or takes it again: `error` is absent then. */
export class PreviewAnswer extends Event {
  readonly error: ApiError | undefined;

  constructor(error: ApiError | undefined) {
    super('answer');
    this.error = error;
  }
}

/** What a customer would see by the policy as it is being edited. Event: {@link PreviewAnswer}. */
export class PolicyPreview extends LitElement {
  static override properties = {
    scope: { attribute: false },
    draft: { attribute: false },
    channels: { attribute: false },
    channel: { attribute: false },
    business: { attribute: false },
    situation: { state: true },
    explained: { state: true },
    trouble: { state: true },
  };

  static override styles = [shared, formStyles, previewStyles];

  declare scope: Scope;
  declare draft: Draft;
  /** The channels that are on. */
  declare channels: readonly string[];
  /** Where the scope lies, if that is known. */
  declare channel: string | undefined;
  declare business: string | undefined;
  declare situation: Situation;
  declare explained: Explained | undefined;
  declare trouble: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = new AbortController();

  constructor() {
    super();
    this.channels = [];
    this.situation = {
      channel: '',
      text: text('policy.sampleText'),
      reply: text('policy.sampleReply'),
      holder: 'bot',
      moment: '',
      dialogSeconds: 1,
    };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#asking.abort();
  }

  override willUpdate(changed: PropertyValues<PolicyPreview>): void {
    if (changed.has('channel') || changed.has('channels')) {
      const channel = this.channel ?? (this.situation.channel || this.channels[0]);
      if (channel !== undefined) this.situation = { ...this.situation, channel };
    }
    if (asking.some(name => changed.has(name))) this.#askSoon();
  }

  override render() {
    return html`
      <section class="card" aria-labelledby="title">
        <h2 id="title">${text('policy.preview')}</h2>
        <p class="small">${text('policy.preview.hint')}</p>
        ${
          this.explained === undefined
            ? nothing
            : html`
              <bt-timeline class=${this.trouble ? 'old' : ''} .timeline=${this.explained.timeline}></bt-timeline>
              <div role="status">${this.#told(this.explained)}</div>`
        }
        ${this.trouble ? html`<p class="refusal" role="alert">${this.trouble}</p>` : nothing}
      </section>
      <section class="card situation" aria-label=${text('policy.situation')}>${this.#form()}</section>
    `;
  }

  #told({ timeline, notes, sources }: Explained) {
    const overridden = fields.filter(({ path }) => {
      const from = scopeOfSource(sources[path] ?? '', this.scope);
      return (
        valueAt(this.draft, path) !== undefined &&
        (from === undefined || nameOfScope(from) !== nameOfScope(this.scope))
      );
    });
    return html`
      <ol>
        ${timeline.map(
          ({ at, what, because }) => html`
            <li>
              <time>${formatDuration(at, language)}</time>
              <div>${text(`policy.step.${what}`)}<p class="small"><bdi lang="en">${because}</bdi></p></div>
            </li>`,
        )}
      </ol>
      <ul>
        ${overridden.map(({ path, label }) => {
          const from = scopeOfSource(sources[path] ?? '', this.scope);
          const by = from ? scopeTitle(from) : '';
          return html`<li class="warning">${text('policy.overridden', { field: text(label), by })}</li>`;
        })}
        ${notes.map(note => html`<li class="warning"><bdi lang="en">${note}</bdi></li>`)}
      </ul>
    `;
  }

  #form() {
    const { channel, holder, moment, dialogSeconds } = this.situation;
    return html`
      <h2 class="wide">${text('policy.situation')}</h2>
      <label>
        ${text('policy.channel')}
        <select ?disabled=${this.channel !== undefined} @change=${this.#change('channel')}>
          ${this.channels.map(name => html`<option value=${name} .selected=${name === channel}>${name}</option>`)}
        </select>
      </label>
      <label>
        ${text('policy.holder')}
        <select @change=${this.#change('holder')}>
          ${Object.entries(holders).map(
            ([name, key]) => html`<option value=${name} .selected=${name === holder}>${text(key)}</option>`,
          )}
        </select>
      </label>
      <label>
        ${text('policy.happens')}
        <select @change=${this.#change('moment')}>
          ${acts.map(act => {
            const key: keyof Texts = act === '' ? 'policy.nothing' : `policy.moment.${act}`;
            return html`<option value=${act} .selected=${act === moment}>${text(key)}</option>`;
          })}
        </select>
      </label>
      <label>
        ${text('policy.dialog')}
        <input type="number" min="0" max="600" step="any" .value=${String(dialogSeconds)} @input=${this.#dialog} />
      </label>
      ${this.#message('text', 'policy.text')} ${this.#message('reply', 'policy.replyText')}
    `;
  }

  #message(name: 'text' | 'reply', label: keyof Texts) {
    const value = this.situation[name];
    return html`
      <label class="wide">
        ${text(label)}
        <textarea rows="2" dir="auto" .value=${value} @input=${this.#change(name)}></textarea>
      </label>
      <label>
        ${text('policy.characters', { field: text(label) })}
        <input
          type="number"
          min="0"
          max="4096"
          .value=${String(value.length)}
          @change=${({ target }: Event) => {
            const length = Math.min(
              Math.max(Math.floor(Number((target as HTMLInputElement).value)), 0),
              4096,
            );
            this.situation = {
              ...this.situation,
              [name]: ofLength(value, length, text('policy.sampleText')),
            };
          }}
        />
      </label>
    `;
  }

  #change(name: 'channel' | 'holder' | 'moment' | 'text' | 'reply') {
    return ({ target }: Event) => {
      this.situation = { ...this.situation, [name]: (target as HTMLInputElement).value };
    };
  }

  readonly #dialog = ({ target }: Event): void => {
    const seconds = Math.min(Math.max(Number((target as HTMLInputElement).value), 0), 600);
    if (Number.isFinite(seconds)) this.situation = { ...this.situation, dialogSeconds: seconds };
  };

  #askSoon(): void {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.#timer = setTimeout(() => void this.#ask(), restMs);
  }

  async #ask(): Promise<void> {
    const { channel, text: written, reply, holder, moment, dialogSeconds } = this.situation;
    if (channel === '') return;
    if (!this.channels.includes(channel)) {
      this.explained = undefined;
      this.trouble = text('policy.preview.off', { channel });
      return;
    }
    const asking = new AbortController();
    this.#asking = asking;
    try {
      this.explained = await api.ask<Explained>('/api/v1/policies/explain', {
        method: 'POST',
        signal: asking.signal,
        body: {
          channel,
          scope: nameOfScope(this.scope),
          policy: this.draft,
          text: written,
          reply,
          holder,
          dialogMs: Math.round(dialogSeconds * 1000),
          ...(moment !== '' && { moment }),
          ...(this.business !== undefined && { business: this.business }),
        },
      });
      this.trouble = undefined;
      this.dispatchEvent(new PreviewAnswer(undefined));
    } catch (error) {
      if (asking.signal.aborted) return;
      const isRefused = error instanceof ApiError && error.code === 'invalid_policy';
      this.trouble = isRefused
        ? text('policy.preview.old')
        : text('error.unknown', { message: String(error) });
      if (isRefused) this.dispatchEvent(new PreviewAnswer(error));
    }
  }
}

customElements.define('bt-policy-preview', PolicyPreview);
