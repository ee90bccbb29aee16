/**
 * Cuts a text that is too long into pieces, at the end of a paragraph, else of a line, else of a word, else anywhere.
 * Nothing is lost but the white space at the cuts.
 *
 * @param limit how long a piece may be
 * @param lastLimit how long the last one may be; default `limit`, and never more than it
 */
export function splitText(text: string, limit: number, lastLimit: number = limit): readonly string[] {
  if (text.length <= lastLimit) return [text];
  const pieces: string[] = [];
  let rest = text.trim();
  while (rest.length > lastLimit) {
    const tooLong = rest.length > limit;
    const from = tooLong ? Math.ceil(limit / 2) : rest.length - lastLimit;
    const to = tooLong ? limit : rest.length - 1;
    // A last piece may be a short paragraph, but not the few words that are over.
    const cut =
      cutAfterLine(rest, from, to) ?? cutAfterWord(rest, from, tooLong ? to : Math.ceil((from + to) / 2));
    pieces.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return [...pieces, rest];
}

/** Shortens a text to `limit` characters, the last of which is `…`. */
export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, wholeCharacter(text, limit - 1)).trimEnd()}…`;
}

function cutAfterLine(text: string, from: number, to: number): number | undefined {
  return ['\n\n', '\n'].map(end => text.lastIndexOf(end, to)).find(index => index >= from);
}

function cutAfterWord(text: string, from: number, to: number): number {
  for (let index = to; index >= from; index--) {
    if (/\s/.test(text.charAt(index))) return index;
  }
  return wholeCharacter(text, to);
}

/** Steps back from the middle of a character that is two units long, such as an emoji. */
function wholeCharacter(text: string, index: number): number {
  return (text.codePointAt(index - 1) ?? 0) > 0xffff ? index - 1 : index;
}
