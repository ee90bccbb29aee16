/**
 * A text of a given length: the one that is there, cut, or made longer by a sample.
 *
 * @param sample what it is made longer with; not empty
 */
export function ofLength(text: string, length: number, sample: string): string {
  if (text.length >= length) return text.slice(0, length);
  const missing = length - text.length;
  return text + ` ${sample}`.repeat(Math.ceil(missing / (sample.length + 1))).slice(0, missing);
}
