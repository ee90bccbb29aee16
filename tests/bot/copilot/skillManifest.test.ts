import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import restify, { type Server } from 'restify';
import { checkManifest } from '../../../bot/copilot/skill/checkManifest.ts';
import { manifestPath, skillManifest } from '../../../bot/copilot/skill/skillManifest.ts';
import { addSkillManifestRoute, type SkillSettings } from '../../../bot/routes/skillManifest.ts';
import { commands } from '../../../middleware/commands/commands.ts';
import { botId } from '../../support/botFrameworkCloud.ts';
import { quietLog } from '../../support/engineWorld.ts';
import { need } from '../../support/needs.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const schemaFile = join(root, '..', 'shared', 'schemas', 'skill-manifest-2.2.schema.json');
const publicUrl = 'https://bluetick.example/base';
const address = `${publicUrl}${manifestPath}`;

/** An error in the common form. */
interface Refused {
  readonly error: { readonly code: string; readonly message: string; readonly field?: string };
}

// biome-ignore lint/suspicious/noExplicitAny: what is changed is not typed on purpose
type Doctor = (manifest: any) => void;
const manifest = (doctor: Doctor = () => {}) => {
  const made = structuredClone(skillManifest(commands, { publicUrl, appId: botId }));
  doctor(made);
  return made;
};

