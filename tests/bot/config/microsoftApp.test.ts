import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';
import { refusal } from './samples.ts';

describe('the settings of the Bot Framework', () => {
  const app = { MicrosoftAppId: 'app-id' };
  const password = { MicrosoftAppPassword: 'app-s3cret' };
  const tenant = { MicrosoftAppTenantId: 'tenant-id' };
  const single = { MicrosoftAppType: 'SingleTenant' };
  const identity = { MicrosoftAppType: 'UserAssignedMSI' };

  it('are of a bot for several tenants where no type is said', () => {
    const none = { password: undefined, tenantId: undefined };
    assert.deepEqual(readConfig(app).microsoftApp, { type: 'MultiTenant', id: 'app-id', ...none });
    const { microsoftApp } = readConfig({ ...app, ...password });
    assert.deepEqual(microsoftApp, {
      type: 'MultiTenant',
      id: 'app-id',
      password: 'app-s3cret',
      tenantId: undefined,
    });
  });

  it('may be of a managed identity', () => {
    const { microsoftApp } = readConfig({ ...identity, ...app, ...tenant });
    assert.deepEqual(microsoftApp, {
      type: 'UserAssignedMSI',
      id: 'app-id',
      password: undefined,
      tenantId: 'tenant-id',
    });
  });

  it('say nothing where there is but the default type', () =>
    assert.equal(readConfig({ MicrosoftAppType: 'MultiTenant' }).microsoftApp, undefined));

  const refused: readonly [env: NodeJS.ProcessEnv, field: string, message: RegExp][] = [
    [{ ...password }, 'MicrosoftAppId', /Missing: MicrosoftAppId\.$/],
    [{ ...tenant }, 'MicrosoftAppId', /Missing: MicrosoftAppId\.$/],
    [{ ...single, ...app, ...password }, 'MicrosoftAppTenantId', /Missing: MicrosoftAppTenantId\.$/],
    [{ ...single, ...app, ...tenant }, 'MicrosoftAppPassword', /Missing: MicrosoftAppPassword\.$/],
    [{ ...single }, 'MicrosoftAppId', /AppId, MicrosoftAppPassword, MicrosoftAppTenantId\.$/],
    [{ ...identity, ...app }, 'MicrosoftAppTenantId', /Missing: MicrosoftAppTenantId\.$/],
    [{ ...identity }, 'MicrosoftAppId', /Missing: MicrosoftAppId, MicrosoftAppTenantId\.$/],
    [{ ...identity, ...app, ...tenant, ...password }, 'MicrosoftAppPassword', /managed identity.*has none/],
    [{ MicrosoftAppType: 'multi', ...app }, 'MicrosoftAppType', /MultiTenant.*SingleTenant.*UserAssignedMSI/],
  ];
  for (const [env, field, message] of refused) {
    it(`are refused with the name at fault: ${Object.keys(env).join(', ')}, type ${env.MicrosoftAppType}`, () => {
      const error = refusal(env);
      assert.equal(error.field, field);
      assert.match(error.message, message);
      assert.doesNotMatch(`${error.message} ${error.stack}`, /s3cret/);
    });
  }
});
