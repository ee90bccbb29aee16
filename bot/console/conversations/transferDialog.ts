import '@fluentui/web-components/button.js';
import { css, html, LitElement } from 'lit';
import { api } from '../base/api.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import { list } from './conversationState.ts';
import { dialogStyles } from './dialogStyles.ts';

/** Asks to whom a conversation goes. Event: `transferred`, a `CustomEvent` with the colleague's name, or '' for the queue. */
export class TransferDialog extends LitElement {
  static override styles = [
    shared,
    dialogStyles,
    css`
      dialog {
        inline-size: min(24rem, calc(100vw - 2rem));
      }

      form,
      fieldset,
      label.name {
        display: grid;
        gap: var(--spacingVerticalS);
      }

      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
      }

      legend {
        padding: 0;
        margin-block-end: var(--spacingVerticalS);
      }

      input[type='text'] {
        font: inherit;
        color: var(--colorNeutralForeground1);
        background: var(--colorNeutralBackground1);
        padding: var(--spacingVerticalSNudge) var(--spacingHorizontalS);
        border: 1px solid var(--colorNeutralStrokeAccessible);
        border-radius: var(--borderRadiusMedium);
      }
    `,
  ];

  override render() {
    const colleagues = list.colleagues.filter(name => name !== api.session?.agent);
    return html`<dialog aria-labelledby="title">
      <form @submit=${this.#submit}>
        <h2 id="title">${text('transfer.title')}</h2>
        <fieldset>
          <legend class="heardOnly">${text('transfer.to')}</legend>
          <label><input type="radio" name="to" value="queue" checked /> ${text('transfer.queue')}</label>
          <label><input type="radio" name="to" value="colleague" /> ${text('transfer.colleague')}</label>
        </fieldset>
        <label class="name">
          ${text('transfer.name')}
          <input type="text" name="name" list="colleagues" autocomplete="off" maxlength="80" @input=${this.#name} />
          <datalist id="colleagues">${colleagues.map(name => html`<option value=${name}></option>`)}</datalist>
        </label>
        <div class="acts">
          <fluent-button @click=${this.#close}>${text('dialog.cancel')}</fluent-button>
          <fluent-button type="submit" appearance="primary">${text('handoff.transfer')}</fluent-button>
        </div>
      </form>
    </dialog>`;
  }

  /** Shows it, with the colleagues that are known by now. */
  open(): void {
    this.requestUpdate();
    this.#form?.reset();
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  get #form(): HTMLFormElement | null {
    return this.renderRoot.querySelector('form');
  }

  /** Whoever writes a name means that colleague. */
  readonly #name = (): void => {
    const choice = this.renderRoot.querySelector<HTMLInputElement>('input[value=colleague]');
    if (choice) choice.checked = true;
  };

  readonly #close = (): void => this.renderRoot.querySelector('dialog')?.close();

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const name = String(form.get('name') ?? '').trim();
    const to = form.get('to') === 'colleague' ? name : '';
    if (form.get('to') === 'colleague' && name === '') {
      this.renderRoot.querySelector<HTMLInputElement>('input[type=text]')?.focus();
      return;
    }
    this.#close();
    this.dispatchEvent(new CustomEvent('transferred', { detail: to }));
  };
}

customElements.define('bt-transfer-dialog', TransferDialog);
