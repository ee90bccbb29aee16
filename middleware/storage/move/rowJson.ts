import type { Value } from '../sql/sql.ts';

/** Values of a row as JSON: the same for both databases, whose bytes come as different kinds of array. */
export function toJson(values: readonly Value[]): string {
  return JSON.stringify(values.map(value => (value instanceof Uint8Array ? toHex(value) : value)));
}

/** The values that {@link toJson} was given. */
export function fromJson(json: string): readonly Value[] {
  const values = JSON.parse(json) as readonly (Exclude<Value, Uint8Array> | { readonly hex: string })[];
  return values.map(value =>
    typeof value === 'object' && value !== null ? Buffer.from(value.hex, 'hex') : value,
  );
}

function toHex(bytes: Uint8Array): { readonly hex: string } {
  return { hex: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex') };
}
