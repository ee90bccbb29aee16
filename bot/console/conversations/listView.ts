import '@fluentui/web-components/button.js';
import '@fluentui/web-components/spinner.js';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { api } from '../base/api.ts';
import { linkTo } from '../base/route.ts';
import { shared } from '../base/styles.ts';
import { language, text } from '../base/text.ts';
import { Watch } from '../base/watch.ts';
import { Clock } from './clock.ts';
import { list, typing } from './conversationState.ts';
import type { ListFilter } from './foldList.ts';
import { countdownStyles, holderStyles, listItem, rowHeight } from './listItem.ts';
import { listStyles } from './listStyles.ts';
import { pastKey, rowsInView } from './rowsInView.ts';
import type { ConversationView } from './views.ts';
import { waiting } from './waitingNow.ts';
import { errorText } from './words.ts';

const holders = ['all', 'waiting', 'mine', 'bot'] as const satisfies readonly ListFilter['holder'][];

const number = new Intl.NumberFormat(language);

/** So near to the end of what is loaded, in rows, more is asked for. */
const nearEnd = 60;

/** More rows than any screen shows. A row that leaves the screen is used again for one that comes: making one costs more. */
const mostRows = 256;

/**
 * The list of conversations. Only the rows on the screen are drawn, at places that follow from their number: with one
 * height for all there is nothing to measure, which is what a general virtualiser spends its frames on.
 */
export class ListView extends LitElement {
  static override properties = { selected: { type: String }, active: { state: true } };

  static override styles = [shared, listStyles, countdownStyles, holderStyles];

