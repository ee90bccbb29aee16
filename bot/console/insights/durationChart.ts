import { html, LitElement, nothing, type PropertyValues, unsafeCSS } from 'lit';
import UPlot from 'uplot';
import plotStyles from 'uplot/dist/uPlot.min.css?inline';
import { formatDuration } from '../base/duration.ts';
import { shared } from '../base/styles.ts';
import { language, languages, text } from '../base/text.ts';
import { chartStyles, plotHeightPx } from './chartStyles.ts';
import { type Bucket, type DurationName, type Percentiles, percentiles, seriesOf } from './figures.ts';

const isRightToLeft = languages[language].direction === 'rtl';

/** How each percentile is drawn: by a colour of Fluent's, and by its dashes for those who do not tell colours apart. */
const strokes = {
  p50: { colour: '--colorBrandForeground1', dash: [] },
  p95: { colour: '--colorPaletteDarkOrangeForeground1', dash: [8, 4] },
  p99: { colour: '--colorPaletteBerryForeground1', dash: [2, 3] },
} as const;

const second = 1000;
const minute = 60 * second;
const hourMs = 60 * minute;

/** How far apart the marks of the upright axis may be, in milliseconds: as people count time. */
const increments = [1, 2, 5, 10, 20, 50, 100, 200, 500, second, 2 * second, 5 * second, 10 * second]
  .concat([15, 30].map(count => count * second))
  .concat([1, 2, 5, 10, 15, 30].map(count => count * minute))
  .concat([1, 2, 6, 12, 24, 48, 96].map(count => count * hourMs));

const dayMs = 24 * hourMs;

/** How a duration was over time: a curve for each percentile, their totals, and the same numbers as a table. */
export class DurationChart extends LitElement {
  static override properties = {
    name: { attribute: false },
    total: { attribute: false },
    buckets: { attribute: false },
    pointed: { state: true },
  };

  static override styles = [shared, unsafeCSS(plotStyles), chartStyles];

  declare name: DurationName;
  declare total: Percentiles;
  declare buckets: readonly Bucket[];
  /** The step that the pointer is at, by its place. */
  declare pointed: number | undefined;
  #plot: UPlot | undefined;
  readonly #sizes = new ResizeObserver(() => this.#fit());
  /** The look has changed: a canvas knows nothing of style sheets. */
  readonly #looks = new MutationObserver(() => this.#draw());

