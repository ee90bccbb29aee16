/**
 * What an attacker, or a broken sender, makes of a webhook: bytes changed anywhere, and values changed where JSON has them, so
 * that what looks into the values is reached too. An edit is three numbers, which `fast-check` draws and shrinks.
 *
 * @module
 */

/** Where (of as many places as there are), what is done there, and with which of the words or values. */
export type Edit = readonly [place: number, kind: number, which: number];

/** What parsers stumble over: JSON's and a form's own characters, escapes, numbers, wrong UTF-8, keys of prototypes. */
const words = [
  ...['{', '}', '[', ']', '"', ',', ':', '\\', '\\u', '\\u005f_proto__', '"__proto__":', '"constructor":{'],
  ...['null', 'true', '-0', '1e999', '9007199254740993', '-', '.', '0x1', 'NaN', '\0', '\n', ' ', '\uFEFF'],
  ...[
    '&',
    '=',
    '+',
    '%',
    '%00',
    '%c0%af',
    '%ed%a0%80',
    '%u0041',
    ';',
    '#',
    '?',
    '@',
    '/',
    '../',
    'é',
    '👋',
    '\u202e',
  ],
].map(word => Buffer.from(word));
const wrongBytes = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf8], [0x80], [0xfe, 0xff]].map(bytes =>
  Buffer.from(bytes),
);
const bytesWords = [...words, ...wrongBytes];

/** What stands where a value of another kind belongs. */
const values: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e21, -1e308, Number.MAX_SAFE_INTEGER, 192350003, 192350008],
  ...['', ' ', '0', '-1', '1e3', '9'.repeat(40), 'x'.repeat(700), '\0', '\ud800', '👋'.repeat(40), '@c.us'],
  ...[
    '2026-13-45T99:99:99Z',
    '9999999999999',
    'false_@c.us_',
    'whatsapp:',
    'https://',
    '__proto__',
    'toString',
  ],
  ...['/Date(99999999999999999)/', '/Date(-1)/', '1'.repeat(20)],
  [],
  {},
  [[]],
  [null],
  [{}, {}],
  { length: 1e9 },
  { toString: 1 },
  { hasOwnProperty: null },
  Array.from({ length: 50 }, (_, index) => index),
];

/** Edits bytes: one becomes another, a word comes in, a part goes, comes twice, or is one of another webhook. */
export function editBytes(bytes: Buffer, edits: readonly Edit[], other: Buffer): Buffer {
  let edited = bytes;
  for (const [place, kind, which] of edits) {
    const at = place % (edited.length + 1);
    const [before, after] = [edited.subarray(0, at), edited.subarray(at)];
    const length = which % 64;
    const word = bytesWords[which % bytesWords.length] as Buffer;
    const parts: readonly Buffer[] =
      [
        [before, Buffer.from([which % 256]), after.subarray(1)],
        [before, word, after],
        [before, word, after.subarray(word.length)],
        [before, after.subarray(length)],
        [before, after.subarray(0, length), after],
        [before, ...Array<Buffer>(which % 70).fill(word), after],
        [before, other.subarray(which % (other.length + 1))],
      ][kind % 7] ?? [];
    edited = Buffer.concat(parts);
  }
  return edited;
}

/** Edits the values of a JSON text: one becomes another kind of value, goes, comes twice, or gets another name. */
export function editJson(text: string, edits: readonly Edit[]): string {
  const root = { value: JSON.parse(text) };
  for (const [place, kind, which] of edits) {
    const places = placesIn(root);
    const [owner, key] = places[place % places.length] as Place;
    const value = structuredClone(values[which % values.length]);
    const slots = owner as Record<string, unknown>;
    if (kind % 5 === 1 && Array.isArray(owner)) owner.splice(Number(key), 1);
    else if (kind % 5 === 1) delete slots[key];
    else if (kind % 5 === 2 && Array.isArray(owner)) owner.push(structuredClone(owner[Number(key)]));
    else if (kind % 5 === 2) slots[`${key}${which % 3}`] = slots[key];
    else if (kind % 5 === 3) slots[key] = [slots[key]];
    else if (kind % 5 === 4 && typeof slots[key] === 'string')
      slots[key] = slots[key] + (typeof value === 'string' ? value : JSON.stringify(value));
    else slots[key] = value;
    // The whole of it is always there, for the next edit to have a place.
    if (!('value' in root)) Object.assign(root, { value: null });
  }
  return JSON.stringify(root.value) ?? 'null';
}

/** An object or list, and the name or number of one of its values. */
type Place = readonly [owner: object, key: string];

function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push([value, key]);
    placesIn((value as Record<string, unknown>)[key], found);
  }
  return found;
}

/** Nothing that anybody sends: words, one after another. */
export function wordSalad(edits: readonly Edit[]): Buffer {
  return Buffer.concat(
    edits.flatMap(([first, times, second]) => [
      bytesWords[first % bytesWords.length] as Buffer,
      ...Array<Buffer>(times % 40).fill(bytesWords[second % bytesWords.length] as Buffer),
    ]),
  );
}
