/** What somebody has begun to write in a conversation and not sent, for as long as the page lives: nothing is kept on disk. */
export class Drafts {
  readonly #texts = new Map<string, string>();

  /** The draft of a conversation; default nothing. */
  get(conversation: string): string {
    return this.#texts.get(conversation) ?? '';
  }

  /** Keeps one. */
  set(conversation: string, text: string): void {
    if (text === '') this.#texts.delete(conversation);
    else this.#texts.set(conversation, text);
  }

  /** Forgets all of them. */
  clear(): void {
    this.#texts.clear();
  }
}
