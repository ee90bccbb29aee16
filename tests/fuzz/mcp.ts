/**
 * The door for models: messages of the Model Context Protocol, through its SDK to the commands that only tell.
 *
 * @module
 */
import assert from 'node:assert/strict';
import { answerMcp } from '../../bot/copilot/mcpServer.ts';
import { readJsonBody } from '../../middleware/channels/readJsonBody.ts';
import { commands } from '../../middleware/commands/commands.ts';
import { isBluetickError } from '../../middleware/errors.ts';
import { commandWorld } from '../support/commandWorld.ts';
import { quietLog } from '../support/engineWorld.ts';

/** A door that answers whatever comes. */
export interface Answering {
  readonly title: string;
  /** What is sent where all is well. */
  readonly bodies: readonly object[];
  /** Whether it was taken: neither refused nor an error. Rejects where no answer is right. */
  answer(body: Buffer): Promise<boolean>;
  close(): Promise<void>;
}

const headers = new Headers({
  accept: 'application/json, text/event-stream',
  'content-type': 'application/json',
});
const call = (name: string, given: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: given },
});

/** Opens it, on a store that holds one conversation. */
export async function openMcp(): Promise<Answering> {
  const world = await commandWorld();
  await world.say('one');
  const log = quietLog();
  const parts = { commands: commands.filter(({ readOnly }) => readOnly === true), work: world.parts, log };
  const caller = { role: 'administrator', via: 'key', counted: 'key' } as const;
  return {
    title: 'MCP',
    bodies: [
      { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      call('GetMessageStatus', { messageId: 'one' }),
      call('ExplainPolicy', { channel: 'meta', text: 'Is it ready?', readWhen: 'replying' }),
    ],
    async answer(body) {
      let message: unknown;
      try {
        message = readJsonBody(body);
      } catch (error) {
        if (!isBluetickError(error)) throw error;
        return false;
      }
      const answered = await answerMcp(parts, caller, headers, message);
      assert.ok(answered.status < 500, `answered ${answered.status}`);
      const text = await answered.text();
      assert.deepEqual(log.lines, []);
      return answered.ok && (text === '' || JSON.parse(text).result?.isError === undefined);
    },
    close: () => world.close(),
  };
}
