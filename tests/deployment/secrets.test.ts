import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Kind, kinds, type Layout, layouts, readTemplate, templatesFolder } from './arm/template.ts';

/** Written out, a value that stands after the name of a secret; not a reference, an expression, a variable or a place-holder. */
const named = /(?:password|secret|accesskey|apikey|token)"?\s*[:=]\s*"(?!["$@[{<])[^"\n]{6,}"/i;

/** Keys and tokens as they are made: long, of letters of both cases and digits. */
const made =
  /(?<![\w/.-])(?=[\w+-]*[a-z][\w+-]*[A-Z]|[\w+-]*[A-Z][\w+-]*[a-z])(?=(?:[\w+-]*\d){3})[\w+-]{20,}={0,2}/;

/** 32 hexadecimal digits or more, as `openssl rand -hex` gives them. */
const hex = /\b[0-9a-f]{32,}\b/i;

const secretsIn = (text: string) => [named, made, hex].flatMap(rule => rule.exec(text)?.[0] ?? []);

describe('secrets', () => {
  const files = readdirSync(templatesFolder, { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.(json|md)$/.test(name),
  );

  it('stand in no file of the templates', () => {
    assert.equal(files.filter(name => name.endsWith('.json')).length, 10);
    for (const name of files)
      assert.deepEqual(secretsIn(readFileSync(join(templatesFolder, name), 'utf8')), [], name);
  });

  for (const [what, text] of [
    ['a password', '"appPassword": "hunter2hunter2"'],
    ['a key of ACS', '"value": "4kB3pUq0Zz8sT1xYvW9cL7nD2mE6fG5h=="'],
    ['a key of the API', '"value": "9f86d081884c7d659a2feaa0c55ad015"'],
    ['a client secret', '"value": "Abc8Q~dEfGhIjKlMnOpQrStUvWxYz0123456789a"'.replace('~', '_')],
  ] as const)
    it(`are found: ${what}`, () => assert.equal(secretsIn(text).length > 0, true));

  it('go through no deployment: no parameter is one, and nothing puts one into the key vault', () => {
    for (const layout of Object.keys(layouts) as Layout[])
      for (const kind of kinds as readonly Kind[]) {
        const { parameters } = readTemplate(kind, layout);
        for (const [name, { type }] of Object.entries(parameters)) {
          assert.doesNotMatch(type, /secure/i, name);
          assert.doesNotMatch(name, /password|secret|key$|token/i);
        }
        assert.doesNotMatch(JSON.stringify(readTemplate(kind, layout)), /vaults\/secrets|listKeys/i);
      }
  });
});