  /** The conversation that is open. */
  declare selected: string | undefined;
  /** The one that the keys move. */
  declare active: string | undefined;
  #top = 0;
  #height = 0;
  readonly #size = new ResizeObserver(([entry]) => {
    this.#height = entry?.contentRect.height ?? 0;
    this.requestUpdate();
  });

  constructor() {
    super();
    new Watch(this, list, ['change']);
    new Watch(this, typing, ['change']);
    new Watch(this, waiting, ['change']);
    new Clock(this);
  }

  override firstUpdated(): void {
    const scroller = this.#scroller;
    if (scroller) this.#size.observe(scroller);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
  }

  override render() {
    const count = waiting.count(api.session?.agent);
    return html`
      <div class="filters">
        <h2>${text('nav.conversations')}</h2>
        <button
          type="button"
          aria-pressed=${list.filter.unread}
          @click=${() => this.#choose({ ...list.filter, unread: !list.filter.unread })}
        >
          ${text('list.unread')}
        </button>
        <div role="group" aria-label=${text('list.filter')}>
          ${holders.map(
            holder =>
              html`<button
                type="button"
                aria-pressed=${holder === list.filter.holder}
                @click=${() => this.#choose({ ...list.filter, holder })}
              >
                ${text(`list.${holder}`)}${holder === 'waiting' && count > 0 ? html`<span class="number">${number.format(count)}</span>` : nothing}
              </button>`,
          )}
        </div>
      </div>
      <p class="heardOnly" role="status">${count > 0 ? text('list.waitingCount', { count }) : nothing}</p>
      ${this.#note()}
      <div
        class="scroller"
        role="listbox"
        tabindex="0"
        aria-label=${text('nav.conversations')}
        aria-activedescendant=${this.#activeId() ?? nothing}
        ?hidden=${list.shown.length === 0}
        @scroll=${this.#scroll}
        @keydown=${this.#key}
      >
        ${this.#rows()}
      </div>
    `;
  }

  /** Puts the focus on the list, where the arrows move. */
  override focus(): void {
    this.#scroller?.focus();
  }

  /** Opens the conversation that stands so many rows below the open one, or above where negative; the first where none is. */
  openBeside(steps: number): void {
    const { shown } = list;
    const place = shown.findIndex(({ id }) => id === this.selected);
    const beside = place < 0 ? 0 : place + steps;
    const view = shown[beside];
    if (view === undefined) return;
    this.#show(beside);
    this.#open(view);
  }

  #rows(): TemplateResult {
    const { shown } = list;
    const { from, to } = this.#range();
    const me = api.session?.agent;
    const longest = waiting.longest(me);
    const now = Date.now();
    return html`<div class="space" role="presentation" .style=${`block-size: ${shown.length * rowHeight}px`}>
      ${repeat(
        shown.slice(from, to),
        (_view, place) => (from + place) % mostRows,
        (view, place) => html`<div
          id=${`row-${view.id}`}
          class="row ${view.id === this.#activeRow() ? 'active' : ''}"
          role="option"
          aria-selected=${view.id === this.selected}
          aria-posinset=${from + place + 1}
          aria-setsize=${list.hasMore ? -1 : shown.length}
          .style=${`transform: translateY(${(from + place) * rowHeight}px)`}
          @click=${() => this.#open(view)}
        >${listItem(view, { now, me, typing: typing.of(view.id), isLongest: view.id === longest })}</div>`,
      )}
    </div>`;
  }

  #note(): TemplateResult | typeof nothing {
    if (list.state === 'loading' && list.shown.length === 0)
      return html`<div class="note"><fluent-spinner aria-label=${text('list.loading')}></fluent-spinner></div>`;
    if (list.error !== undefined)
      return html`<div class="note" role="alert">
        <p>${errorText(list.error)}</p>
        <fluent-button @click=${() => list.load()}>${text('error.retry')}</fluent-button>
      </div>`;
    if (list.shown.length > 0) return nothing;
    const isAll = list.filter.holder === 'all' && !list.filter.unread;
    return html`<p class="note">${text(isAll ? 'list.empty' : 'list.emptyFilter')}</p>`;
  }

  #range(): { from: number; to: number } {
    return rowsInView({ top: this.#top, height: this.#height, rowHeight, count: list.shown.length });
  }

  #activeRow(): string | undefined {
    return this.active ?? this.selected;
  }

  /** A row that is not drawn is none that could be named. */
  #activeId(): string | undefined {
    const { from, to } = this.#range();
    const active = this.#activeRow();
    const place = list.shown.findIndex(({ id }) => id === active);
    return place >= from && place < to ? `row-${active}` : undefined;
  }

  get #scroller(): HTMLElement | null {
    return this.renderRoot.querySelector('.scroller');
  }

  readonly #scroll = (): void => {
    const before = this.#range();
    this.#top = this.#scroller?.scrollTop ?? 0;
    const { from, to } = this.#range();
    if (list.hasMore && to > list.shown.length - nearEnd) void list.more();
    if (from !== before.from || to !== before.to) this.requestUpdate();
  };

  /** Enter opens: whoever goes over the list with the arrows does not open each conversation on the way. */
  readonly #key = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { shown } = list;
    const active = this.#activeRow();
    const place = shown.findIndex(({ id }) => id === active);
    const current = shown[place];
    if ((event.key === 'Enter' || event.key === ' ') && current) {
      event.preventDefault();
      this.#open(current);
      return;
    }
    const next = pastKey(event.key, {
      place,
      count: shown.length,
      page: Math.floor(this.#height / rowHeight),
    });
    if (next === undefined) return;
    event.preventDefault();
    this.active = shown[next]?.id;
    this.#show(next);
  };

  /** Scrolls so far that a row is on the screen. */
  #show(place: number): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const [start, end] = [place * rowHeight, (place + 1) * rowHeight];
    if (start < scroller.scrollTop) scroller.scrollTop = start;
    else if (end > scroller.scrollTop + this.#height) scroller.scrollTop = end - this.#height;
  }

  #open({ id }: ConversationView): void {
    this.active = undefined;
    location.hash = linkTo('conversations', id);
  }

  #choose(filter: ListFilter): void {
    this.active = undefined;
    const scroller = this.#scroller;
    if (scroller) scroller.scrollTop = 0;
    void list.choose(filter);
  }
}

customElements.define('bt-conversation-list', ListView);
