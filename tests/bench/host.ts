import { join } from 'node:path';
import { type Program, startProgram } from '../support/program.ts';
import { benchBusiness, benchSecret } from './samples.ts';

const entry = join(import.meta.dirname, '..', '..', 'bot', 'index.js');

/** Settings that turn Meta's channel on. Without a provider it calls nobody: there must be nothing due. */
export function metaSettings(providerUrl: string, businesses: readonly string[] = [benchBusiness]) {
  return {
    META_ACCESS_TOKEN: 'bench-token',
    META_PHONE_NUMBER_ID: businesses.join(),
    META_APP_SECRET: benchSecret,
    META_VERIFY_TOKEN: 'bench-verify',
    META_GRAPH_URL: `${providerUrl}/v25.0`,
    BLUETICK_API_KEY: 'bench-key-0123456789',
  };
}

/** The host as `npm start` runs it, on an embedded store in `folder`. It resolves when the host says that it listens. */
export function startHost(folder: string, settings: Readonly<Record<string, string>>): Promise<Program> {
  return startProgram([entry], {
    ready: /^\{"event":"listening","port":(\d+)\}$/,
    folder,
    settings: { BLUETICK_DATA: folder, LOG_LEVEL: 'warn', ...settings },
  });
}
