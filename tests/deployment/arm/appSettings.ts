import { settingNames } from '../../../bot/config.ts';
import { parametersOf } from './cases.ts';
import { type Deployment, deploy } from './deploy.ts';
import { type Layout, readTemplate, type Template } from './template.ts';

/** The settings of App Service, by their names. */
export type AppSettings = Readonly<Record<string, string>>;

/** Settings that the host's own code does not read, with who does. */
const readByOthers: Readonly<Record<string, string>> = {
  AZURE_CLIENT_ID: 'DefaultAzureCredential: which managed identity',
  APPLICATIONINSIGHTS_CONNECTION_STRING:
    'Azure Monitor’s exporter; it says where to, and is no secret (its key only adds)',
  WEBSITE_RUN_FROM_PACKAGE:
    'App Service: the code is the package that was deployed, which nobody can write to',
  SCM_DO_BUILD_DURING_DEPLOYMENT: 'App Service: the package is built before it is deployed',
};

/** Settings that hold a secret, by how they are named. */
const secret = /(_KEY|_SECRET|_TOKEN|_PASSWORD|Password|CONNECTION_STRING)$/;

const reference = /^@Microsoft\.KeyVault\(VaultName=([^;)]+);SecretName=([A-Za-z0-9-]+)\)$/;

/** The settings that a deployment of the host gives it. */
export function settingsOf({ resources }: Deployment): AppSettings {
  const found = resources.find(
    ({ type, name }) => type === 'Microsoft.Web/sites/config' && /\/appsettings$/.test(name),
  );
  return (found?.resource.properties ?? {}) as AppSettings;
}

/** The settings of the template as it is, in one of the ways to deploy it. */
export function settingsIn(name: string, layout: Layout = 'with-rg', template?: Template): AppSettings {
  return settingsOf(deploy(template ?? readTemplate('BotApp', layout), parametersOf(name, 'BotApp', layout)));
}

/** The name of the secret that a setting refers to; `undefined` where it holds none. */
export function secretNameOf(value: string): string | undefined {
  return reference.exec(value)?.[2];
}

/** What is wrong with settings: names that nothing reads, and secrets that do not stand in the key vault. */
export function faultsOfSettings(settings: AppSettings): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const isOurs = settingNames.includes(name);
    if (!isOurs && !Object.hasOwn(readByOthers, name)) return [`${name}: nothing reads it`];
    const isSafe = value === '' || reference.test(value) || Object.hasOwn(readByOthers, name);
    if (secret.test(name) && !isSafe) return [`${name}: it is a secret, and no reference to the key vault`];
    if (name.endsWith('_URL') && URL.parse(value)?.password) return [`${name}: it holds a password`];
    return [];
  });
}

/** As App Service does it before the host starts: the secrets in the places of their references. */
export function resolveSecrets(
  settings: AppSettings,
  secrets: Readonly<Record<string, string>>,
): AppSettings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      const secretName = secretNameOf(value);
      // What it cannot read it hands on as it is.
      return [name, secretName === undefined ? value : (secrets[secretName] ?? value)];
    }),
  );
}
