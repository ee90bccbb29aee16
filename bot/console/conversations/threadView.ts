import '@fluentui/web-components/button.js';
import '@fluentui/web-components/spinner.js';
import './bubble.ts';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { icon } from '../base/icons.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import { hasBubble } from './foldThread.ts';
import { firstPast } from './rowsInView.ts';
import type { Thread } from './thread.ts';
import type { ThreadItem } from './views.ts';
import { dayKey, dayText, errorText, kindText } from './words.ts';

/** So near to an edge, in pixels, counts as at it. */
const nearEdge = 80;

/**
 * The messages of a conversation. It stays at the end while it is there, and where it was while somebody reads further up.
 * The page draws it anew: it watches nothing itself.
 */
export class ThreadView extends LitElement {
  static override properties = {
    thread: { attribute: false },
    version: { type: Number },
    missed: { state: true },
    heard: { state: true },
  };

  static override styles = [
    shared,
    css`
      :host {
        position: relative;
        display: flex;
        flex-direction: column;
        flex: 1;
        min-block-size: 0;
      }

      .scroller {
        flex: 1;
        min-block-size: 0;
        overflow-y: auto;
        overflow-anchor: none;
        padding: var(--spacingVerticalM) var(--spacingHorizontalL);
      }

      .scroller:focus-visible {
        outline-offset: -2px;
      }

      .messages {
        display: flex;
        flex-direction: column;
        justify-content: flex-end;
        gap: var(--spacingVerticalS);
        min-block-size: 100%;
      }

      .day {
        align-self: center;
        padding: var(--spacingVerticalXXS) var(--spacingHorizontalM);
        border-radius: var(--borderRadiusCircular);
        background: var(--colorNeutralBackground4);
        color: var(--colorNeutralForeground2);
        font-size: var(--fontSizeBase200);
        font-weight: var(--fontWeightRegular);
      }

      .day::first-letter {
        text-transform: uppercase;
      }

      .wait {
        display: grid;
        justify-items: center;
        gap: var(--spacingVerticalM);
        padding: var(--spacingVerticalL);
        color: var(--colorNeutralForeground3);
      }

      .down {
        position: absolute;
        inset-block-end: var(--spacingVerticalM);
        inset-inline-end: var(--spacingHorizontalL);
        box-shadow: var(--shadow8);
        border-radius: var(--borderRadiusCircular);
      }
    `,
  ];

  declare thread: Thread;
  /** Changes whenever the thread has. */
  declare version: number;
  /** Messages that came while somebody read further up. */
  declare missed: number;
  /** The latest message, for those who do not see it come. */
  declare heard: string;
  #isAtEnd = true;
  #scrolledTo = 0;
  #anchor: { readonly ref: string; readonly top: number } | undefined;
  // Messages draw themselves after the list of them: only here are they as high as they will be, and nothing is painted yet.
  readonly #size = new ResizeObserver(() => (this.#isAtEnd ? this.#stayAtEnd() : this.#stayHere()));

