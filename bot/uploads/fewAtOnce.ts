import { BluetickError } from '../../middleware/errors.ts';

/** So many files may be on their way at once. */
const atOnce = 20;

/** Lets so many files in at once, and no more: each keeps a connection, and agents' lines are slow. */
export class FewAtOnce {
  #underWay = 0;

  /** @throws BluetickError `rate_limited` where too many are on their way; whatever `keep` throws */
  async run<T>(keep: () => Promise<T>): Promise<T> {
    if (this.#underWay >= atOnce)
      throw new BluetickError('rate_limited', 'Too many files are on their way: come again in a moment');
    this.#underWay += 1;
    try {
      return await keep();
    } finally {
      this.#underWay -= 1;
    }
  }
}
