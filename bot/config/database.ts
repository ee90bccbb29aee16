import { z } from 'zod';
import { misconfigured, optional, text, wholeNumber } from './fields.ts';

/** The settings of the store that many instances share. */
export interface DatabaseConfig {
  /** `DATABASE_URL`. It may hold a password: it is never logged. */
  readonly url: string;
  /** `DATABASE_AUTH`: whether the password is a token of Microsoft Entra ID, for this host's identity. Default `password`. */
  readonly auth: 'password' | 'entra';
  /** `DATABASE_CONNECTIONS`: the most connections of this instance. Default 10. */
  readonly connections: number;
  /** When it counts as away. No setting says; default as the store has it. */
  readonly patience?: Readonly<
    Partial<Record<'connectMs' | 'statementMs' | 'answerMs' | 'lineMs' | 'lockMs', number>>
  >;
}

/** The settings as the environment has them. */
export const databaseSettings = z.object({
  DATABASE_URL: text,
  DATABASE_AUTH: optional(z.enum(['password', 'entra'])),
  DATABASE_CONNECTIONS: wholeNumber(4, 100),
});
type Settings = z.output<typeof databaseSettings>;

/**
 * Reads the settings; `undefined`: the embedded store is used.
 *
 * @throws BluetickError `invalid_configuration` where the address is none, or says another thing than the other settings
 */
export function readDatabase(set: Settings): DatabaseConfig | undefined {
  const { DATABASE_URL: url, DATABASE_AUTH: auth, DATABASE_CONNECTIONS: connections } = set;
  if (url === undefined) {
    const lone =
      auth !== undefined ? 'DATABASE_AUTH' : connections !== undefined ? 'DATABASE_CONNECTIONS' : undefined;
    if (lone !== undefined)
      throw misconfigured(lone, `${lone}: it is of use with DATABASE_URL only. Set that, or take this away.`);
    return undefined;
  }
  const at = URL.parse(url);
  if (at === null || !['postgres:', 'postgresql:'].includes(at.protocol))
    throw misconfigured(
      'DATABASE_URL',
      'DATABASE_URL: allowed is the address of a PostgreSQL database, as postgres://user:password@host:5432/database',
    );
  if (auth === 'entra' && at.password !== '')
    throw misconfigured(
      'DATABASE_URL',
      'DATABASE_URL: it holds a password, while DATABASE_AUTH is entra. Take one of them away.',
    );
  return { url, auth: auth ?? 'password', connections: connections ?? 10 };
}
