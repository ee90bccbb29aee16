import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../bot/config.ts';
import { TemplateBook } from '../../../bot/templates/templateBook.ts';

const key = 'a-key-for-the-tests-0123456789';

describe('the templates that agents may choose from', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-templates-'));
  });
  after(() => rm(folder, { recursive: true }));

  const template = {
    name: 'ready',
    language: 'en_US',
    text: 'Hello {{1}}, fetch it until {{time}}, {{1}}. {{ 1 }}',
    parameters: [
      { name: '1', example: 'Anna' },
      { name: 'time', example: '18' },
    ],
  };
  async function read(content: unknown) {
    const path = join(folder, 'templates.json');
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return readConfig({ BLUETICK_TEMPLATES: path }).templates;
  }
  const refused = async (content: unknown, message: RegExp) =>
    assert.rejects(read(content), { code: 'invalid_configuration', field: 'BLUETICK_TEMPLATES', message });

  it('are those of the file', async () => {
    const notice = { name: 'notice', language: 'de', text: 'Bis morgen.', channels: ['meta'] };
    assert.deepEqual(await read([template, notice]), [template, { ...notice, parameters: [] }]);
  });

  it('are samples with the simulator alone, and none with a real channel', () => {
    assert.ok(readConfig({}).templates.length >= 2);
    const meta = {
      META_ACCESS_TOKEN: 'EAAG-the-access-token-0123456789',
      META_PHONE_NUMBER_ID: '106540352242922',
      META_APP_SECRET: 'the-secret-of-today-0123456789',
      META_VERIFY_TOKEN: 'the-verify-token-0123456789',
    };
    assert.deepEqual(readConfig({ ...meta, BLUETICK_API_KEY: key }).templates, []);
  });

  it('are refused with the field at fault', async () => {
    await refused('[', /it is not JSON/);
    assert.throws(() => readConfig({ BLUETICK_TEMPLATES: join(folder, 'none') }), /it cannot be read/);
    await refused({}, /array/);
    await refused([{ ...template, language: '' }], /0\.language: /);
    await refused([template, { ...template, channels: ['sms'] }], /1\.channels\.0: /);
    await refused(
      [{ ...template, text: 'Hello {{name}}' }],
      /0\.text: \{\{name\}\} is none of its parameters/,
    );
    await refused([{ ...template, text: 'Hello' }], /0\.parameters: allowed: each \{\{name\}\} of the text/);
    await refused([{ ...template, parameters: [{ name: 'a b', example: 'x' }] }], /0\.parameters\.0\.name: /);
    await refused([{ ...template, header: [] }], /0: Unrecognized key/);
  });

  it('are listed by channel, and filled in where they are known', () => {
    const book = new TemplateBook([template, { ...template, name: 'meta', channels: ['meta'] }]);
    const names = (channel?: 'meta' | 'acs') => book.list(channel).map(({ name }) => name);
    assert.deepEqual(
      [names(), names('meta'), names('acs')],
      [['ready', 'meta'], ['ready', 'meta'], ['ready']],
    );
    const words = (...texts: string[]) => texts.map(text => ({ type: 'text' as const, text }));
    const textOf = (body: ReturnType<typeof words>) =>
      book.textOf({ name: 'ready', language: 'en_US', body });
    assert.equal(textOf(words('{{time}}', '$&')), 'Hello {{time}}, fetch it until $&, {{time}}. {{ 1 }}');
    assert.equal(textOf(words('Anna')), 'Hello Anna, fetch it until {{time}}, Anna. {{ 1 }}');
    assert.equal(book.textOf({ name: 'ready', language: 'de' }), undefined);
  });
});
