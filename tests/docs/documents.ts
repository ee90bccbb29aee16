/**
 * What the pages show of documents that people write: each is read by what reads it in the host.
 *
 * @module
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTemplates } from '../../bot/config/templates.ts';
import { settingNames } from '../../bot/config.ts';
import { messageRequest } from '../../bot/routes/messageRequest.ts';
import { checkEscalation } from '../../middleware/acknowledgements/checkEscalation.ts';
import type { HookClient } from '../../middleware/acknowledgements/hooks/hookClient.ts';
import { createSignedHook } from '../../middleware/acknowledgements/ways/signedHook.ts';
import { parsePolicyBook, parsePolicyDocument } from '../../middleware/policy/schema.ts';
import type { BlockName } from './blocks.ts';

/** One that is shown. */
export interface ShownDocument extends BlockName {
  /** Throws where it is not what it says. */
  check(text: string): void | Promise<void>;
}

/** All of them. */
export const documents: readonly ShownDocument[] = [
  { file: 'docs/twilio.md', begins: '{ "channels"', check: text => void parsePolicyBook(JSON.parse(text)) },
  { file: 'docs/window.md', begins: '{ "window"', check: text => void parsePolicyDocument(JSON.parse(text)) },
  {
    file: 'docs/conversations.md',
    begins: '[{ "name"',
    check(text) {
      const folder = mkdtempSync(join(tmpdir(), 'bluetick-templates-'));
      try {
        const file = join(folder, 'templates.json');
        writeFileSync(file, text);
        assert.equal(readTemplates({ BLUETICK_TEMPLATES: file }, false).length, 1);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  },
  {
    file: 'docs/escalation.md',
    begins: '{ "text"',
    check(text) {
      const { content, escalate } = messageRequest.parse(JSON.parse(text));
      const ways = ['sms', 'voice', 'hook'] as const;
      checkEscalation(escalate, { content, customer: '4915550001111', ways, allowsHook: () => true });
    },
  },
  {
    file: 'docs/escalation.md',
    begins: 'POST /not-arrived',
    async check(text) {
      const [head = '', shownBody = ''] = text.split('\n\n');
      for (const name of ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature'])
        assert.match(head, new RegExp(`^${name}: .`, 'm'));
      const shown = JSON.parse(shownBody);
      const sent: string[] = [];
      const client: HookClient = {
        post: async ({ body }) => void sent.push(body),
        close: async () => {},
      };
      const hook = createSignedHook(client);
      const call = {
        key: 'k',
        createdAt: Date.parse(shown.timestamp),
        url: 'https://hooks.example.com',
        ...shown.data,
      };
      await hook.send(call as never, AbortSignal.timeout(1000));
      assert.deepEqual(JSON.parse(String(sent)), shown);
    },
  },
  {
    file: 'docs/linked-devices.md',
    begins: '{ "url"',
    check(text) {
      // WAHA's own form: of it our side is the address and the secret's name.
      const { url, hmac } = JSON.parse(text);
      assert.match(url, /\/webhooks\/waha$/);
      assert.ok(settingNames.includes(hmac.key.slice(1, -1)), hmac.key);
    },
  },
];
