/** Where a shortcut leads: along the list, or to whom waits longest. */
export type Shortcut = 'next' | 'previous' | 'longest';

/** What of a key's event decides. */
export interface Pressed {
  readonly key: string;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/**
 * The shortcut of a key, wherever one is on the page: Alt with an arrow, as other programs for messages have it. No letter
 * is used: browsers and keyboards with AltGr have those.
 */
export function shortcutOf({ key, altKey, shiftKey, ctrlKey, metaKey }: Pressed): Shortcut | undefined {
  if (!altKey || ctrlKey || metaKey) return undefined;
  if (key === 'ArrowDown') return shiftKey ? 'longest' : 'next';
  return key === 'ArrowUp' && !shiftKey ? 'previous' : undefined;
}
