import type { SecretsConfig } from '../config/secrets.ts';
import type { TokenGiver } from './keyVault.ts';
import { secretFolder } from './secretFolder.ts';
import { type SecretSource, unreadable } from './secretSource.ts';
import { settingNamed } from './settingNamed.ts';

/** The settings of the process, from everywhere that they come from. */
export interface Secrets {
  /** Whether there is a place beside the environment. */
  readonly hasSources: boolean;
  /**
   * The settings as they are now. What the folder holds wins over the key vault, and both over the environment: whoever puts a
   * secret there means it to change. What one of them has held and holds no more is not set: the environment's, which is of
   * the start, may be the very one that was revoked.
   *
   * @throws BluetickError `invalid_configuration` where a place cannot be read
   */
  read(): Promise<NodeJS.ProcessEnv>;
  /** Closes the connections. */
  close(): Promise<void>;
}

/** What {@link openSecrets} is made of. */
export interface SecretsParts {
  readonly config: Pick<SecretsConfig, 'folder' | 'keyVaultUrl'>;
  /** The environment, which does not change. */
  readonly env: NodeJS.ProcessEnv;
  /** The names of all settings: what has none of them is left aside. */
  readonly names: readonly string[];
  /** Who asks the key vault. Default: the identity of the host, by `@azure/identity`, which is loaded for it alone. */
  readonly identity?: TokenGiver;
}

/** What other programs call theirs too, in a place that they share with us: these come from the environment alone. */
const common: readonly string[] = ['HOST', 'PORT'];

/** Opens the places that the settings name. Nothing is read yet. */
export async function openSecrets(parts: SecretsParts): Promise<Secrets> {
  const { config, env, names } = parts;
  const { folder, keyVaultUrl } = config;
  const sources: readonly SecretSource[] = [
    // Loaded for those who use it, with what gives it an identity.
    keyVaultUrl &&
      (await import('./keyVault.ts')).keyVault(keyVaultUrl, parts.identity ?? (await identityOfHost())),
    folder === undefined ? undefined : secretFolder(folder),
  ].filter(source => source !== undefined);
  const find = settingNamed(names.filter(name => !common.includes(name)));
  const everHeld = new Set<string>();
  return {
    hasSources: sources.length > 0,
    async read() {
      const read = await Promise.all(sources.map(source => readSettings(source, find)));
      const held: NodeJS.ProcessEnv = Object.assign({}, ...read);
      for (const name of Object.keys(held)) everHeld.add(name);
      const ofEnvironment = Object.entries(env).filter(([name]) => !everHeld.has(name));
      return { ...Object.fromEntries(ofEnvironment), ...held };
    },
    async close() {
      await Promise.all(sources.map(source => source.close()));
    },
  };
}

/** What a source holds, by the settings' names. */
async function readSettings(
  source: SecretSource,
  find: ReturnType<typeof settingNamed>,
): Promise<NodeJS.ProcessEnv> {
  const settings: NodeJS.ProcessEnv = {};
  for (const [name, value] of await source.read(name => find(name) !== undefined)) {
    const setting = String(find(name));
    // Which of the two is meant nobody knows: the one that was to go may be the one that is taken.
    if (setting in settings)
      throw unreadable(source, `${setting} is there twice, under names that mean the same`);
    settings[setting] = value;
  }
  return settings;
}

async function identityOfHost(): Promise<TokenGiver> {
  const { hostIdentity } = await import('../../middleware/channels/acs/identity.ts');
  return hostIdentity();
}
