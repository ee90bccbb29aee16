/** The process: reads the settings, starts the host, says what runs where, and ends in order. */
import { once } from 'node:events';
import { loadEnvFile } from 'node:process';
import { pino } from 'pino';
import { isBluetickError } from '../middleware/errors.ts';
import { systemClock, systemScheduler } from '../middleware/timing/systemClock.ts';
import { type Config, readConfig, readSources, settingNames } from './config.ts';
import { type Host, startHost } from './host.ts';
import { readAtStart } from './secrets/readAtStart.ts';
import { openSecrets } from './secrets/secrets.ts';
import { type Origin, watchSecrets } from './secrets/watchSecrets.ts';

/** How long a stop waits for what is under way. Container platforms kill after 30 s. */
const stopWithinMs = 25_000;

try {
  loadEnvFile();
} catch {
  // There is no .env file: the environment alone counts.
}

try {
  const sources = readSources(process.env);
  const secrets = await openSecrets({ config: sources, env: process.env, names: settingNames });
  try {
    const tell = (why: string) => void process.stderr.write(`bluetick: ${why}\n`);
    const started = await readAtStart(secrets, { clock: systemClock, scheduler: systemScheduler, tell });
    await main(readConfig(started), { secrets, started, everyMs: sources.everyMs });
  } finally {
    await secrets.close();
  }
} catch (error) {
  if (!isBluetickError(error)) throw error;
  process.stderr.write(`bluetick: ${error.message}\n`);
  process.exitCode = 1;
}

async function main(config: Config, origin: Origin): Promise<void> {
  const log = pino({ level: config.logLevel });
  // From here on a signal means an orderly stop: whoever reads the line below may send one at once.
  const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const host = await startHost(config, log);
  const refresher = watchSecrets(host.app, config, origin, { scheduler: systemScheduler, log });
  // Without sources it means the end of the terminal, as everywhere.
  if (refresher !== undefined) process.on('SIGHUP', () => void refresher.refresh());
  process.stdout.write(`${JSON.stringify({ event: 'listening', port: host.port })}\n`);
  process.stderr.write(whatRunsWhere(host, config));

  await stopped;
  log.info({}, 'Stopping: what is owed stays owed');
  setTimeout(() => process.exit(1), stopWithinMs).unref();
  refresher?.stop();
  await host.close();
}

function whatRunsWhere({ app, url, madeUpKey }: Host, config: Config): string {
  const names = app.webhooks.map(({ name }) => name).join(', ');
  const lines = [
    `Bluetick (${config.mode}) on ${url}, channel ${names}, data in ${config.database === undefined ? config.dataFolder : 'PostgreSQL'}`,
  ];
  // Behind a # a browser keeps what stands there to itself: no request and no log has the key.
  const withKey = madeUpKey === undefined ? '' : `#key=${madeUpKey}`;
  if (app.simulator === undefined) {
    for (const { name } of app.webhooks) lines.push(`  webhook for ${name}:  ${url}/webhooks/${name}`);
    lines.push(`  the console:  ${url}/`);
  } else {
    lines.push(
      `  open this, the customer's phone beside the agent's console:  ${url}/demo${withKey}`,
      `  the phone alone:        ${url}/phone`,
      `  without a browser:      curl -H 'content-type: application/json' -d '{"text":"Is my bicycle ready?"}' ${app.simulator.url}/phone/4915550001111/messages`,
      '  the same as a story:    npm run demo',
    );
  }
  if (madeUpKey !== undefined) lines.push(`  API key, made up for this run:  ${madeUpKey}`);
  return `${lines.join('\n')}\n`;
}
