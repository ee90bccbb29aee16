/**
 * `npm run bench`: what it costs, as ratios that were measured side by side in one run, in Markdown. `npm run bench --
 * turns coldStart` runs these parts only. A goal that is missed is told; it does not fail the run, as a busy machine
 * would.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchAdmission } from './admission.ts';
import { benchColdStart } from './coldStart.ts';
import { benchConversationList } from './conversationList.ts';
import { benchInstances } from './instances.ts';
import { benchLedger } from './ledger.ts';
import { benchOwedRows } from './owedRows.ts';
import { benchPostgresGrowth } from './postgresGrowth.ts';
import { benchPostgresIntake } from './postgresIntake.ts';
import { benchReceiptDelay } from './receiptDelay.ts';
import { benchReceiptRate } from './receiptRate.ts';
import { inMarkdown, machine, type Section } from './report.ts';
import { benchTelemetry } from './telemetry.ts';
import { benchTurns } from './turns.ts';
import { benchViewers } from './viewers.ts';
import { benchWaiting } from './waiting.ts';

const parts = new Map<string, (folder: string) => Promise<Section>>([
  ['admission', benchAdmission],
  ['turns', benchTurns],
  ['telemetry', benchTelemetry],
  ['receiptDelay', benchReceiptDelay],
  ['waiting', benchWaiting],
  ['ledger', benchLedger],
  ['postgresIntake', benchPostgresIntake],
  ['receiptRate', benchReceiptRate],
  ['instances', benchInstances],
  ['owedRows', benchOwedRows],
  ['postgresGrowth', benchPostgresGrowth],
  ['viewers', benchViewers],
  ['conversationList', benchConversationList],
  ['coldStart', benchColdStart],
]);

const names = process.argv.length > 2 ? process.argv.slice(2) : [...parts.keys()];
const unknown = names.find(name => !parts.has(name));
if (unknown !== undefined) {
  process.stderr.write(`There is no part ${unknown}. The parts: ${[...parts.keys()].join(', ')}\n`);
  process.exit(1);
}

const folder = await mkdtemp(join(tmpdir(), 'bluetick-bench-'));
const missed: string[] = [];
process.stdout.write(`Machine: ${machine()}\n\n`);
try {
  for (const name of names) {
    await mkdir(join(folder, name));
    const section = await parts.get(name)?.(join(folder, name));
    if (section === undefined) continue;
    process.stdout.write(`${inMarkdown(section)}\n`);
    for (const { what, met } of section.rows) if (met === false) missed.push(`${section.title}: ${what}`);
  }
} finally {
  await rm(folder, { recursive: true });
}
process.stdout.write(
  missed.length === 0 ? 'Every goal was met.\n' : `Goals that were missed:\n- ${missed.join('\n- ')}\n`,
);
