import '@fluentui/web-components/button.js';
import './listView.ts';
import './openConversation.ts';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { api } from '../base/api.ts';
import { icon } from '../base/icons.ts';
import { type LiveEvent, live } from '../base/live.ts';
import { goTo } from '../base/route.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import { Watch } from '../base/watch.ts';
import { list, typing } from './conversationState.ts';
import type { ListView } from './listView.ts';
import { shortcutOf } from './shortcuts.ts';
import { waiting } from './waitingNow.ts';

/** The conversations: the list, and beside it the one that is open. On a narrow screen it is one of the two. */
export class ConversationsPage extends LitElement {
  static override properties = { selected: { type: String } };

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(18rem, 24rem) minmax(0, 1fr);
        block-size: 100%;
        min-block-size: 0;
      }

      :host > * {
        min-block-size: 0;
      }

      bt-conversation-list {
        border-inline-end: 1px solid var(--colorNeutralStroke2);
      }

      .empty {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: var(--spacingVerticalM);
        color: var(--colorNeutralForeground3);
      }

      .empty .icon {
        inline-size: 3rem;
        block-size: 3rem;
      }

      @media (max-width: 720px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }

        .empty,
        bt-conversation-list.behind {
          display: none;
        }
      }
    `,
  ];

  /** The id of the conversation that is open, as the address has it. */
  declare selected: string | undefined;

  constructor() {
    super();
    new Watch(this, live, ['change', 'reload'], event => this.#hear(event));
    new Watch(this, waiting, ['change']);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('keydown', this.#key);
    void list.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('keydown', this.#key);
  }

  override willUpdate(): void {
    if (this.selected === undefined) list.open(undefined);
  }

  /** What had the focus is gone with the conversation: it goes on in the list. */
  override updated(changed: PropertyValues<this>): void {
    if (changed.get('selected') !== undefined && this.selected === undefined) this.#list?.focus();
  }

  override render() {
    const { selected } = this;
    return html`
      <h1 class="heardOnly">${text('nav.conversations')}</h1>
      <bt-conversation-list class=${selected === undefined ? '' : 'behind'} .selected=${selected}></bt-conversation-list>
      ${
        selected === undefined
          ? html`<div class="empty">${icon('chat')}<p>${text('thread.none')}</p>${this.#longest()}</div>`
          : html`<bt-conversation .conversation=${selected} @leave=${this.#leave}></bt-conversation>`
      }
    `;
  }

  #longest(): TemplateResult | typeof nothing {
    if (waiting.longest(api.session?.agent) === undefined) return nothing;
    return html`<fluent-button @click=${this.#openLongest}>${text('thread.longest')}</fluent-button>`;
  }

  get #list(): ListView | null {
    return this.renderRoot.querySelector('bt-conversation-list');
  }

  readonly #openLongest = (): void => {
    const longest = waiting.longest(api.session?.agent);
    if (longest !== undefined) goTo('conversations', longest);
  };

  readonly #key = (event: KeyboardEvent): void => {
    const shortcut = shortcutOf(event);
    // In a choice these keys open it, and behind a dialog nothing is to move.
    const isElsewhere = event
      .composedPath()
      .some(element => element instanceof HTMLSelectElement || element instanceof HTMLDialogElement);
    if (shortcut === undefined || isElsewhere) return;
    event.preventDefault();
    if (shortcut === 'longest') this.#openLongest();
    else this.#list?.openBeside(shortcut === 'next' ? 1 : -1);
  };

  /** From writing to the list; where there is room for one of the two alone, the conversation is left. */
  readonly #leave = (): void => {
    if (this.#list?.checkVisibility()) this.#list.focus();
    else goTo('conversations');
  };

  #hear(event: Event): void {
    if (event instanceof CustomEvent) {
      const change: LiveEvent = event.detail;
      list.apply(change);
      typing.apply(change);
      return;
    }
    typing.clear();
    void list.load();
    if (this.selected !== undefined) list.refresh(this.selected);
  }
}

customElements.define('bt-conversations', ConversationsPage);
