import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openDatabase } from '../../middleware/storage/sqlite/openDatabase.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { metaSettings, startHost } from './host.ts';
import { goalRow, median, percentile, type Section } from './report.ts';
import { benchBusiness } from './samples.ts';

const conversations = 10_000;
const rounds = 3;
/** So far it is scrolled each frame, in pixels: at 60 frames a second some twenty screens a second. */
const notch = 300;
const rowsOnScreen = '[role=option]';

/** What frames took, in milliseconds. */
interface Frames {
  /** From one to the next: a multiple of 16.7. */
  readonly all: readonly number[];
  /** Those that the browser itself calls long, as they took over 50: their work, without the wait for the screen. */
  readonly long: readonly number[];
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
    const url = `http://127.0.0.1:${host.said[0]}`;
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round += 1)
      measured.push(await runRound(browser, url, settings.BLUETICK_API_KEY));
    const longIn = (part: keyof Round) => median(measured.map(round => round[part].long.length));
    const framesOf = (part: keyof Round) => {
      const all = measured.flatMap(round => round[part].all);
      const value = `p50 ${percentile(all, 0.5).toFixed(1)} ms, p99 ${percentile(all, 0.99).toFixed(1)} ms, at most ${Math.max(...all).toFixed(1)} ms, of ${all.length}`;
      return { what: `${part}: from frame to frame`, value };
    };
    return {
      title: 'A list of 10,000 conversations',
      shape: `The host as \`npm start\` runs it, with ${conversations.toLocaleString('en')} conversations in its store; Chromium without a window, on the same two
cores, drawn by software. The list is opened from another page of the console, and scrolled to its last row, ${notch} pixels
a frame, while the rest of it is loaded. A frame over 50 ms is what the browser reports as a long animation frame; from frame to
frame is the time between two calls of \`requestAnimationFrame\`, 16.7 ms where nothing is late. The medians of ${rounds} rounds.`,
      beside: 'nothing is on record.',
      rows: [
        goalRow('frames over 50 ms while it opens', longIn('opening'), { most: 0 }),
        goalRow('frames over 50 ms while it scrolls', longIn('scrolling'), { most: 0 }),
        {
          what: 'all of them, in milliseconds',
          value:
            measured.flatMap(({ scrolling }) => scrolling.long.map(ms => ms.toFixed(0))).join(', ') || 'none',
        },
        framesOf('opening'),
        framesOf('scrolling'),
        {
          what: 'opened within',
          value: `${median(measured.map(({ opening }) => opening.totalMs)).toFixed(0)} ms`,
        },
      ],
    };
  } finally {
    await browser.close();
    await host.end();
  }
}

interface Round {
  readonly opening: Frames;
  readonly scrolling: Frames;
}

async function runRound(browser: Browser, url: string, key: string): Promise<Round> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  try {
    page.setDefaultTimeout(60_000);
    await page.addInitScript(recordFrames);
    await page.goto(`${url}/#key=${key}`);
    await page.locator(rowsOnScreen).first().waitFor();
    // Again, as somebody comes back to it: without what the very first time costs.
    await page.goto(`${url}/#/insights`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await takeFrames(page);
    await page.evaluate("location.hash = '#/conversations'");
    await page.locator(rowsOnScreen).first().waitFor();
    const opening = await takeFrames(page);
    return { opening, scrolling: await scrollThrough(page) };
  } finally {
    await page.close();
  }
}

/** Keeps the time of each frame. What runs in the page is text: its words are not Node's. */
const recordFrames = `
  globalThis.kept = [];
  globalThis.long = [];
  new PerformanceObserver(list => long.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'long-animation-frame' });
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
  const [times, long] = await page.evaluate<[number[], number[]]>('[kept.splice(0), long.splice(0)]');
  const all = times.slice(1).map((at, index) => at - Number(times[index]));
  return { all, long, totalMs: Number(times.at(-1)) - Number(times[0]) };
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
