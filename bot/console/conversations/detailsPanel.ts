import '@fluentui/web-components/button.js';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { ApiError, api } from '../base/api.ts';
import { icon } from '../base/icons.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import { contextLines } from './contextLines.ts';
import type { ConversationView, HandoffView, Side } from './views.ts';
import { errorText, exactTime, holderText, kindText } from './words.ts';

/** What the agent who takes a conversation is given: `GET /api/v1/conversations/{id}/handoff`. */
interface Brief extends HandoffView {
  readonly context: Readonly<Record<string, unknown>>;
  readonly transcript: readonly {
    readonly side: Side;
    readonly at?: string;
    readonly sender?: string;
    readonly type: string;
    readonly text?: string;
  }[];
}

/** What is known of a conversation beside its messages: the customer, and what the bot handed over. Event: `closed`. */
export class DetailsPanel extends LitElement {
  static override properties = {
    conversation: { attribute: false },
    brief: { state: true },
    revealed: { state: true },
    error: { state: true },
  };

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        padding: var(--spacingVerticalM) var(--spacingHorizontalL);
        background: var(--colorNeutralBackground1);
        overflow-y: auto;
        overflow-wrap: anywhere;
      }

      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
      }

      section {
        padding-block: var(--spacingVerticalM);
        border-block-end: 1px solid var(--colorNeutralStroke2);
      }

      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--spacingVerticalXS) var(--spacingHorizontalM);
        margin: var(--spacingVerticalS) 0;
      }

      dt {
        color: var(--colorNeutralForeground3);
      }

      dd {
        margin: 0;
      }

      ol {
        display: grid;
        gap: var(--spacingVerticalS);
        margin: var(--spacingVerticalS) 0 0;
        padding: 0;
        list-style: none;
      }

      li {
        padding-inline-start: var(--spacingHorizontalS);
        border-inline-start: 3px solid var(--colorNeutralStroke1);
        white-space: pre-wrap;
      }

      li.business {
        border-inline-start-color: var(--colorBrandStroke1);
      }

      small {
        display: block;
        color: var(--colorNeutralForeground3);
      }
    `,
  ];

  declare conversation: ConversationView;
  declare brief: Brief | undefined;
  /** Who the customer is, for supervisors who ask. */
  declare revealed: { readonly customer: string; readonly name?: string } | undefined;
  declare error: unknown;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('conversation')) return;
    const before = changed.get('conversation');
    if (before?.id !== this.conversation.id) {
      this.revealed = undefined;
      this.brief = undefined;
    }
    const { handoff } = this.conversation;
    // Who takes a conversation without being asked is given nothing that does not stand in the thread.
    const began = handoff?.by === 'agent' ? undefined : handoff?.at;
    if (began === undefined) this.brief = undefined;
    else if (before?.id !== this.conversation.id || before.handoff?.at !== began) void this.#load();
  }

  override render() {
    return html`
      <header>
        <h2>${text('details.title')}</h2>
        <fluent-button appearance="subtle" icon-only aria-label=${text('dialog.close')} @click=${() => this.dispatchEvent(new Event('closed'))}>${icon('close')}</fluent-button>
      </header>
      <section>
        ${this.#facts()}
        ${
          api.may('supervisor') && this.revealed === undefined
            ? html`<fluent-button size="small" @click=${this.#reveal}>${icon('eye', 'start')}${text('details.reveal')}</fluent-button>`
            : nothing
        }
        ${this.error === undefined ? nothing : html`<p role="alert">${errorText(this.error)}</p>`}
      </section>
      ${this.brief ? this.#handedOver(this.brief) : nothing}
    `;
  }

  #facts(): TemplateResult {
    const { customer, channel, business, workstream, window } = this.conversation;
    const facts: readonly [Parameters<typeof text>[0], string | undefined][] = [
      ['details.name', this.revealed?.name],
      ['details.customer', this.revealed?.customer ?? customer.masked],
      ['details.channel', channel],
      ['details.business', business],
      ['details.workstream', workstream],
      ['details.holder', holderText(this.conversation, api.session?.agent)],
      ['details.window', window.closesAt === null ? undefined : exactTime(window.closesAt)],
    ];
    return html`<dl>
      ${facts.map(([key, value]) => (value === undefined ? nothing : html`<dt>${text(key)}</dt><dd><bdi>${value}</bdi></dd>`))}
    </dl>`;
  }

  #handedOver({ at, reason, context, transcript }: Brief): TemplateResult {
    // The reason is most often one of its values: once is enough.
    const lines = contextLines(context).filter(([, value]) => value !== reason);
    return html`
      <section>
        <h3>${text('details.handoff')}</h3>
        <p><small>${exactTime(at)}</small></p>
        ${reason ? html`<p><bdi>${reason}</bdi></p>` : nothing}
        ${lines.length === 0 ? nothing : html`<dl>${lines.map(([name, value]) => html`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>`)}</dl>`}
      </section>
      ${
        transcript.length === 0
          ? nothing
          : html`<section>
              <h3>${text('details.transcript')}</h3>
              <ol>
                ${transcript.map(
                  line =>
                    html`<li class=${line.side}><small>${line.side === 'customer' ? text('details.customer') : text(line.sender === 'agent' ? 'holder.agent' : 'holder.bot')}</small><bdi>${line.text ?? kindText(line.type)}</bdi></li>`,
                )}
              </ol>
            </section>`
      }
    `;
  }

  async #load(): Promise<void> {
    const { id } = this.conversation;
    try {
      const brief = await api.ask<Brief>(`/api/v1/conversations/${encodeURIComponent(id)}/handoff`);
      if (id === this.conversation.id) this.brief = brief;
    } catch (error) {
      // The bot has it again by now: there is nothing to show.
      if (!(error instanceof ApiError && error.status === 409)) this.error = error;
    }
  }

  readonly #reveal = async (): Promise<void> => {
    const { id } = this.conversation;
    this.error = undefined;
    try {
      const revealed = await api.ask<NonNullable<typeof this.revealed>>(
        `/api/v1/conversations/${encodeURIComponent(id)}/customer`,
      );
      if (id === this.conversation.id) this.revealed = revealed;
    } catch (error) {
      this.error = error;
    }
  };
}

customElements.define('bt-details', DetailsPanel);
