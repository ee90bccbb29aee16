interface Generation<Part> {
  readonly part: Part;
  /** How many calls are under way with it. */
  underWay: number;
  isReplaced: boolean;
}

/**
 * Holds a part that another one takes the place of, as secrets change. A call goes to its end with the part that it began
 * with, which is closed behind the last one: nothing that is under way is lost.
 */
export class Held<Part extends object> {
  #generation: Generation<Part>;

  constructor(part: Part) {
    this.#generation = { part, underWay: 0, isReplaced: false };
  }

  /** The part as it is now, for what is over at once. */
  get current(): Part {
    return this.#generation.part;
  }

  /** Begins a call: it goes on with this part until `end` is called. */
  begin(): { readonly part: Part; readonly end: () => void } {
    const generation = this.#generation;
    generation.underWay += 1;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      generation.underWay -= 1;
      closeWhenLeft(generation);
    };
    return { part: generation.part, end };
  }

  /** Makes a call. */
  async use<T>(call: (part: Part) => Promise<T>): Promise<T> {
    const { part, end } = this.begin();
    try {
      return await call(part);
    } finally {
      end();
    }
  }

  /** From now on calls go to another part. */
  replace(part: Part): void {
    const replaced = this.#generation;
    this.#generation = { part, underWay: 0, isReplaced: false };
    replaced.isReplaced = true;
    closeWhenLeft(replaced);
  }

  /** Closes the part as it is now. */
  async close(): Promise<void> {
    await close(this.#generation.part);
  }
}

function closeWhenLeft({ part, underWay, isReplaced }: Generation<object>): void {
  if (!isReplaced || underWay > 0) return;
  // Nobody waits for it: what could not be closed is of no use to anybody either.
  close(part).catch(() => {});
}

/** Some have nothing to close. */
async function close(part: { close?(): unknown }): Promise<void> {
  await part.close?.();
}