  constructor() {
    super();
    this.buckets = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes.observe(this);
    this.#looks.observe(document.documentElement, { attributeFilter: ['style'] });
    if (this.hasUpdated) this.#draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
    this.#looks.disconnect();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  override render() {
    const title = text(`insights.${this.name}`);
    const at = this.pointed === undefined ? undefined : this.buckets[this.pointed];
    const shown = at === undefined ? this.total : at.figures?.[this.name];
    return html`
      <h2>${title}</h2>
      <p class="small">${text(`insights.${this.name}.hint`)}</p>
      <dl>
        ${percentiles.map(
          name => html`
            <div>
              <dt><svg viewBox="0 0 28 8" aria-hidden="true"><line class=${name} x1="0" x2="28" y1="4" y2="4" /></svg>${name}</dt>
              <dd>${told(shown?.[name])}</dd>
            </div>`,
        )}
        <div>
          <dt>${text('insights.count')}</dt>
          <dd>${new Intl.NumberFormat(language).format(shown?.count ?? 0)}</dd>
        </div>
        ${at === undefined ? nothing : html`<div><dt>${text('insights.at')}</dt><dd>${this.#time(at.at)}</dd></div>`}
      </dl>
      ${
        this.total.count === 0
          ? html`<p class="small">${text('insights.none')}</p>`
          : html`
            <div class="plot" dir="ltr" role="img" aria-label=${text('insights.chart', { title })}></div>
            <details>
              <summary>${text('insights.numbers')}</summary>
              <div class="scroll" tabindex="0" role="group" aria-label=${title}>${this.#table(title)}</div>
            </details>`
      }
    `;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('buckets') || changed.has('name') || changed.has('total')) this.#draw();
  }

  #table(title: string) {
    return html`
      <table>
        <caption class="heardOnly">${title}</caption>
        <thead>
          <tr>
            <th scope="col">${text('insights.time')}</th>
            <th scope="col">${text('insights.count')}</th>
            ${percentiles.map(name => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${this.buckets.map(({ at, figures }) =>
            figures === undefined
              ? nothing
              : html`
                <tr>
                  <th scope="row">${this.#time(at)}</th>
                  <td>${figures[this.name].count}</td>
                  ${percentiles.map(name => html`<td>${told(figures[this.name][name])}</td>`)}
                </tr>`,
          )}
        </tbody>
      </table>
    `;
  }

  get #isDaily(): boolean {
    const [first, second] = this.buckets;
    return first !== undefined && second !== undefined && second.at - first.at >= dayMs;
  }

  #time(at: number): string {
    const form = this.#isDaily ? daily : hourly;
    return form.format(at);
  }

  #fit(): void {
    const box = this.renderRoot.querySelector<HTMLElement>('.plot');
    if (box && this.#plot && box.clientWidth > 0)
      this.#plot.setSize({ width: box.clientWidth, height: plotHeightPx });
  }

  #draw(): void {
    const box = this.renderRoot.querySelector<HTMLElement>('.plot');
    this.#plot?.destroy();
    this.#plot = undefined;
    if (box === null || box.clientWidth === 0) return;
    const style = getComputedStyle(this);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--colorNeutralForeground3'),
      grid: { stroke: colour('--colorNeutralStroke3'), width: 1 },
      ticks: { stroke: colour('--colorNeutralStroke3'), width: 1 },
      font: `12px ${style.fontFamily}`,
    };
    const marks = this.#isDaily ? day : shortTime(this.buckets);
    this.#plot = new UPlot(
      {
        width: box.clientWidth,
        height: plotHeightPx,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false } },
        scales: {
          x: { dir: isRightToLeft ? -1 : 1 },
          y: { range: (_plot, _least, most) => [0, (most || 1) * 1.1] },
        },
        axes: [
          {
            ...axis,
            values: (_plot, times) => times.map(time => inItsDirection(marks.format(time * 1000))),
            space: 70,
          },
          {
            ...axis,
            side: isRightToLeft ? 1 : 3,
            size: 64,
            incrs: [...increments],
            values: (_plot, values) => values.map(value => inItsDirection(formatDuration(value, language))),
          },
        ],
        series: [
          {},
          ...percentiles.map(name => ({
            label: name,
            stroke: colour(strokes[name].colour),
            width: 2,
            dash: [...strokes[name].dash],
            // So that an hour between two without figures is seen too.
            points: { show: true, size: this.buckets.length > 60 ? 3 : 5 },
          })),
        ],
        hooks: { setCursor: [plot => this.#point(plot.cursor.idx)] },
      },
      seriesOf(this.buckets, this.name),
      box,
    );
  }

  #point(place: number | null | undefined): void {
    this.pointed = place ?? undefined;
  }
}

const hourly = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short' });
const daily = new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short' });
const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
const hour = new Intl.DateTimeFormat(language, { timeStyle: 'short' });

/** Over a few days a mark is a day, within them an hour. */
function shortTime(buckets: readonly Bucket[]): Intl.DateTimeFormat {
  const [first, last] = [buckets[0], buckets.at(-1)];
  return first && last && last.at - first.at > 2 * dayMs ? day : hour;
}

/** A label by itself: a canvas that draws from left to right turns Arabic round otherwise. */
function inItsDirection(label: string): string {
  return isRightToLeft ? `\u2067${label}\u2069` : label;
}

function told(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? '–' : formatDuration(ms, language);
}

customElements.define('bt-duration-chart', DurationChart);
