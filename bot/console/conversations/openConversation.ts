import '@fluentui/web-components/button.js';
import './auditDrawer.ts';
import './composer.ts';
import './detailsPanel.ts';
import './handoffBanner.ts';
import './threadView.ts';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { api } from '../base/api.ts';
import { icon } from '../base/icons.ts';
import { type LiveEvent, live } from '../base/live.ts';
import { goTo, linkTo } from '../base/route.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import { Watch } from '../base/watch.ts';
import { reportAgent } from './agentEvents.ts';
import type { AuditDrawer } from './auditDrawer.ts';
import { Clock } from './clock.ts';
import { list, typing } from './conversationState.ts';
import { countdown, countdownStyles, holderStyles } from './listItem.ts';
import { markRead } from './markRead.ts';
import { conversationStyles } from './openConversationStyles.ts';
import { isOpening } from './opened.ts';
import { Thread } from './thread.ts';
import type { ThreadView } from './threadView.ts';
import type { ConversationView } from './views.ts';
import { errorText, holderText } from './words.ts';

/** Where the details stand beside the messages, and not over them: as the styles have it. */
const wide = matchMedia('(min-width: 1101px)');

/** Where there is a mouse, and with it most likely a keyboard. */
const desk = matchMedia('(pointer: fine)');

/** A conversation with all that belongs to it: its messages, who holds it, and where one writes. */
export class OpenConversation extends LitElement {
  static override properties = {
    conversation: { type: String },
    thread: { state: true },
    version: { state: true },
    details: { state: true },
    error: { state: true },
  };

  static override styles = [shared, conversationStyles, countdownStyles, holderStyles];

  /** The id of the conversation. */
  declare conversation: string;
  declare thread: Thread;
  declare version: number;
  /** Whether what is known beside the messages is shown: by itself where there is room, and something was handed over. */
  declare details: boolean | undefined;
  declare error: unknown;
  #isNew = true;
  /** The agent has just taken it, and the composer is to come. */
  #isTaken = false;
  /** For which hand-off, and which newest message of the customer's, `opened` was reported. */
  #reported: string | undefined;

