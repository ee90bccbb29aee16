import { hash } from 'node:crypto';
import type { Value } from '../sql/sql.ts';
import { toJson } from './rowJson.ts';

/** What a table holds, in short: two that hold the same have the same, however their rows are ordered. */
export interface TableSum {
  readonly rows: number;
  /** 16 hexadecimal digits. */
  readonly checksum: string;
}

/** Adds up the rows of a table. Its memory does not grow with them. */
export class Checksum {
  #rows = 0;
  #sum = 0n;

  /** @param values of a row, in the order of the table's columns */
  add(values: readonly Value[]): void {
    this.#sum = BigInt.asUintN(64, this.#sum + hash('sha256', toJson(values), 'buffer').readBigUInt64BE());
    this.#rows += 1;
  }

  get sum(): TableSum {
    return { rows: this.#rows, checksum: this.#sum.toString(16).padStart(16, '0') };
  }
}

/** Whether two tables hold the same. */
export function isSame(one: TableSum, other: TableSum): boolean {
  return one.rows === other.rows && one.checksum === other.checksum;
}
