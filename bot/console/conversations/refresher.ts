/** Requests at once, so that a burst of events does not become a burst of requests: the host limits those of one browser. */
const atOnce = 4;

/** How long it waits before it asks again for what it could not ask for, in milliseconds. */
const againMs = 2000;

/** Asks for things anew after events, each once however many events tell of it, and again for what came while it was asked. */
export class Refresher {
  readonly #ask: (id: string) => Promise<void>;
  readonly #waiting = new Set<string>();
  readonly #asked = new Set<string>();
  /** What events have changed while lists are being loaded. */
  readonly #touched = new Set<string>();
  #loads = 0;

  /** @param ask asks for one. What the host refuses is left; where it cannot be reached (TypeError), it is asked again */
  constructor(ask: (id: string) => Promise<void>) {
    this.#ask = ask;
  }

  /** Asks for one, as soon as there is room. */
  want(id: string): void {
    this.#waiting.add(id);
    this.#next();
  }

  /** An event has changed one: what is being asked for may be older than the event, so it is asked for again. */
  touch(id: string): void {
    if (this.#asked.has(id)) this.want(id);
    else if (this.#loads > 0) this.#touched.add(id);
  }

  /** Loads a list, which may be older than the events that come meanwhile: what they touch is asked for again behind it. */
  async during<List>(load: Promise<List>): Promise<List> {
    this.#loads += 1;
    try {
      return await load;
    } finally {
      this.#loads -= 1;
      if (this.#loads === 0) {
        for (const id of this.#touched) this.want(id);
        this.#touched.clear();
      }
    }
  }

  #next(): void {
    for (const id of this.#waiting) {
      if (this.#asked.size >= atOnce) return;
      if (this.#asked.has(id)) continue;
      this.#waiting.delete(id);
      this.#asked.add(id);
      void this.#ask(id)
        .catch(error => {
          if (error instanceof TypeError) setTimeout(() => this.want(id), againMs);
        })
        .finally(() => {
          this.#asked.delete(id);
          this.#next();
        });
    }
  }
}