  constructor() {
    super();
    this.version = 0;
    new Watch(this, list, ['change'], () => this.#look());
    new Watch(this, typing, ['change']);
    new Watch(this, live, ['change', 'reload'], event => this.#hear(event));
    new Watch(this, document, ['visibilitychange'], () => this.#look());
    new Clock(this);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('conversation')) return;
    this.thread?.removeEventListener('change', this.#changed);
    this.thread = new Thread(this.conversation);
    this.thread.addEventListener('change', this.#changed);
    this.#reported = undefined;
    this.#isNew = true;
    this.#isTaken = false;
    this.details = undefined;
    this.error = undefined;
    list.open(this.conversation);
    void this.thread.load();
  }

  /** Whoever opens or takes a conversation at a desk wants to write; on a phone the keyboard would hide it. */
  override updated(): void {
    if (!this.#isNew || list.get(this.conversation) === undefined) return;
    const composer = this.renderRoot.querySelector<HTMLElement>('bt-composer');
    this.#isNew = this.#isTaken && composer === null;
    if (desk.matches) composer?.focus();
  }

  override render() {
    const view = list.get(this.conversation);
    if (view === undefined) return this.#unknown();
    const isGiven = view.handoff !== undefined && view.handoff.by !== 'agent';
    const hasDetails = this.details ?? (isGiven && wide.matches);
    return html`
      <section class="talk" aria-label=${text('thread.with', { customer: view.customer.masked })} @markRead=${this.#markRead} @audit=${this.#audit} @again=${this.#again} @discard=${this.#discard}>
        ${this.#header(view, hasDetails)}
        <bt-handoff-banner .conversation=${view} @left=${() => goTo('conversations')} @taken=${this.#taken}></bt-handoff-banner>
        ${this.error === undefined ? nothing : html`<p class="refusal" role="alert">${errorText(this.error)}</p>`}
        <bt-thread .thread=${this.thread} .version=${this.version}></bt-thread>
        ${this.#typists(view)}
        ${view.holder === 'bot' ? nothing : html`<bt-composer .conversation=${view} .thread=${this.thread} @sent=${this.#sent}></bt-composer>`}
      </section>
      ${hasDetails ? html`<bt-details .conversation=${view} @closed=${() => this.#showDetails(false)}></bt-details>` : nothing}
      <bt-audit-drawer></bt-audit-drawer>
    `;
  }

  #header(view: ConversationView, hasDetails: boolean): TemplateResult {
    const { customer, channel, workstream, holder } = view;
    return html`<header>
      ${this.#back()}
      <div class="title">
        <h2><bdi dir="ltr">${customer.masked}</bdi></h2>
        <span class="faint" role="status"
          >${typing.of(view.id).customer ? text('typing.customer') : workstream === undefined ? channel : `${channel} · ${workstream}`}</span
        >
      </div>
      <span class="holder ${holder}">${holderText(view, api.session?.agent)}</span>
      ${countdown(view, Date.now())}
      <fluent-button appearance="subtle" icon-only aria-label=${text('details.title')} title=${text('details.title')} role="button" aria-expanded=${hasDetails} @click=${() => this.#showDetails(!hasDetails)}>${icon('details')}</fluent-button>
    </header>`;
  }

  #unknown(): TemplateResult {
    if (this.thread.error === undefined)
      return html`<div class="note">${this.#back()}<p role="status">${text('thread.loading')}</p></div>`;
    return html`<div class="note" role="alert">
      ${this.#back()}
      <p>${errorText(this.thread.error)}</p>
      <fluent-button @click=${this.#retry}>${text('error.retry')}</fluent-button>
    </div>`;
  }

  readonly #retry = (): void => {
    list.refresh(this.conversation);
    void this.thread.load();
  };

  #back(): TemplateResult {
    return html`<fluent-anchor-button class="back" appearance="subtle" icon-only href=${linkTo('conversations')} aria-label=${text('thread.back')}>${icon('back')}</fluent-anchor-button>`;
  }

  /** Its line is always there: nothing moves when somebody begins to write. */
  #typists({ id }: ConversationView): TemplateResult {
    const { business, agent } = typing.of(id);
    const colleague = agent !== undefined && agent !== '' && agent !== api.session?.agent;
    return html`<p class="typists" role="status">
      ${colleague ? html`<span>${text('typing.agent', { agent })}</span>` : nothing}
      ${business ? html`<span>${text('typing.shown')}</span>` : nothing}
    </p>`;
  }

  #hear(event: Event): void {
    if (!(event instanceof CustomEvent)) {
      void this.thread.load();
      return;
    }
    const change: LiveEvent = event.detail;
    if (change.conversation === this.conversation) this.thread.apply(change);
  }

  readonly #changed = (): void => {
    this.version += 1;
    this.#look();
  };

  /** Reports that an agent has opened it, once for what the customer has written by then. */
  #look(): void {
    const view = list.get(this.conversation);
    const newest = this.thread?.items.findLast(({ side }) => side === 'customer')?.ref;
    if (view === undefined || newest === undefined || document.visibilityState !== 'visible') return;
    if (!isOpening(view, api.session?.agent)) return;
    // Handed over again, it is to be opened again.
    const mark = `${view.handoff?.at} ${view.assignedTo} ${newest}`;
    if (this.#reported === mark) return;
    this.#reported = mark;
    reportAgent(view.id, { event: 'opened' }).catch(error => {
      this.#reported = undefined;
      this.error = error;
    });
  }

  #showDetails(shown: boolean): void {
    this.details = shown;
  }

  readonly #taken = (): void => {
    this.#isNew = true;
    this.#isTaken = true;
    this.requestUpdate();
  };

  readonly #sent = (): void => this.renderRoot.querySelector<ThreadView>('bt-thread')?.toEnd();

  readonly #markRead = (event: Event): void => {
    this.error = undefined;
    markRead((event as CustomEvent<string>).detail).catch(error => {
      this.error = error;
    });
  };

  readonly #audit = (event: Event): void => {
    this.renderRoot
      .querySelector<AuditDrawer>('bt-audit-drawer')
      ?.open((event as CustomEvent<string>).detail);
  };

  readonly #again = (event: Event): void => void this.thread.again((event as CustomEvent<string>).detail);

  readonly #discard = (event: Event): void => this.thread.discard((event as CustomEvent<string>).detail);
}

customElements.define('bt-conversation', OpenConversation);
