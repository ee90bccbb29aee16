import { css, html, LitElement, type TemplateResult } from 'lit';
import { icon } from '../base/icons.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import type { MediaView } from './views.ts';
import { kindText } from './words.ts';

/**
 * A file of a message: a picture, something to play, or a link. A picture has its place before it is there, so that
 * nothing moves when it comes.
 */
export class MediaElement extends LitElement {
  static override properties = { media: { attribute: false }, isGone: { state: true } };

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        margin-block-end: var(--spacingVerticalXS);
      }

      .picture {
        display: grid;
        place-items: center;
        inline-size: 16rem;
        max-inline-size: 100%;
        block-size: 12rem;
        border-radius: var(--borderRadiusMedium);
        background: var(--colorNeutralBackground3);
        overflow: hidden;
      }

      .sticker {
        inline-size: 8rem;
        block-size: 8rem;
        background: none;
      }

      img,
      video {
        inline-size: 100%;
        block-size: 100%;
        object-fit: contain;
      }

      audio {
        display: block;
        inline-size: 16rem;
        max-inline-size: 100%;
        block-size: 2.5rem;
      }

      a.file,
      .gone {
        display: inline-flex;
        align-items: center;
        gap: var(--spacingHorizontalXS);
      }

      .gone {
        color: var(--colorNeutralForeground3);
        font-style: italic;
      }
    `,
  ];

  declare media: MediaView;
  /** The host, or who holds the file, has it no more. */
  declare isGone: boolean;

  constructor() {
    super();
    this.isGone = false;
  }

  override render(): TemplateResult {
    const { type, url } = this.media;
    if (this.isGone || url === undefined || !isOurs(url)) return this.#named();
    if (type === 'image' || type === 'sticker')
      return html`<a class="picture ${type}" href=${url} target="_blank" rel="noopener"
        ><img src=${url} alt=${kindText(type)} loading="lazy" @error=${this.#lose}
      /></a>`;
    if (type === 'video')
      return html`<div class="picture"><video src=${url} controls preload="metadata" aria-label=${kindText(type)} @error=${this.#lose}></video></div>`;
    if (type === 'audio')
      return html`<audio src=${url} controls preload="metadata" aria-label=${kindText(type)} @error=${this.#lose}></audio>`;
    return this.#link(url);
  }

  /** Where it cannot be shown here: as a link to elsewhere, or by its name alone. */
  #named(): TemplateResult {
    const { url, type, fileName } = this.media;
    if (!this.isGone && url !== undefined) return this.#link(url);
    return html`<span class="gone">${icon('document')}${text('media.gone', { what: fileName ?? kindText(type) })}</span>`;
  }

  #link(url: string): TemplateResult {
    const { fileName, type } = this.media;
    return html`<a class="file" href=${url} target="_blank" rel="noopener noreferrer" dir="auto">${icon('document')}${fileName ?? kindText(type)}</a>`;
  }

  readonly #lose = (): void => {
    this.isGone = true;
  };
}

/** Whether a file is this host's: the page asks no other one. */
function isOurs(url: string): boolean {
  return new URL(url, location.href).origin === location.origin;
}

customElements.define('bt-media', MediaElement);
