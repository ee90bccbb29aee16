import { misconfigured } from './fields.ts';

/** As App Service writes where a setting's value is: learn.microsoft.com/azure/app-service/app-service-key-vault-references */
const reference = /^\s*@Microsoft\.(KeyVault|AppConfiguration)\(/;

/**
 * Refuses settings that hold a reference instead of what it refers to. That is what App Service hands on when it may not, or
 * cannot, read the secret: the text is long enough for a key, and no secret to anybody.
 *
 * @param names of the settings
 * @throws BluetickError `invalid_configuration` that names the first
 */
export function refuseReferences(env: NodeJS.ProcessEnv, names: readonly string[]): void {
  const name = names.find(name => reference.test(env[name] ?? ''));
  if (name === undefined) return;
  throw misconfigured(
    name,
    `${name}: it holds a reference to a secret, and not the secret: App Service could not read it. Is it in the key vault, and may the managed identity read it?`,
  );
}
