import '@fluentui/web-components/button.js';
import './transferDialog.ts';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { api } from '../base/api.ts';
import { icon } from '../base/icons.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import { type AgentReport, giveBack, reportAgent } from './agentEvents.ts';
import { Clock } from './clock.ts';
import type { TransferDialog } from './transferDialog.ts';
import type { ConversationView } from './views.ts';
import { errorText, since } from './words.ts';

/** Who holds a conversation, and what can be done about it: accept, take over, transfer, give back, close. Events: `taken`; `left`, after a transfer. */
export class HandoffBanner extends LitElement {
  static override properties = {
    conversation: { attribute: false },
    isBusy: { state: true },
    error: { state: true },
  };

  static override styles = [
    shared,
    css`
      .banner {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--spacingVerticalXS) var(--spacingHorizontalS);
        padding: var(--spacingVerticalXS) var(--spacingHorizontalL);
        min-block-size: 2.75rem;
        border-block-end: 1px solid var(--colorNeutralStroke2);
        background: var(--colorNeutralBackground2);
      }

      .banner.queue {
        background: var(--colorStatusWarningBackground1);
        color: var(--colorStatusWarningForeground1);
      }

      .banner.mine {
        background: var(--colorBrandBackground2);
        color: var(--colorBrandForeground2);
      }

      .icon {
        flex-shrink: 0;
      }

      .told {
        flex: 1 1 10rem;
        min-inline-size: 0;
      }

      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--spacingHorizontalS);
        margin-inline-start: auto;
      }

      .reason {
        display: block;
        font-size: var(--fontSizeBase200);
        overflow-wrap: anywhere;
      }

      .refusal {
        flex-basis: 100%;
        color: var(--colorStatusDangerForeground3);
      }
    `,
  ];

  declare conversation: ConversationView;
  declare isBusy: boolean;
  declare error: unknown;

  constructor() {
    super();
    this.isBusy = false;
    new Clock(this);
  }

  override render() {
    const { holder } = this.conversation;
    const isMine = this.#isMine();
    return html`
      <div class="banner ${isMine ? 'mine' : holder}">
        ${icon(holder === 'agent' ? 'person' : holder)}
        <span class="told" role="status">${this.#told()}</span>
        <span class="acts">${this.#acts(isMine)}</span>
        ${this.error === undefined ? nothing : html`<p class="refusal" role="alert">${errorText(this.error)}</p>`}
      </div>
      <bt-transfer-dialog @transferred=${this.#transferTo}></bt-transfer-dialog>
    `;
  }

  #isMine(): boolean {
    const { holder, agent } = this.conversation;
    return holder === 'agent' && agent === api.session?.agent;
  }

  #told(): TemplateResult | string {
    const { holder, agent, assignedTo, handoff } = this.conversation;
    if (holder === 'bot') return text('handoff.bot');
    if (this.#isMine()) return text('handoff.mine');
    if (holder === 'agent')
      return agent === undefined ? text('handoff.someone') : text('handoff.other', { agent });
    const waits =
      assignedTo === undefined ? text('handoff.queue') : text('handoff.assigned', { agent: assignedTo });
    const time = handoff && since(handoff.at, Date.now());
    const reason = handoff?.reason;
    return html`${waits} ${time ? html`<span aria-hidden="true">· ${time}</span>` : nothing}${reason ? html`<bdi class="reason">${reason}</bdi>` : nothing}`;
  }

  #acts(isMine: boolean): TemplateResult {
    const { holder } = this.conversation;
    if (holder === 'bot') return this.#act('handoff.takeOver', this.#accept);
    if (holder === 'queue')
      return html`${this.#act('handoff.accept', this.#accept, true)}
      ${this.#act('handoff.giveBack', () => this.#do(() => giveBack(this.conversation)))}`;
    const over = isMine ? nothing : this.#act('handoff.takeOver', this.#accept);
    return html`${over} ${this.#act('handoff.transfer', () => this.#dialog?.open())}
    ${this.#act('handoff.close', () => this.#report({ event: 'closed' }))}`;
  }

  #act(
    key: 'handoff.accept' | 'handoff.takeOver' | 'handoff.transfer' | 'handoff.close' | 'handoff.giveBack',
    act: () => unknown,
    isFirst = false,
  ): TemplateResult {
    const appearance = isFirst ? 'primary' : 'outline';
    return html`<fluent-button size="small" appearance=${appearance} ?disabled=${this.isBusy} @click=${act}>${text(key)}</fluent-button>`;
  }

  get #dialog(): TransferDialog | null {
    return this.renderRoot.querySelector('bt-transfer-dialog');
  }

  readonly #transferTo = (event: Event): void => {
    const to = (event as CustomEvent<string>).detail;
    void this.#do(async () => {
      await reportAgent(this.conversation.id, { event: 'transferred', ...(to !== '' && { to }) });
      // Whoever went on looking would take it back with the customer's next message.
      this.dispatchEvent(new Event('left'));
    });
  };

  readonly #accept = async (): Promise<void> => {
    await this.#report({ event: 'accepted' });
    if (this.error === undefined) this.dispatchEvent(new Event('taken'));
  };

  #report(report: AgentReport): Promise<void> {
    return this.#do(() => reportAgent(this.conversation.id, report));
  }

  async #do(act: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.error = undefined;
    try {
      await act();
    } catch (error) {
      this.error = error;
    } finally {
      this.isBusy = false;
    }
  }
}

customElements.define('bt-handoff-banner', HandoffBanner);
