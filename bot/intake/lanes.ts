/** A lane in which something waits. */
interface Lane {
  /** Oldest first. */
  readonly ids: Set<string>;
  /** An earlier one has gone to the store, and waits there. */
  behindStore: boolean;
}

/** Which of the requests that wait may go out: one lane a customer, whose requests keep their order. */
export class Lanes {
  readonly #laneOf = new Map<string, string>();
  readonly #lanes = new Map<string, Lane>();

  /** Whether anything waits in a lane. */
  has(lane: string): boolean {
    return this.#lanes.has(lane);
  }

  /** The lane of a request; `undefined`: it is in none, or no more. */
  of(id: string): string | undefined {
    return this.#laneOf.get(id);
  }

  /** Whether nothing of its lane is before a request, here or in the store. */
  isFirst(id: string): boolean {
    const lane = this.#lanes.get(this.of(id) ?? '');
    return lane !== undefined && !lane.behindStore && lane.ids.values().next().value === id;
  }

  /** Puts a request behind the others of a lane. */
  enter(id: string, lane: string): void {
    const { ids, behindStore } = this.#lanes.get(lane) ?? { ids: new Set(), behindStore: false };
    this.#laneOf.set(id, lane);
    this.#lanes.set(lane, { ids: ids.add(id), behindStore });
  }

  /** Takes a request out of its lane: it waits no more, or it does so in the store. */
  leave(id: string, { forStore = false } = {}): void {
    const name = this.of(id) ?? '';
    const lane = this.#lanes.get(name);
    this.#laneOf.delete(id);
    if (lane === undefined) return;
    lane.ids.delete(id);
    lane.behindStore ||= forStore;
    if (lane.ids.size === 0) this.#lanes.delete(name);
  }
}
