import '@fluentui/web-components/button.js';
import '@fluentui/web-components/spinner.js';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { api } from '../base/api.ts';
import { icon } from '../base/icons.ts';
import { shared } from '../base/styles.ts';
import { isText, text } from '../base/text.ts';
import { dialogStyles } from './dialogStyles.ts';
import type { FailureView, PageOf } from './views.ts';
import { errorText, exactTime, failureText } from './words.ts';

/** A step of a receipt: `docs/audit.md`. */
interface Step {
  readonly id: string;
  readonly at: string;
  readonly outcome: string;
  readonly because: string;
  readonly dueAt?: string;
  readonly by: string;
  readonly event?: string;
  readonly agent?: string;
  readonly via?: string;
  readonly answer?: 'taken' | (FailureView & { readonly detail?: string });
}

/** How a receipt came to be what it is: every step of it, the latest first. */
export class AuditDrawer extends LitElement {
  static override properties = { steps: { state: true }, error: { state: true } };

  static override styles = [
    shared,
    dialogStyles,
    css`
      dialog {
        position: fixed;
        inset-block: 0;
        inset-inline: auto 0;
        margin: 0;
        inline-size: min(26rem, 100vw);
        block-size: 100dvh;
        max-block-size: none;
        border-radius: 0;
        overflow-y: auto;
      }

      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-block-end: var(--spacingVerticalM);
      }

      ol {
        display: grid;
        gap: var(--spacingVerticalL);
        margin: 0;
        padding: 0;
        list-style: none;
      }

      li {
        padding-inline-start: var(--spacingHorizontalM);
        border-inline-start: 3px solid var(--colorBrandStroke2);
        overflow-wrap: anywhere;
      }

      time {
        color: var(--colorNeutralForeground3);
        font-size: var(--fontSizeBase200);
      }

      .refused {
        color: var(--colorStatusDangerForeground3);
      }
    `,
  ];

  declare steps: readonly Step[] | undefined;
  declare error: unknown;
  #message = '';

  override render() {
    return html`<dialog aria-labelledby="title">
      <header>
        <h2 id="title">${text('audit.title')}</h2>
        <fluent-button appearance="subtle" icon-only aria-label=${text('dialog.close')} @click=${this.#close}>${icon('close')}</fluent-button>
      </header>
      ${this.#body()}
    </dialog>`;
  }

  /** Shows the steps of a message's receipt. */
  open(message: string): void {
    this.#message = message;
    this.steps = undefined;
    this.renderRoot.querySelector('dialog')?.showModal();
    void this.#load();
  }

  #body(): TemplateResult {
    if (this.error !== undefined)
      return html`<div role="alert"><p>${errorText(this.error)}</p>
        <fluent-button @click=${() => this.#load()}>${text('error.retry')}</fluent-button></div>`;
    if (this.steps === undefined)
      return html`<fluent-spinner aria-label=${text('audit.loading')}></fluent-spinner>`;
    if (this.steps.length === 0) return html`<p>${text('audit.none')}</p>`;
    return html`<ol>${this.steps.map(step => this.#step(step))}</ol>`;
  }

  #step({ at, outcome, because, dueAt, answer, ...cause }: Step): TemplateResult {
    const title = `outcome.${outcome}`;
    return html`<li>
      <h3>${isText(title) ? text(title) : outcome}</h3>
      <time datetime=${at}>${exactTime(at)}</time>
      <p>${causeText(cause)}</p>
      <p>${text('audit.rule', { rule: because })}</p>
      ${dueAt ? html`<p>${text('audit.due', { time: exactTime(dueAt) })}</p>` : nothing}
      ${answer === undefined ? nothing : answerText(answer)}
    </li>`;
  }

  readonly #close = (): void => this.renderRoot.querySelector('dialog')?.close();

  async #load(): Promise<void> {
    this.error = undefined;
    const message = this.#message;
    try {
      const query = new URLSearchParams({ message, limit: '100' });
      const { items } = await api.ask<PageOf<Step>>(`/api/v1/audit?${query}`);
      if (message === this.#message) this.steps = items;
    } catch (error) {
      if (message === this.#message) this.error = error;
    }
  }
}

function causeText({ by, event, agent, via }: Pick<Step, 'by' | 'event' | 'agent' | 'via'>): string {
  const key = `audit.by.${by}`;
  const did = `audit.event.${event}`;
  const what = isText(did) ? text(did) : (event ?? '');
  const who = isText(key) ? text(key, { event: what, agent: agent ?? text('holder.agent') }) : by;
  return via === undefined ? who : `${who} (${via})`;
}

function answerText(answer: NonNullable<Step['answer']>): TemplateResult {
  if (answer === 'taken') return html`<p>${text('audit.taken')}</p>`;
  return html`<p class="refused">${text('audit.refused', { code: answer.code, reason: failureText(answer.is) })}
    ${answer.detail ? html`<br /><q dir="auto">${answer.detail}</q>` : nothing}</p>`;
}

customElements.define('bt-audit-drawer', AuditDrawer);
