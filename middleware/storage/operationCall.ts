import type { OperationName } from './sql/operations.ts';

/** One call of an operation, as it waits for its batch. */
export interface OperationCall {
  readonly name: OperationName;
  readonly args: readonly unknown[];
}

/** How one call ended. An operation that answers nothing has no value: it may travel as JSON. */
export type OperationResult =
  | { readonly value?: unknown }
  | {
      readonly error: string;
      /** Whether it may be asked again: what it works on was somebody else's for too long. */
      readonly away?: boolean;
    };