  constructor() {
    super();
    this.missed = 0;
    this.heard = '';
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('thread')) {
      changed.get('thread')?.removeEventListener('arrived', this.#arrive);
      this.thread.addEventListener('arrived', this.#arrive);
      this.#isAtEnd = true;
      this.missed = 0;
      this.heard = '';
    }
  }

  override firstUpdated(): void {
    for (const element of this.renderRoot.querySelectorAll('.scroller, .messages'))
      this.#size.observe(element);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
    this.thread.removeEventListener('arrived', this.#arrive);
  }

  override updated(): void {
    this.#stayAtEnd();
  }

  /** Goes to the newest message. */
  toEnd(): void {
    this.#isAtEnd = true;
    this.missed = 0;
    this.#stayAtEnd();
  }

  override render() {
    const { thread } = this;
    const items = thread.items.filter(hasBubble);
    return html`
      <div class="scroller" role="region" tabindex="0" aria-label=${text('thread.label')} @scroll=${this.#scroll}>
        <div class="messages">
          ${this.#top(items.length)}
          ${repeat(
            items,
            ({ ref }) => ref,
            (item, place) => this.#item(item, items[place - 1]),
          )}
        </div>
      </div>
      ${
        this.#isAtEnd
          ? nothing
          : html`<fluent-button class="down" shape="circular" ?icon-only=${this.missed === 0} aria-label=${text('thread.toEnd')} @click=${this.toEnd}>
              ${this.missed === 0 ? icon('down') : html`${icon('down', 'start')}${text('thread.missed', { count: this.missed })}`}
            </fluent-button>`
      }
      <div class="heardOnly" role="log" aria-live="polite">${this.heard}</div>
    `;
  }

  #top(count: number): TemplateResult | typeof nothing {
    const { state, error, hasEarlier } = this.thread;
    if (state === 'loading')
      return html`<div class="wait"><fluent-spinner aria-label=${text('thread.loading')}></fluent-spinner></div>`;
    if (error !== undefined)
      return html`<div class="wait" role="alert">
        <p>${errorText(error)}</p>
        <fluent-button @click=${() => this.thread.load()}>${text('error.retry')}</fluent-button>
      </div>`;
    if (hasEarlier)
      return html`<div class="wait"><fluent-button size="small" @click=${() => this.thread.earlier()}>${text('thread.earlier')}</fluent-button></div>`;
    return count === 0 ? html`<p class="wait">${text('thread.empty')}</p>` : nothing;
  }

  #item(item: ThreadItem, before: ThreadItem | undefined): TemplateResult {
    const isNewDay = before === undefined || dayKey(before.at) !== dayKey(item.at);
    return html`${isNewDay ? html`<h3 class="day">${dayText(item.at, Date.now())}</h3>` : nothing}
      <bt-bubble data-ref=${item.ref} .item=${item} .quoted=${this.thread.find(item.content.replyTo)}></bt-bubble>`;
  }

  get #scroller(): HTMLElement {
    return this.renderRoot.querySelector('.scroller') as HTMLElement;
  }

  readonly #scroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const isUp = scrollTop < this.#scrolledTo;
    this.#scrolledTo = scrollTop;
    this.#anchor = this.#firstOnScreen();
    // What has grown below has moved nobody away from the end: only whoever scrolls up leaves it.
    const isAtEnd = scrollHeight - scrollTop - clientHeight < nearEdge || (this.#isAtEnd && !isUp);
    if (isAtEnd !== this.#isAtEnd) {
      this.#isAtEnd = isAtEnd;
      if (isAtEnd) this.missed = 0;
      this.requestUpdate();
    }
    if (scrollTop < nearEdge && !isAtEnd) void this.thread.earlier();
  };

  readonly #arrive = (event: Event): void => {
    const { content } = (event as CustomEvent<ThreadItem>).detail;
    this.heard = text('thread.heard', { text: content.text ?? kindText(content.type) });
    if (!this.#isAtEnd) this.missed += 1;
  };

  #stayAtEnd(): void {
    const scroller = this.renderRoot.querySelector('.scroller');
    if (this.#isAtEnd && scroller) scroller.scrollTop = scroller.scrollHeight;
  }

  /** Keeps the message that is first on the screen where it is, whatever was put in above it. */
  #stayHere(): void {
    const top = this.#anchor && this.#topOf(this.#anchor.ref);
    if (this.#anchor && top !== undefined) this.#scroller.scrollTop += top - this.#anchor.top;
  }

  #firstOnScreen(): { ref: string; top: number } | undefined {
    const edge = this.#scroller.getBoundingClientRect().top;
    const bubbles = this.renderRoot.querySelectorAll<HTMLElement>('bt-bubble');
    const bottomOf = (place: number) => bubbles[place]?.getBoundingClientRect().bottom ?? 0;
    const first = bubbles[firstPast(bubbles.length, place => bottomOf(place) > edge)];
    return first && { ref: first.dataset.ref ?? '', top: first.getBoundingClientRect().top };
  }

  #topOf(ref: string): number | undefined {
    return this.renderRoot.querySelector(`bt-bubble[data-ref="${CSS.escape(ref)}"]`)?.getBoundingClientRect()
      .top;
  }
}

customElements.define('bt-thread', ThreadView);
