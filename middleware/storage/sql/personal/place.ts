/** How far a walk over the tables is. */
export interface Place {
  /** Which part of the list. */
  readonly part: number;
  /** Which of the conversations. */
  readonly conversation: number;
  /** The key of the last row that was looked at; absent: none was. */
  readonly after?: number | string;
}

/** @param place '' is the beginning */
export function readPlace(place: string): Place {
  return place === '' ? { part: 0, conversation: 0 } : JSON.parse(place);
}

/** The place as callers have it. */
export function placeText(place: Place): string {
  return JSON.stringify(place);
}
