/** So long after they last did something, somebody is taken to be there, in milliseconds. */
const staysMs = 60_000;

/** What people do to a page; moving the mouse alone is none of it, as a desk that is bumped does it. */
const acts = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

/**
 * Whether somebody is at the page. What it asks the host for by itself, as customers write, must not keep a session alive
 * at a desk that was left.
 */
export class Attendance {
  #actedAt: number;

  /** @param page what hears what people do. Whoever has opened it is there */
  constructor(page: Pick<EventTarget, 'addEventListener'>) {
    this.#actedAt = Date.now();
    const act = () => {
      this.#actedAt = Date.now();
    };
    for (const name of acts) page.addEventListener(name, act, { capture: true, passive: true });
  }

  /** Whether they did something in the last minute. */
  get isThere(): boolean {
    return Date.now() - this.#actedAt < staysMs;
  }
}
