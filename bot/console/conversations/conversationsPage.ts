import '@fluentui/web-components/anchor-button.js';
import './listView.ts';
import './openConversation.ts';
import { css, html, LitElement } from 'lit';
import { icon } from '../base/icons.ts';
import { type LiveEvent, live } from '../base/live.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import { Watch } from '../base/watch.ts';
import { list, typing } from './conversationState.ts';

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
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void list.load();
  }

  override willUpdate(): void {
    if (this.selected === undefined) list.open(undefined);
  }

  override render() {
    const { selected } = this;
    return html`
      <h1 class="heardOnly">${text('nav.conversations')}</h1>
      <bt-conversation-list class=${selected === undefined ? '' : 'behind'} .selected=${selected}></bt-conversation-list>
      ${
        selected === undefined
          ? html`<div class="empty">${icon('chat')}<p>${text('thread.none')}</p></div>`
          : html`<bt-conversation .conversation=${selected}></bt-conversation>`
      }
    `;
  }

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
