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
].map(word => Buffer.from(word).toString('latin1'));
const wrongBytes = ['\xff', '\xc0\xaf', '\xed\xa0\x80', '\xf8', '\x80', '\xfe\xff'];
/** Each byte as a character of its own: texts are put together more quickly than buffers. */
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
  let edited = bytes.toString('latin1');
  for (const [place, kind, which] of edits) {
    const at = place % (edited.length + 1);
    edited = edited.slice(0, at) + changedEnd(edited.slice(at), kind % 7, which, other);
  }
  return Buffer.from(edited, 'latin1');
}

function changedEnd(end: string, kind: number, which: number, other: Buffer): string {
  const word = bytesWords[which % bytesWords.length] as string;
  const length = which % 64;
  if (kind === 0) return String.fromCharCode(which % 256) + end.slice(1);
  if (kind === 1) return word + end;
  if (kind === 2) return word + end.slice(word.length);
  if (kind === 3) return end.slice(length);
  if (kind === 4) return end.slice(0, length) + end;
  if (kind === 5) return word.repeat(which % 70) + end;
  return other.toString('latin1', which % (other.length + 1));
}

/** Edits the values of a JSON text: one becomes another kind of value, goes, comes twice, or gets another name. */
export function editJson(text: string, edits: readonly Edit[]): string {
  const root = { value: JSON.parse(text) };
  for (const [place, kind, which] of edits) {
    const places = placesIn(root);
    const [owner, key] = places[place % places.length] as Place;
    const value = copyOf(values[which % values.length]);
    const slots = owner as Record<string, unknown>;
    if (kind % 5 === 1 && Array.isArray(owner)) owner.splice(Number(key), 1);
    else if (kind % 5 === 1) delete slots[key];
    else if (kind % 5 === 2 && Array.isArray(owner)) owner.push(copyOf(owner[Number(key)]));
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

/** The next edit may go into it: objects and lists are to be its own. */
function copyOf(value: unknown): unknown {
  return typeof value === 'object' ? structuredClone(value) : value;
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
  const word = (which: number) => bytesWords[which % bytesWords.length] as string;
  const salad = edits.map(([first, times, second]) => word(first) + word(second).repeat(times % 40));
  return Buffer.from(salad.join(''), 'latin1');
}
