/** The most characters of a provider's text that are kept: a row is read and written whole. */
const longestDetail = 1000;

/** Cuts a provider's text to the length that is kept. */
export function cutDetail(text: string): string {
  // A cut may halve a character.
  return text.slice(0, longestDetail).toWellFormed();
}
