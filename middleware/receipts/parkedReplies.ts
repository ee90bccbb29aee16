/** So many entries are worth a look for those that are over. */
const sweepAt = 1000;

/**
 * The conversations in which a reply waits in the store for its time: those behind it wait too, to keep their order. What another
 * process, or an earlier life of this one, has waiting is told with each message that is admitted.
 */
export class ParkedReplies {
  readonly #until = new Map<string, number>();

  /** When the last of them goes out; `undefined`: none waits. */
  until(conversation: string, now: number): number | undefined {
    const until = this.#until.get(conversation);
    if (until !== undefined && until > now) return until;
    this.#until.delete(conversation);
    return undefined;
  }

  add(conversation: string, until: number, now: number): void {
    this.#until.set(conversation, Math.max(until, this.#until.get(conversation) ?? 0));
    if (this.#until.size < sweepAt) return;
    for (const [known, end] of this.#until) if (end <= now) this.#until.delete(known);
  }
}
