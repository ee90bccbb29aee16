import '@fluentui/web-components/button.js';
import './attachment.ts';
import './templatePicker.ts';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { icon } from '../base/icons.ts';
import { shared } from '../base/styles.ts';
import { text } from '../base/text.ts';
import { reportAgent } from './agentEvents.ts';
import type { Attachment } from './attachment.ts';
import { Clock } from './clock.ts';
import { composerStyles } from './composerStyles.ts';
import { drafts, list } from './conversationState.ts';
import { windowLeft } from './countdown.ts';
import type { Thread } from './thread.ts';
import type { ContentView, ConversationView } from './views.ts';

/** How often typing is reported at most. What the customer is shown lasts some 25 s. */
const typingEveryMs = 5000;

/** What WhatsApp takes: a text of this length, and a caption of that. */
const longest = { text: 4096, caption: 1024 };

/**
 * Where one writes. Enter sends, Shift and Enter begins a line, Escape leads back to the list. When the window is closed there are templates instead, from
 * the very second that it closes. Events: `sent`; `leave`, which bubbles.
 */
export class Composer extends LitElement {
  static override properties = {
    conversation: { attribute: false },
    thread: { attribute: false },
    file: { state: true },
    picks: { state: true },
  };

  static override styles = [shared, composerStyles];

  declare conversation: ConversationView;
  declare thread: Thread;
  /** What is to be sent along. */
  declare file: File | undefined;
  /** Whether templates are shown, though the window is open. */
  declare picks: boolean;
  #typedAt = 0;

  constructor() {
    super();
    this.picks = false;
    new Clock(this);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('thread');
    if (before === undefined || before.id === this.thread.id) return;
    this.file = undefined;
    this.picks = false;
    this.#typedAt = 0;
  }

  override updated(): void {
    this.#grow();
  }

  override render() {
    const isClosed = windowLeft(this.conversation.window, Date.now()).state === 'closed';
    if (isClosed)
      return html`<p class="closed" role="status">${icon('lock')}${text('composer.closed')}</p>${this.#templates()}`;
    if (this.picks) return this.#templates();
    return html`
      ${this.file ? html`<bt-attachment .file=${this.file} @removed=${this.#remove} @ready=${() => this.requestUpdate()}></bt-attachment>` : nothing}
      <div class="line" @drop=${this.#drop} @dragover=${(event: Event) => event.preventDefault()}>
        <input type="file" hidden accept="image/jpeg,image/png,.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.txt,video/mp4,audio/*" @change=${this.#choose} />
        <fluent-button appearance="subtle" icon-only aria-label=${text('composer.attach')} title=${text('composer.attach')} @click=${this.#browse}>${icon('attach')}</fluent-button>
        <fluent-button appearance="subtle" icon-only aria-label=${text('composer.templates')} title=${text('composer.templates')} @click=${this.#pick}>${icon('template')}</fluent-button>
        <textarea
          rows="1"
          dir="auto"
          aria-label=${text(this.file ? 'composer.caption' : 'composer.label')}
          placeholder=${text(this.file ? 'composer.caption' : 'composer.label')}
          maxlength=${this.file ? longest.caption : longest.text}
          .value=${live(drafts.get(this.conversation.id))}
          @input=${this.#input}
          @keydown=${this.#key}
          @paste=${this.#paste}
        ></textarea>
        <fluent-button appearance="primary" shape="circular" icon-only aria-label=${text('composer.send')} title=${text('composer.send')} @click=${this.#send}>${icon('send')}</fluent-button>
      </div>
    `;
  }

  /** Puts the caret where one writes, also where it is not drawn yet. */
  override focus(): void {
    void this.updateComplete.then(() => this.#textarea?.focus());
  }

  #templates(): TemplateResult {
    return html`<bt-template-picker
      .channel=${this.conversation.channel}
      ?closable=${this.picks}
      @chosen=${this.#sendTemplate}
      @closed=${this.#pick}
    ></bt-template-picker>`;
  }

  get #textarea(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }

  #grow(): void {
    const area = this.#textarea;
    if (!area) return;
    area.style.blockSize = 'auto';
    area.style.blockSize = `${area.scrollHeight + 2}px`;
  }

  readonly #input = (): void => {
    drafts.set(this.conversation.id, this.#textarea?.value ?? '');
    this.#grow();
    const now = Date.now();
    if (now - this.#typedAt < typingEveryMs || this.conversation.holder !== 'agent') return;
    this.#typedAt = now;
    // Whether the customer sees it is a small thing: the next one comes in some seconds.
    reportAgent(this.conversation.id, { event: 'typing' }).catch(() => {});
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Escape') this.dispatchEvent(new Event('leave', { bubbles: true, composed: true }));
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    void this.#send();
  };

  readonly #send = async (): Promise<void> => {
    const said = drafts.get(this.conversation.id).trim();
    if (this.file === undefined) {
      if (said !== '') await this.#post({ text: said }, { type: 'text', text: said });
      return;
    }
    const uploaded = this.renderRoot.querySelector<Attachment>('bt-attachment')?.uploaded;
    if (uploaded === undefined) return;
    const { type, url, fileName } = uploaded;
    const caption = said !== '' && type !== 'audio' && type !== 'sticker' ? said : undefined;
    const named = type === 'document' ? { fileName } : {};
    this.file = undefined;
    await this.#post(
      { media: { type, url, ...named, ...(caption !== undefined && { caption }) } },
      { type: 'media', media: { type, url, ...named }, ...(caption !== undefined && { text: caption }) },
    );
  };

  readonly #sendTemplate = async (event: Event): Promise<void> => {
    const { body, content } = (event as CustomEvent<{ body: unknown; content: ContentView }>).detail;
    this.picks = false;
    this.focus();
    await this.#post(body, content, false);
  };

  /** @param isDraft whether the draft is what is sent */
  async #post(body: unknown, content: ContentView, isDraft = true): Promise<void> {
    const { thread, conversation } = this;
    if (isDraft) drafts.set(conversation.id, '');
    this.#typedAt = 0;
    this.requestUpdate();
    const answered = thread.send(body, content);
    this.dispatchEvent(new Event('sent'));
    // The provider's clock says so, and ours does not know yet.
    if ((await answered) === 'window_closed') list.refresh(conversation.id);
  }

  readonly #browse = (): void => this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')?.click();

  readonly #choose = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    this.file = input.files?.[0];
    input.value = '';
    this.focus();
  };

  readonly #paste = (event: ClipboardEvent): void => this.#take(event, event.clipboardData);
  readonly #drop = (event: DragEvent): void => this.#take(event, event.dataTransfer);

  #take(event: Event, data: DataTransfer | null): void {
    const file = data?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    this.file = file;
  }

  readonly #remove = (): void => {
    this.file = undefined;
    this.focus();
  };

  readonly #pick = (): void => {
    this.picks = !this.picks;
    if (!this.picks) this.focus();
  };
}

customElements.define('bt-composer', Composer);
