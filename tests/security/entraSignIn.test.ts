import assert from 'node:assert/strict';
import { readConfig } from '../../bot/config.ts';
import { OidcBrowser } from '../support/oidcBrowser.ts';
import { type OidcTenant, startOidcTenant } from '../support/oidcTenant.ts';
import { type AttackedHost, startAttackedHost } from './attackedHost.ts';

const key = 'the-administrator-s-key-0123456789';

describe('signing in by Entra ID', () => {
  let tenant: OidcTenant;
  let attacked: AttackedHost;
  let settings: NodeJS.ProcessEnv;
  before(async () => {
    tenant = await startOidcTenant();
    settings = {
      BLUETICK_API_KEY: key,
      BLUETICK_ENTRA_TENANT_ID: tenant.tenantId.toUpperCase(),
      BLUETICK_ENTRA_CLIENT_ID: tenant.clientId,
      BLUETICK_ENTRA_CLIENT_SECRET: tenant.clientSecret,
      BLUETICK_ENTRA_AUTHORITY: tenant.authority,
    };
    attacked = await startAttackedHost(settings);
    tenant.register(`${attacked.host.url}/sign-in/entra/callback`);
  });
  beforeEach(() => {
    tenant.person = { name: 'Ada Lovelace', roles: ['Bluetick.Agent'] };
  });
  after(async () => {
    await attacked.close();
    await tenant.close();
  });

  const start = (query = '') => `${attacked.host.url}/sign-in/entra${query}`;
  const callback = () => `${start()}/callback`;
  /** Where the tenant brings a browser back to, which has not gone there yet. */
  const signedInAt = (browser: OidcBrowser, query = '') => browser.followTo(start(query), callback());
  /** The same for a question that was changed on the way to the tenant. */
  async function signedInWith(browser: OidcBrowser, name: string, value: string): Promise<string> {
    const begun = await browser.get(start());
    const question = new URL(String(begun.headers.get('location')));
    question.searchParams.set(name, value);
    return browser.followTo(question.href, callback());
  }
  const sessionOf = async (browser: OidcBrowser) => {
    const headers = { cookie: browser.cookieFor(attacked.host.url) };
    const answer = await fetch(`${attacked.host.url}/api/v1/session`, { headers });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  /** Nobody is signed in, and the console can say why. */
  async function assertRefused(browser: OidcBrowser, answer: Response, error: 'failed' | 'forbidden') {
    assert.deepEqual([answer.status, answer.headers.get('location')], [302, `/?error=${error}`]);
    assert.equal((await sessionOf(browser)).status, 401);
  }

  it('asks Entra ID nothing before somebody comes, and who it is once', async () => {
    assert.equal(tenant.asked, 0);
    tenant.isDown = true;
    for (let tries = 0; tries < 2; tries += 1) {
      const answer = await new OidcBrowser().get(start());
      assert.equal(answer.status, 503);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
    tenant.isDown = false;
    const before = tenant.asked;
    for (let tries = 0; tries < 2; tries += 1)
      assert.equal((await new OidcBrowser().get(start())).status, 302);
    assert.equal(tenant.asked, before + 1);
  });

  it('is one of the ways', async () => {
    const answer = await fetch(`${attacked.host.url}/api/v1/sign-in`);
    assert.deepEqual(await answer.json(), { ways: ['key', 'entra'], simulator: true, signedIn: false });
  });

  it('goes by code with PKCE, state and nonce, which stay in a cookie that nobody can read', async () => {
    const answer = await new OidcBrowser().get(start());
    const { origin, searchParams } = new URL(String(answer.headers.get('location')));
    assert.equal(origin, tenant.authority);
    assert.equal(searchParams.get('response_type'), 'code');
    assert.equal(searchParams.get('code_challenge_method'), 'S256');
    assert.equal(searchParams.get('redirect_uri'), callback());
    const [line = ''] = answer.headers.getSetCookie();
    assert.match(line, /^bluetick-sign-in=\S+; Path=\/; HttpOnly; SameSite=Lax$/);
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const value = String(searchParams.get(name));
      assert.ok(value.length >= 32 && !line.includes(value), name);
    }
  });

  for (const [roles, role] of [
    [['Bluetick.Agent'], 'agent'],
    [['Bluetick.Agent', 'Bluetick.Supervisor'], 'supervisor'],
    [['Bluetick.Administrator', 'Other.Role'], 'administrator'],
  ] as const) {
    it(`begins a session with the role ${role} for ${roles.join(' and ')}`, async () => {
      tenant.person = { name: 'Ada Lovelace', roles };
      const browser = new OidcBrowser();
      const answer = await browser.get(await signedInAt(browser, '?return=/conversations/c_x'));
      assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/conversations/c_x']);
      assert.match(
        answer.headers.getSetCookie().join('\n'),
        /bluetick-session=\S+; Path=\/; HttpOnly; SameSite=Strict/,
      );
      const { body } = await sessionOf(browser);
      assert.deepEqual([body.role, body.agent, body.via], [role, 'Ada Lovelace', 'session']);
      assert.ok(!browser.cookieFor(attacked.host.url).includes('bluetick-sign-in'));
    });
  }

  it('knows people by their user name where they have no other', async () => {
    tenant.person = { preferred_username: 'ada@contoso.example', roles: ['Bluetick.Agent'] };
    const browser = new OidcBrowser();
    await browser.get(await signedInAt(browser));
    assert.equal((await sessionOf(browser)).body.agent, 'ada@contoso.example');
  });

  it('goes back to no page of another host', async () => {
    const browser = new OidcBrowser();
    const answer = await browser.get(await signedInAt(browser, '?return=//evil.example'));
    assert.equal(answer.headers.get('location'), '/');
  });

  for (const [what, person] of Object.entries({
    'have no role': { name: 'Eve', roles: [] },
    'have roles of another application alone': { name: 'Eve', roles: ['Reader', 'bluetick.agent'] },
    'are of another tenant': {
      tid: '00000000-0000-4000-8000-000000000000',
      roles: ['Bluetick.Administrator'],
    },
  })) {
    it(`refuses those who ${what}`, async () => {
      tenant.person = person;
      const browser = new OidcBrowser();
      await assertRefused(browser, await browser.get(await signedInAt(browser)), 'forbidden');
    });
  }

  it('refuses an answer without the question: of another browser, or made up', async () => {
    const [ada, eve] = [new OidcBrowser(), new OidcBrowser()];
    const answer = await signedInAt(ada);
    await assertRefused(eve, await eve.get(answer), 'failed');
    await eve.get(start());
    await assertRefused(eve, await eve.get(answer), 'failed');
    for (const query of ['', '?code=x', '?code=x&state=y', '?error=access_denied'])
      await assertRefused(eve, await eve.get(`${callback()}${query}`), 'failed');
  });

  it('refuses a wrong or a second state', async () => {
    const browser = new OidcBrowser();
    const answer = new URL(await signedInAt(browser));
    answer.searchParams.append('state', 'another');
    await assertRefused(browser, await browser.get(answer.href), 'failed');
    const other = new OidcBrowser();
    const wrong = new URL(await signedInAt(other));
    wrong.searchParams.set('state', 'another');
    await assertRefused(other, await other.get(wrong.href), 'failed');
  });

  it('refuses an answer that comes again, here and at another instance', async () => {
    const browser = new OidcBrowser();
    const answer = await signedInAt(browser);
    const cookie = browser.cookieFor(attacked.host.url);
    assert.equal(
      (await fetch(answer, { redirect: 'manual', headers: { cookie } })).headers.get('location'),
      '/',
    );
    const again = await fetch(answer, { redirect: 'manual', headers: { cookie } });
    assert.equal(again.headers.get('location'), '/?error=failed');
    assert.ok(!again.headers.getSetCookie().join().includes('bluetick-session'));
    const other = await startAttackedHost({ ...settings, PUBLIC_URL: attacked.host.url });
    try {
      const elsewhere = answer.replace(attacked.host.url, `http://127.0.0.1:${other.host.port}`);
      const third = await fetch(elsewhere, { redirect: 'manual', headers: { cookie } });
      assert.equal(third.headers.get('location'), '/?error=failed');
    } finally {
      await other.close();
    }
  });

  it('refuses a token that was issued for another question', async () => {
    const browser = new OidcBrowser();
    await assertRefused(
      browser,
      await browser.get(await signedInWith(browser, 'nonce', 'another-nonce-0123456789-0123456789')),
      'failed',
    );
  });

  it('refuses a code that was asked for with another proof', async () => {
    const browser = new OidcBrowser();
    await assertRefused(
      browser,
      await browser.get(
        await signedInWith(browser, 'code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'),
      ),
      'failed',
    );
  });

  it('says so where Entra ID refuses', async () => {
    const browser = new OidcBrowser();
    const answer = await signedInWith(browser, 'prompt', 'none');
    assert.equal(new URL(answer).searchParams.get('error'), 'login_required');
    await assertRefused(browser, await browser.get(answer), 'failed');
    assert.match(attacked.logged(), /"because":"login_required"/);
  });

  it('is unavailable while Entra ID does not answer, and goes on after that', async () => {
    const browser = new OidcBrowser();
    const answer = await signedInAt(browser);
    tenant.isDown = true;
    assert.equal((await browser.get(answer)).status, 503);
    tenant.isDown = false;
    const again = new OidcBrowser();
    assert.equal((await again.get(await signedInAt(again))).headers.get('location'), '/');
  });

  it('takes a transaction of this host’s key only', async () => {
    const browser = new OidcBrowser();
    const answer = await signedInAt(browser);
    const cookie = browser.cookieFor(attacked.host.url);
    const stranger = await startAttackedHost({ ...settings, BLUETICK_API_KEY: `${key}-other` });
    try {
      const elsewhere = answer.replace(attacked.host.url, stranger.host.url);
      const refused = await fetch(elsewhere, { redirect: 'manual', headers: { cookie } });
      assert.equal(refused.headers.get('location'), '/?error=failed');
    } finally {
      await stranger.close();
    }
  });

  it('proves itself by the client’s secret as it is now', async () => {
    const { renewal } = attacked.host.app;
    const endsWith = async (secret: string) => {
      await renewal.renew(readConfig({ ...settings, BLUETICK_ENTRA_CLIENT_SECRET: secret }));
      const browser = new OidcBrowser();
      return (await browser.get(await signedInAt(browser))).headers.get('location');
    };
    assert.equal(await endsWith('the-secret-that-is-not-valid-any-more'), '/?error=failed');
    assert.equal(await endsWith(tenant.clientSecret), '/');
  });

  it('logs and keeps no code, token, secret, name or cookie', async () => {
    const browser = new OidcBrowser();
    const answer = await signedInAt(browser);
    const code = String(new URL(answer).searchParams.get('code'));
    await browser.get(answer);
    const cookies = browser.cookieFor(attacked.host.url).split('=');
    const kept = `${attacked.logged()}${await attacked.contents()}`;
    for (const secret of [code, tenant.clientSecret, String(cookies[1]), 'Ada Lovelace'])
      assert.ok(secret.length > 8 && !kept.includes(secret));
  });
});
