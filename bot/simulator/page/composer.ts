import { css, html, LitElement, nothing } from 'lit';
import { shared } from '../../console/base/styles.ts';
import { text } from '../../console/base/text.ts';
import type { PhoneMessage } from '../phoneScreen.ts';
import { icons } from './icons.ts';
import { parts } from './parts.ts';

/** What the customer sends: told as the event `sent`. */
export interface Written {
  readonly text: string;
  readonly file: File | undefined;
}

/** Where the customer writes. Events: `sent` (see {@link Written}), `replyCancelled`. */
export class Composer extends LitElement {
  static override properties = {
    replyTo: { attribute: false },
    written: { state: true },
    file: { state: true },
  };

  static override styles = [
    shared,
    parts,
    css`
      :host {
        display: block;
        padding: 0.4rem;
        background: var(--phoneBar);
        color: var(--phoneText);
      }

      form {
        display: flex;
        align-items: flex-end;
        gap: 0.3rem;
      }

      textarea {
        flex: 1;
        min-inline-size: 0;
        field-sizing: content;
        min-block-size: 2.5rem;
        max-block-size: 8rem;
        padding: 0.55rem 0.8rem;
        border: 1px solid var(--phoneLine);
        border-radius: 1.25rem;
        background: var(--phoneField);
        color: inherit;
        font: inherit;
        resize: none;
      }

      textarea::placeholder {
        color: var(--phoneFaint);
        opacity: 1;
      }

      .send {
        background: var(--phoneAccent);
        color: var(--phoneOnAccent);
      }

      .send:hover {
        background: var(--phoneAccent);
        filter: brightness(1.1);
      }

      .with {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        margin-block-end: 0.3rem;
        padding-inline-start: 0.7rem;
        border-inline-start: 3px solid var(--phoneAccent);
        border-radius: 0.4rem;
        background: var(--phoneField);
      }

      .with span {
        flex: 1;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];

  /** The message that is answered. */
  declare replyTo: PhoneMessage | undefined;
  declare written: string;
  declare file: File | undefined;

  constructor() {
    super();
    this.written = '';
  }

  override render() {
    const { replyTo, file } = this;
    return html`
      ${
        replyTo === undefined
          ? nothing
          : this.#with(text('phone.replyTo', { text: replyTo.text ?? text('phone.file') }), () =>
              this.dispatchEvent(new Event('replyCancelled')),
            )
      }
      ${
        file === undefined
          ? nothing
          : this.#with(file.name, () => {
              this.file = undefined;
            })
      }
      <form @submit=${this.#submit}>
        <button type="button" class="icon" aria-label=${text('phone.attach')} @click=${this.#choose}>${icons.attach}</button>
        <input type="file" hidden accept="image/*,.pdf,.txt,.doc,.docx,.xls,.xlsx" @change=${this.#chosen} />
        <textarea
          rows="1"
          maxlength="4096"
          dir="auto"
          aria-label=${text('phone.compose')}
          placeholder=${text('phone.compose')}
          .value=${this.written}
          @input=${this.#type}
          @keydown=${this.#enter}
        ></textarea>
        <button type="submit" class="icon send turns" aria-label=${text('phone.send')}>${icons.send}</button>
      </form>
    `;
  }

  /** Puts the cursor where one writes. */
  override focus(): void {
    this.renderRoot.querySelector('textarea')?.focus();
  }

  #with(words: string, cancel: () => void) {
    return html`<div class="with">
      <span>${words}</span>
      <button type="button" class="icon" aria-label=${text('phone.cancel')} @click=${cancel}>${icons.close}</button>
    </div>`;
  }

  readonly #choose = (): void => {
    this.renderRoot.querySelector('input')?.click();
  };

  readonly #chosen = ({ target }: Event): void => {
    const input = target as HTMLInputElement;
    this.file = input.files?.[0];
    // So that the same file can be chosen again.
    input.value = '';
    this.focus();
  };

  readonly #type = ({ target }: Event): void => {
    this.written = (target as HTMLTextAreaElement).value;
  };

  readonly #enter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  };

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    this.#send();
  };

  #send(): void {
    const { file } = this;
    const words = this.written.trim();
    if (words === '' && file === undefined) return;
    const detail: Written = { text: words, file };
    this.written = '';
    this.file = undefined;
    this.dispatchEvent(new CustomEvent('sent', { detail }));
  }
}

customElements.define('bt-phone-composer', Composer);