describe('the manifest of the skill', () => {
  describe('by the schema of the Bot Framework', () => {
    let isManifest: (document: unknown) => boolean;
    let faults: () => string;
    before(function () {
      const file = need(
        this,
        existsSync(schemaFile) ? schemaFile : undefined,
        `${schemaFile}, of microsoft/botframework-sdk`,
      );
      const ajv = new Ajv({ strict: false });
      formats.default(ajv);
      const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
      isManifest = document => validate(document);
      faults = () => JSON.stringify(validate.errors?.slice(0, 5));
    });

    it('is valid', () => {
      assert.ok(isManifest(manifest()), faults());
    });

    const slips: Readonly<Record<string, Doctor>> = {
      'no publisher': made => delete made.publisherName,
      'a word of another schema': made => (made.msAppId = botId),
      'an app id that is none': made => (made.endpoints[0].msAppId = 'app'),
      'an endpoint that is no address': made => (made.endpoints[0].endpointUrl = '/api/messages'),
      'an action of no type': made => delete made.activities.MarkRead.type,
      'a slip in an action': made => (made.activities.MarkRead.reslutValue = {}),
      'a form that is no schema': made => (made.activities.MarkRead.value.properties.customer.type = 'text'),
    };
    for (const [what, doctor] of Object.entries(slips)) {
      it(`is not with ${what}`, () => assert.equal(isManifest(manifest(doctor)), false));
    }
  });

  describe('by the rules of Copilot Studio', () => {
    it('is taken', () => assert.deepEqual(checkManifest(manifest(), address), []));

    it('is taken where it is just as large as may be', () => {
      const fields = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, at) => [`field${at}`, { type: 'string' }]));
      const made = manifest(({ activities }) => {
        for (let at = commands.length; at < 100; at++)
          activities[`Action${at}`] = { ...activities.MarkRead, value: { properties: fields(25) } };
      });
      const fill = (bytes: number) => {
        const description = made.description + 'x'.repeat(bytes - Buffer.byteLength(JSON.stringify(made)));
        return { ...made, description };
      };
      const plain = JSON.parse(JSON.stringify(made));
      assert.deepEqual(checkManifest(plain, address), []);
      const [fault] = checkManifest(fill(500_001), address);
      assert.deepEqual(
        [fault?.code, fault?.because],
        ['MANIFEST_TOO_LARGE', 'got 500001 bytes, allowed: up to 500000'],
      );
      assert.deepEqual(checkManifest(fill(500_000), address), []);
    });

    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, {}]));
    const refused: readonly [what: string, doctor: Doctor, code: string, because: RegExp][] = [
      ['no name', made => delete made.name, 'MANIFEST_MALFORMED', /^name/],
      ['an empty name', made => (made.name = ' '), 'MANIFEST_MALFORMED', /^name/],
      ['no version', made => delete made.version, 'MANIFEST_MALFORMED', /^version/],
      ['no publisher', made => delete made.publisherName, 'MANIFEST_MALFORMED', /^publisherName/],
      ['no endpoint', made => (made.endpoints = []), 'MANIFEST_MALFORMED', /^endpoints/],
      ['no app id', made => delete made.endpoints[0].msAppId, 'MANIFEST_MALFORMED', /^endpoints\.0\.msAppId/],
      [
        'an endpoint that is no address',
        made => (made.endpoints[0].endpointUrl = '/api/messages'),
        'MANIFEST_MALFORMED',
        /^endpoints\.0\.endpointUrl/,
      ],
      [
        'an action without a description',
        made => (made.activities.MarkRead.description = ''),
        'MANIFEST_MALFORMED',
        /^activities\.MarkRead\.description/,
      ],
      [
        'a list as an input',
        made => (made.activities.MarkRead.value.properties.customers = { type: 'array' }),
        'MANIFEST_MALFORMED',
        /^MarkRead\.customers: an array/,
      ],
      [
        'a list within an output',
        made =>
          (made.activities.MarkRead.resultValue.properties.all = { anyOf: [{ type: ['array', 'null'] }] }),
        'MANIFEST_MALFORMED',
        /^MarkRead\.all: an array/,
      ],
      [
        'an endpoint of another domain',
        made => (made.endpoints[0].endpointUrl = 'https://other.example/api/messages'),
        'MANIFEST_ENDPOINT_ORIGIN_MISMATCH',
        /https:\/\/bluetick\.example/,
      ],
      [
        'an endpoint that is not https',
        made => (made.endpoints[0].endpointUrl = 'http://bluetick.example/api/messages'),
        'MANIFEST_ENDPOINT_ORIGIN_MISMATCH',
        /https:\/\/bluetick\.example/,
      ],
      [
        'a second endpoint elsewhere',
        made => made.endpoints.push({ ...made.endpoints[0], endpointUrl: 'https://bluetick.example:444/a' }),
        'MANIFEST_ENDPOINT_ORIGIN_MISMATCH',
        /an endpoint/,
      ],
      [
        '101 actions',
        ({ activities }) => {
          for (let at = commands.length; at < 101; at++) activities[`Action${at}`] = { description: 'x' };
        },
        'LIMITS_TOO_MANY_ACTIONS',
        /got 101 .* up to 100/,
      ],
      [
        '26 inputs',
        made => (made.activities.MarkRead.value.properties = many(26)),
        'LIMITS_TOO_MANY_INPUTS',
        /^MarkRead: got 26 .* up to 25/,
      ],
      [
        '26 outputs',
        made => (made.activities.MarkRead.resultValue.properties = many(26)),
        'LIMITS_TOO_MANY_OUTPUTS',
        /^MarkRead: got 26 .* up to 25/,
      ],
    ];
    for (const [what, doctor, code, because] of refused) {
      it(`is refused with ${what}`, () => {
        const faults = checkManifest(manifest(doctor), address);
        assert.deepEqual(
          faults.map(fault => fault.code),
          [code],
        );
        assert.match(String(faults[0]?.because), because);
      });
    }

    it('is refused at an address that is none, or is not https', () => {
      const codes = (at: string) => checkManifest(manifest(), at).map(({ code }) => code);
      assert.deepEqual(codes('bluetick.example'), ['URL_MALFORMED']);
      assert.ok(codes(address.replace('https', 'http')).includes('URL_NOT_HTTPS'));
    });

    it('is refused where it is none', () => {
      for (const none of [undefined, null, [], 'manifest', {}])
        assert.equal(checkManifest(none, address)[0]?.code, 'MANIFEST_MALFORMED');
    });
  });

  describe('over HTTP', () => {
    let server: Server;
    afterEach(async () => {
      server.close();
      await once(server, 'close');
    });
    async function get(settings: Partial<SkillSettings>) {
      server = restify.createServer();
      const openLimit = () => (_request: unknown, _response: unknown, next: () => void) => next();
      const parts = { log: quietLog(), openLimit };
      addSkillManifestRoute(server, { publicUrl: undefined, appId: undefined, ...settings }, parts);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const answer = await fetch(`http://127.0.0.1:${port}${manifestPath}`, {
        headers: { connection: 'close' },
      });
      return { status: answer.status, body: (await answer.json()) as ReturnType<typeof manifest> & Refused };
    }

    it('is there by the settings', async () => {
      const { status, body } = await get({ publicUrl, appId: botId });
      assert.deepEqual([status, body], [200, manifest()]);
      assert.equal(body.endpoints[0]?.endpointUrl, 'https://bluetick.example/base/api/messages');
    });

    const missing: readonly [settings: Partial<SkillSettings>, field: string, message: RegExp][] = [
      [{}, 'PUBLIC_URL', /Missing: PUBLIC_URL, MicrosoftAppId\.$/],
      [{ publicUrl }, 'MicrosoftAppId', /Missing: MicrosoftAppId\.$/],
      [{ appId: botId }, 'PUBLIC_URL', /Missing: PUBLIC_URL\.$/],
      [
        { appId: botId, publicUrl: 'http://127.0.0.1:3978' },
        'PUBLIC_URL',
        /URL_NOT_HTTPS, .*allowed: https:/,
      ],
      [{ appId: 'app', publicUrl }, 'MicrosoftAppId', /MALFORMED, endpoints\.0\.msAppId/],
    ];
    for (const [settings, field, message] of missing) {
      it(`says what is missing with ${JSON.stringify(settings)}`, async () => {
        const { status, body } = await get(settings);
        assert.deepEqual([status, body.error.code, body.error.field], [404, 'unknown_item', field]);
        assert.match(body.error.message, message);
      });
    }
  });
});
