/** Something that this browser remembers, one of a few values. */
export interface Remembered<Value extends string> {
  get(): Value;
  set(value: Value): void;
}

/**
 * Remembers a choice of the person at this browser. Where nothing may be kept, as in a private window, it lasts as long as
 * the page.
 *
 * @param values what it may be; whatever else is found counts as nothing
 * @param fallback what it is before somebody chooses
 */
export function remembered<Value extends string>(
  name: string,
  values: readonly Value[],
  fallback: Value,
): Remembered<Value> {
  const key = `bluetick.${name}`;
  let held: Value | undefined;
  return {
    get() {
      held ??= values.find(value => value === read(key));
      return held ?? fallback;
    },
    set(value) {
      held = value;
      try {
        localStorage.setItem(key, value);
      } catch {
        // The browser keeps nothing: it is held here.
      }
    },
  };
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
