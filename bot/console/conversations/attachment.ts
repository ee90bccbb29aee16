import '@fluentui/web-components/button.js';
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { ApiError } from '../base/api.ts';
import { icon } from '../base/icons.ts';
import { shared } from '../base/styles.ts';
import { language, text } from '../base/text.ts';
import { type Uploaded, upload } from './upload.ts';
import { errorText } from './words.ts';

const size = new Intl.NumberFormat(language, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 });

/** A file that is about to be sent: it goes to the host at once. Events: `ready`, when it is there; `removed`. */
export class Attachment extends LitElement {
  static override properties = {
    file: { attribute: false },
    progress: { state: true },
    refusal: { state: true },
  };

  static override styles = [
    shared,
    css`
  .file {
    display: flex;
    align-items: center;
    gap: var(--spacingHorizontalM);
    margin-block-end: var(--spacingVerticalS);
    padding: var(--spacingVerticalS);
    border-radius: var(--borderRadiusLarge);
    background: var(--colorNeutralBackground3);
  }

  .file img,
  .file > .icon {
    inline-size: 3.5rem;
    block-size: 3.5rem;
    object-fit: cover;
    border-radius: var(--borderRadiusMedium);
    flex-shrink: 0;
  }

  .file > .icon {
    padding: var(--spacingHorizontalM);
  }

  .file > div {
    flex: 1;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }

  progress {
    inline-size: 100%;
    block-size: 0.3rem;
    accent-color: var(--colorBrandBackground);
  }

  .refusal {
    color: var(--colorStatusDangerForeground3);
    font-size: var(--fontSizeBase200);
  }
    `,
  ];

  declare file: File;
  /** How much of it is at the host, from 0 to 1. */
  declare progress: number;
  declare refusal: string | undefined;
  /** What the host says of it, once it is there. */
  uploaded: Uploaded | undefined;
  #preview: string | undefined;
  #stop = new AbortController();

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('file')) this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end();
  }

  override render() {
    const { name, size: bytes } = this.file;
    return html`<div class="file">
      ${this.#preview ? html`<img src=${this.#preview} alt=${text('composer.preview', { name })} />` : icon('document')}
      <div>
        <p dir="auto">${name} · ${size.format(Math.ceil(bytes / 1000))}</p>
        ${
          this.refusal === undefined
            ? this.uploaded
              ? nothing
              : html`<progress max="1" .value=${this.progress} aria-label=${text('composer.uploading')}></progress>`
            : html`<p class="refusal" role="alert">${this.refusal}</p>
                <fluent-button size="small" @click=${this.#begin}>${text('error.retry')}</fluent-button>`
        }
      </div>
      <fluent-button appearance="subtle" icon-only aria-label=${text('composer.remove')} @click=${() => this.dispatchEvent(new Event('removed'))}>${icon('close')}</fluent-button>
    </div>`;
  }

  readonly #begin = (): void => {
    this.#end();
    this.#stop = new AbortController();
    this.uploaded = undefined;
    this.refusal = undefined;
    this.progress = 0;
    const { file } = this;
    if (/^image\//.test(file.type)) this.#preview = URL.createObjectURL(file);
    void this.#upload(file, this.#stop.signal);
  };

  async #upload(file: File, signal: AbortSignal): Promise<void> {
    try {
      const uploaded = await upload(file, progress => this.#tell(progress), signal);
      if (signal.aborted) return;
      this.uploaded = uploaded;
      this.requestUpdate();
      this.dispatchEvent(new Event('ready'));
    } catch (error) {
      if (signal.aborted) return;
      const isTooLarge = error instanceof ApiError && error.status === 413;
      this.refusal = isTooLarge ? text('composer.tooLarge') : errorText(error);
    }
  }

  #tell(progress: number): void {
    this.progress = progress;
  }

  #end(): void {
    this.#stop.abort();
    if (this.#preview !== undefined) URL.revokeObjectURL(this.#preview);
    this.#preview = undefined;
  }
}

customElements.define('bt-attachment', Attachment);
