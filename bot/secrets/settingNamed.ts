/**
 * Makes the finding of the setting that something in a source is named after. Its letters and digits count, in whatever case:
 * Key Vault's names have no `_`, so that `META_APP_SECRET` is `META-APP-SECRET` or `MetaAppSecret` there, and those of
 * Kubernetes are often in lower case.
 *
 * @param names of all settings
 */
export function settingNamed(names: readonly string[]): (name: string) => string | undefined {
  const byLetters = new Map(names.map(name => [lettersOf(name), name]));
  return name => byLetters.get(lettersOf(name));
}

function lettersOf(name: string): string {
  return name.replaceAll(/[^a-z\d]/gi, '').toLowerCase();
}
