/** What is kept secret, in every form in which it could show all the same. */

/** Of one secret: each form, by its name. */
export function formsOf(secret: string): Readonly<Record<string, string>> {
  const bytes = Buffer.from(secret);
  const escaped = JSON.stringify(secret).slice(1, -1);
  return {
    clear: secret,
    hex: bytes.toString('hex'),
    'URL-encoded': encodeURIComponent(secret),
    'as a form': new URLSearchParams({ '': secret }).toString().slice(1),
    'JSON-escaped': escaped,
    'JSON-escaped in ASCII': escaped.replace(/[^\x20-\x7e]/g, unit => `\\u${hex4(unit)}`),
    'JSON in JSON': JSON.stringify(escaped).slice(1, -1),
    ...Object.fromEntries(
      [0, 1, 2].flatMap(offset => [
        [`base64 from byte ${offset}`, inside(bytes, offset, 'base64')],
        [`base64url from byte ${offset}`, inside(bytes, offset, 'base64url')],
      ]),
    ),
  };
}

/** What shows in a text of the secrets, which are given by what they are; of each, the first form is told. */
export function tracesIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  const lower = text.toLowerCase();
  return Object.entries(secrets).flatMap(([what, secret]) => {
    const found = Object.entries(formsOf(secret)).find(([form, shown]) =>
      (form === 'hex' ? lower : text).includes(shown),
    );
    return found === undefined ? [] : [`${what}, ${found[0]}: …${around(text, found[1])}…`];
  });
}

/** The letters that the bytes have in base64 `offset` bytes after a multiple of three, whatever stands around them. */
function inside(bytes: Buffer, offset: number, encoding: 'base64' | 'base64url'): string {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const from = Math.ceil((offset * 8) / 6);
  const to = Math.floor((padded.length * 8) / 6);
  return padded.toString(encoding).slice(from, to);
}

function around(text: string, shown: string): string {
  const at = text.toLowerCase().indexOf(shown.toLowerCase());
  return text.slice(Math.max(at - 120, 0), at + shown.length + 40);
}

function hex4(unit: string): string {
  return unit.charCodeAt(0).toString(16).padStart(4, '0');
}
