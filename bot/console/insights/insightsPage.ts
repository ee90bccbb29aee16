import '@fluentui/web-components/button.js';
import './durationChart.ts';
import { html, LitElement, nothing } from 'lit';
import { ApiError, api } from '../base/api.ts';
import { formatDuration } from '../base/duration.ts';
import { boxesStyles, formStyles } from '../base/formStyles.ts';
import { type LiveEvent, live } from '../base/live.ts';
import { remembered } from '../base/remembered.ts';
import { shared } from '../base/styles.ts';
import { language, text } from '../base/text.ts';
import { Watch } from '../base/watch.ts';
import { toCsv } from './csv.ts';
import { type Bucket, bucketsOf, durations, type InsightsAnswer, isEmpty } from './figures.ts';
import { insightStyles } from './insightStyles.ts';
import { businessesOf, countsOf, failuresOf } from './insightTables.ts';
import { askFor, localTime, type OwnPeriod, type PeriodName, periodNames } from './period.ts';

/** How often the figures are asked for while somebody looks, in milliseconds. */
const refreshMs = 30_000;

const chosen = remembered('period', periodNames, 'day');

/** What customers wait, how fast messages arrive, and what becomes of them, over a period. */
export class InsightsPage extends LitElement {
  static override properties = {
    period: { state: true },
    own: { state: true },
    business: { state: true },
    businesses: { state: true },
    answer: { state: true },
    trouble: { state: true },
    told: { state: true },
  };

  static override styles = [shared, formStyles, boxesStyles, insightStyles];

  declare period: PeriodName;
  declare own: OwnPeriod;
  /** The business that is looked at alone; empty: all. */
  declare business: string;
  /** Those that were ever in an answer: a filter must not take itself away. */
  declare businesses: readonly string[];
  declare answer: InsightsAnswer | undefined;
  declare trouble: string | undefined;
  declare told: string;
  #buckets: readonly Bucket[] = [];
  #asking = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.period = chosen.get();
    const now = Date.now();
    this.own = { from: localTime(now - 24 * 3_600_000), to: localTime(now) };
    this.business = '';
    this.businesses = [];
    this.told = '';
    new Watch(this, live, ['reload'], () => void this.#load());
    new Watch(this, live, ['change'], event => {
      if ((event as CustomEvent<LiveEvent>).detail.type === 'alarm.velocity') void this.#load();
    });
    new Watch(this, document, ['visibilitychange'], () => void this.#refresh());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => void this.#refresh(), refreshMs);
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    this.#asking.abort();
  }

  override render() {
    return html`
      <h1>${text('nav.insights')}</h1>
      ${this.#controls()}
      <div class="alarms" role="alert">${this.#alarms()}</div>
      ${this.trouble === undefined ? nothing : html`<p class="warning" role="alert">${this.trouble}</p>`}
      ${this.#shown()}
    `;
  }

  #controls() {
    return html`
      <div class="controls" role="group" aria-label=${text('insights.filter')}>
        <label>
          ${text('insights.period')}
          <select @change=${this.#choosePeriod}>
            ${periodNames.map(
              name =>
                html`<option value=${name} .selected=${name === this.period}>${text(`insights.period.${name}`)}</option>`,
            )}
          </select>
        </label>
        ${this.period === 'own' ? this.#ownPeriod() : nothing}
        <label>
          ${text('insights.business')}
          <select @change=${this.#chooseBusiness}>
            <option value="" .selected=${this.business === ''}>${text('insights.all')}</option>
            ${this.businesses.map(
              name => html`<option value=${name} .selected=${name === this.business}>${name}</option>`,
            )}
          </select>
        </label>
        <span class="spring" role="status">${this.told}</span>
        <fluent-button ?disabled=${!this.answer} @click=${this.#copy}>${text('insights.copy')}</fluent-button>
        <fluent-button ?disabled=${!this.answer} @click=${this.#download}>${text('insights.download')}</fluent-button>
      </div>
    `;
  }

  #ownPeriod() {
    return (['from', 'to'] as const).map(
      end => html`
        <label>
          ${text(`insights.${end}`)}
          <input type="datetime-local" .value=${this.own[end]} @change=${this.#chooseOwn(end)} />
        </label>`,
    );
  }

  #alarms() {
    return (this.answer?.businesses ?? []).map(({ business, velocity }) =>
      velocity?.slow
        ? html`<p class="warning">${text('insights.alarm', {
            business,
            recent: formatDuration(velocity.recentMs ?? 0, language),
            baseline: formatDuration(velocity.baselineMs, language),
          })}</p>`
        : nothing,
    );
  }

  #shown() {
    const { answer } = this;
    if (answer === undefined)
      return this.trouble ? nothing : html`<p role="status">${text('policy.loading')}</p>`;
    if (isEmpty(answer)) return html`<p class="card empty">${text('insights.empty')}</p>`;
    return html`
      <div class="charts">
        ${durations.map(
          name =>
            html`<bt-duration-chart .name=${name} .total=${answer[name]} .buckets=${this.#buckets}></bt-duration-chart>`,
        )}
      </div>
      ${countsOf(answer)} ${failuresOf(answer)} ${businessesOf(answer)}
    `;
  }

  readonly #choosePeriod = ({ target }: Event): void => {
    this.period = (target as HTMLSelectElement).value as PeriodName;
    chosen.set(this.period);
    void this.#load();
  };

  readonly #chooseBusiness = ({ target }: Event): void => {
    this.business = (target as HTMLSelectElement).value;
    void this.#load();
  };

  #chooseOwn(end: keyof OwnPeriod) {
    return ({ target }: Event) => {
      this.own = { ...this.own, [end]: (target as HTMLInputElement).value };
      void this.#load();
    };
  }

  readonly #copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.#csv());
      this.told = text('insights.copied');
    } catch {
      // Over http a browser gives pages no clipboard, but for those of its own machine.
      this.told = text('insights.notCopied');
    }
  };

  readonly #download = (): void => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([this.#csv()], { type: 'text/csv' }));
    link.download = `bluetick-${this.answer?.period.from.slice(0, 10)}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
    this.told = text('insights.downloaded');
  };

  #csv(): string {
    return this.answer ? toCsv(this.#buckets, this.answer) : '';
  }

  async #refresh(): Promise<void> {
    // An own period does not move, and nobody looks at a page that is hidden.
    if (document.visibilityState === 'visible' && this.period !== 'own') await this.#load();
  }

  async #load(): Promise<void> {
    this.#asking.abort();
    const now = Date.now();
    const asked = askFor(this.period, now, this.own, this.business);
    if (asked === undefined) {
      this.trouble = text('insights.wrongPeriod');
      return;
    }
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const path = `/api/v1/insights?${asked.query}`;
      const answer = await api.ask<InsightsAnswer>(path, { signal: asking.signal });
      this.#buckets = bucketsOf(answer, asked.step, now);
      this.answer = answer;
      const names = answer.businesses.map(({ business }) => business);
      this.businesses = [...new Set([...this.businesses, ...names])].sort();
      this.trouble = undefined;
    } catch (error) {
      if (asking.signal.aborted) return;
      const isRefused = error instanceof ApiError && error.field === 'from';
      this.trouble = isRefused
        ? text('insights.longPeriod')
        : text('error.unknown', { message: error instanceof ApiError ? error.message : String(error) });
    }
  }
}

customElements.define('bt-insights', InsightsPage);
