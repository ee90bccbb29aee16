import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Draws a component anew whenever one of some events comes, for as long as it is on the page. */
export class Watch implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #target: EventTarget;
  readonly #types: readonly string[];
  readonly #react: (event: Event) => void;

  /** @param react what is done before; default nothing */
  constructor(
    host: ReactiveControllerHost,
    target: EventTarget,
    types: readonly string[],
    react: (event: Event) => void = () => {},
  ) {
    this.#host = host;
    this.#target = target;
    this.#types = types;
    this.#react = react;
    host.addController(this);
  }

  hostConnected(): void {
    for (const type of this.#types) this.#target.addEventListener(type, this.#hear);
  }

  hostDisconnected(): void {
    for (const type of this.#types) this.#target.removeEventListener(type, this.#hear);
  }

  readonly #hear = (event: Event): void => {
    this.#react(event);
    this.#host.requestUpdate();
  };
}
