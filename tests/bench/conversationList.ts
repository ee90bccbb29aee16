import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openDatabase } from '../../middleware/storage/sqlite/openDatabase.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { metaSettings, startHost } from './host.ts';
import { goalRow, percentile, type Section } from './report.ts';
import { benchBusiness } from './samples.ts';

const conversations = 10_000;
/** So far it is scrolled each frame, in pixels: at 60 frames a second some twenty screens a second. */
const notch = 300;
const rowsOnScreen = '[role=option]';

/** What frames took, in milliseconds. */
interface Frames {
  readonly all: readonly number[];
  /** From the first of them until it was over. */
  readonly totalMs: number;
}

/** Whether a long list of conversations opens and scrolls without a jerk, in a browser. */
export async function benchConversationList(folder: string): Promise<Section> {
  const executable = findChromium();
  if (executable === undefined) throw new Error('Chromium or Chrome is not on the PATH');
  fillConversations(folder);
  const settings = metaSettings('http://127.0.0.1:9');
  const host = await startHost(folder, settings);
  const browser = await launchChromium(executable);
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(60_000);
    const url = `http://127.0.0.1:${host.said[0]}`;
    await page.addInitScript(recordFrames);
    await page.goto(`${url}/#key=${settings.BLUETICK_API_KEY}`);
    await page.locator(rowsOnScreen).first().waitFor();
    // Again, as somebody comes back to it: without what the very first time costs.
    await page.goto(`${url}/#/insights`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await takeFrames(page);
    await page.evaluate("location.hash = '#/conversations'");
    await page.locator(rowsOnScreen).first().waitFor();
    const opening = await takeFrames(page);
    const scrolling = await scrollThrough(page);
    const frames = (what: string, { all }: Frames) => ({
      what,
      value: `p50 ${percentile(all, 0.5).toFixed(1)} ms, p99 ${percentile(all, 0.99).toFixed(1)} ms, ${all.filter(each => each > 50).length} of ${all.length} over 50 ms`,
    });
    return {
      title: 'A list of 10,000 conversations',
      shape: `The host as \`npm start\` runs it, with ${conversations.toLocaleString('en')} conversations in its store; Chromium without a window, on the same two
cores, drawn by software. The list is opened from another page of the console, and scrolled to its last row, ${notch} pixels
a frame, while the rest of it is loaded. A frame is the time between two calls of \`requestAnimationFrame\`: 16.7 ms where nothing is late.`,
      beside: 'nothing is on record.',
      rows: [
        goalRow('the longest frame while it opens', Math.max(...opening.all), { most: 50 }, ' ms'),
        goalRow('the longest frame while it scrolls', Math.max(...scrolling.all), { most: 50 }, ' ms'),
        frames('opening', opening),
        frames('scrolling', scrolling),
        { what: 'opened within', value: `${opening.totalMs.toFixed(0)} ms` },
      ],
    };
  } finally {
    await browser.close();
    await host.end();
  }
}

/** Keeps the time of each frame. What runs in the page is text: its words are not Node's. */
const recordFrames = `
  globalThis.kept = [];
  requestAnimationFrame(function frame(at) {
    kept.push(at);
    requestAnimationFrame(frame);
  });
`;

/** Scrolls the list, so far each frame. Its end is where a second brings nothing more: the rest may be loading. */
const scrollOn = `
  (async () => {
    const list = document.querySelector('bt-console').shadowRoot.querySelector('bt-conversations')
      .shadowRoot.querySelector('bt-conversation-list').shadowRoot.querySelector('[role=listbox]');
    for (let still = 0; still < 60; ) {
      const before = list.scrollTop;
      list.scrollBy({ top: ${notch}, behavior: 'instant' });
      still = list.scrollTop === before ? still + 1 : 0;
      await new Promise(requestAnimationFrame);
    }
  })()
`;

/** The frames since the last time. */
async function takeFrames(page: Page): Promise<Frames> {
  const times = await page.evaluate<number[]>('kept.splice(0)');
  const all = times.slice(1).map((at, index) => at - Number(times[index]));
  return { all, totalMs: Number(times.at(-1)) - Number(times[0]) };
}

async function scrollThrough(page: Page): Promise<Frames> {
  await takeFrames(page);
  await page.evaluate(scrollOn);
  const frames = await takeFrames(page);
  const last = await page.locator(rowsOnScreen).last().getAttribute('aria-posinset');
  if (Number(last) !== conversations) throw new Error(`The last row was ${last}, not ${conversations}`);
  return frames;
}

/** By SQL: over the webhook they would take minutes. */
function fillConversations(folder: string): void {
  const db = openDatabase(join(folder, 'bluetick.sqlite'));
  db.exec('BEGIN');
  const conversation = db.prepare(
    `INSERT INTO conversation (id, channel, business, customer, holder, window_from) VALUES (?, 'meta', ?, ?, ?, ?)`,
  );
  const inbound = db.prepare(
    `INSERT INTO inbound (conversation, dedupe, provider_id, kind, content, characters, sent_at, admitted_at, solo, turn)
     VALUES (?, ?, ?, 'message', ?, ?, ?, ?, 0, 'done')`,
  );
  const now = Date.now();
  const holders = ['bot', 'queue', 'agent'];
  for (let index = 0; index < conversations; index += 1) {
    const at = now - index * 7000;
    const text = `Is my bicycle ready? This is message ${index}.`;
    const { lastInsertRowid } = conversation.run(
      `c_${randomBytes(12).toString('base64url')}`,
      benchBusiness,
      `49155${String(index).padStart(8, '0')}`,
      String(holders[index % holders.length]),
      at,
    );
    const content = JSON.stringify({ type: 'text', text });
    inbound.run(lastInsertRowid, randomBytes(16), `wamid.${index}`, content, text.length, at, at);
  }
  db.exec('COMMIT');
  db.close();
}
