import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startProgram } from './program.ts';

const packageFile = createRequire(import.meta.url).resolve('@microsoft/m365agentsplayground/package.json');
const cli = join(dirname(packageFile), 'cli.js');

/** The Microsoft 365 Agents Playground in front of a bot, with its page in a browser. */
export interface AgentsPlayground {
  /** Writes a message as the customer. */
  ask(text: string): Promise<void>;
  /** Waits until the page shows that the bot said it. */
  answered(text: RegExp): Promise<void>;
  /** Waits until the log panel has a call, as `message 200`; the calls of both directions are in it. */
  logged(call: string): Promise<void>;
  /** The calls in the log panel, each as its activity's type and its status. */
  log(): Promise<readonly string[]>;
  /** "Mock an Activity", "Custom activity": sends an activity with these fields as the customer's. */
  inject(fields: { readonly type: string; readonly [field: string]: unknown }): Promise<void>;
  close(): Promise<void>;
}

/** Which bot the Playground speaks to, and how. */
export interface AgentsPlaygroundOptions {
  readonly botUrl: string;
  /** Whether the bot replies by calls of its own, or in its answer. */
  readonly deliveryMode: 'default' | 'expectReplies';
  /** Where it keeps its log. */
  readonly folder: string;
}

/** Starts the Playground, as the Emulator and on a free port, and opens its page. */
export async function openAgentsPlayground(
  browser: Browser,
  { botUrl, deliveryMode, folder }: AgentsPlaygroundOptions,
): Promise<AgentsPlayground> {
  await using begun = new AsyncDisposableStack();
  const bot = ['-e', botUrl, '-c', 'emulator', '--dm', deliveryMode];
  const program = await startProgram([cli, 'start', ...bot, '-p', '0', '--disable-telemetry'], {
    ready: /^Listening on (\d+)$/,
    folder,
    // Or it opens whatever browser this machine has.
    settings: { TEAMSAPPTESTER_BROWSER: 'none' },
  });
  begun.defer(() => program.end());
  const page = await browser.newPage();
  begun.defer(() => page.close());
  await page.goto(`http://localhost:${program.said[0]}/`);
  const ends = begun.move();
  return {
    async ask(text) {
      await page.getByRole('textbox').fill(text);
      await page.getByRole('button', { name: 'Send Message' }).click();
    },
    // The bot's words are paragraphs, the customer's are not.
    answered: text => page.getByRole('paragraph').filter({ hasText: text }).waitFor(),
    logged: call => page.getByText(call, { exact: true }).first().waitFor(),
    log: () => page.getByText(/^[a-zA-Z]+ \d{3}$/).allTextContents(),
    async inject(fields) {
      await page.getByRole('button', { name: 'Mock an Activity' }).click();
      await page.getByRole('menuitem', { name: 'Custom activity' }).click();
      const dialog = page.getByRole('dialog');
      const editor = dialog.getByRole('textbox');
      // The editor has an activity with a placeholder for its type. Of two fields with one name the last counts.
      await editor.press('Control+End');
      await editor.press('ArrowLeft');
      await page.keyboard.insertText(`, ${JSON.stringify(fields).slice(1, -1)}`);
      await dialog.getByRole('button', { name: 'Send activity' }).click();
      await dialog.waitFor({ state: 'detached' });
    },
    close: () => ends.disposeAsync(),
  };
}
