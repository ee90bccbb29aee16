import { createPublicKey } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { type EntraTenant, startEntraTenant } from '../support/entraTenant.ts';
import { acs, acsAttack } from './acsBySecret.ts';
import type { AttackedChannel } from './attackedChannel.ts';
import type { Attack } from './attackedHost.ts';

/** What wrong proofs are made of: the tenant, another one whose key has the same name, and a token that is right. */
interface Material {
  readonly tenant: EntraTenant;
  readonly other: EntraTenant;
  readonly right: string;
}

/** What a request has beside its body. */
interface Sent {
  readonly headers?: Attack['headers'];
  /** With its question mark. */
  readonly query?: string;
}

/** Makes a proof that is none. */
type Forge = (material: Material) => Sent | Promise<Sent>;

const bearer = (token: string): Sent => ({ headers: { authorization: `Bearer ${token}` } });
const seconds = () => Math.floor(Date.now() / 1000);
const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());

/** A token's header, claims and signature, as they stand in it. */
function partsOf(token: string): readonly [head: string, claims: string, signature: string] {
  const [head = '', claims = '', signature = ''] = token.split('.');
  return [head, claims, signature];
}

/** The token's own header and claims, changed, under the signature that it had. */
function changed(token: string, header: object, claims: object): string {
  const [head, payload, signature] = partsOf(token);
  return `${encoded({ ...decoded(head), ...header })}.${encoded({ ...decoded(payload), ...claims })}.${signature}`;
}

/** The claims of the token, signed by a key of our own that the token brings along. */
async function signedByItself(token: string): Promise<string> {
  const [head, claims] = partsOf(token);
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const header = { ...decoded(head), jwk: await exportJWK(publicKey) };
  return new SignJWT(decoded(claims)).setProtectedHeader(header).sign(privateKey);
}

/** The old confusion: signed by the tenant's public key, as though it were a secret that both know. */
async function signedByPublicKey(token: string, { metadataUrl }: EntraTenant): Promise<string> {
  const [head, claims] = partsOf(token);
  const { jwks_uri } = (await (await fetch(metadataUrl)).json()) as { jwks_uri: string };
  const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: [JWK] };
  const key = createPublicKey({ key: keys[0], format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const header = { ...decoded(head), alg: 'HS256' };
  return new SignJWT(decoded(claims)).setProtectedHeader(header).sign(Buffer.from(key));
}

const forges: Readonly<Record<string, Forge>> = {
  'no token': () => ({}),
  'an empty header': () => ({ headers: { authorization: '' } }),
  'an empty token': () => bearer(''),
  'words for a token': () => bearer('x.y.z'),
  'its tenant in its place': ({ tenant }) => bearer(tenant.tenantId),
  'one that is cut': ({ right }) => bearer(right.slice(0, -1)),
  'half of one': ({ right }) => bearer(right.slice(0, right.length / 2)),
  'one without its signature': ({ right }) => bearer(`${partsOf(right).slice(0, 2).join('.')}.`),
  'one with more behind it': ({ right }) => bearer(`${right}AAAA`),
  'the right one twice in a header': ({ right }) => bearer(`${right} ${right}`),
  'a wrong header before the right one': ({ right }) => ({
    // In capitals: the type of the other allows one only.
    headers: { Authorization: ['Bearer x.y.z', `Bearer ${right}`] },
  }),
  'the right one under another scheme': ({ right }) => ({ headers: { authorization: `Basic ${right}` } }),
  'the right one without its scheme': ({ right }) => ({ headers: { authorization: right } }),
  'the right one in the address': ({ right }) => ({ query: `?access_token=${right}&code=${right}` }),
  'the right one under other names': ({ right }) => ({
    headers: { 'x-webhook-secret': right, 'x-api-key': right, cookie: `token=${right}` },
  }),
  'one for another audience': async ({ tenant }) =>
    bearer(await tenant.token({ audience: 'api://of-others' })),
  'one for an audience like it': async ({ tenant }) =>
    bearer(await tenant.token({ audience: `${tenant.audience}/` })),
  'one of another issuer': async ({ tenant }) =>
    bearer(await tenant.token({ issuer: 'https://issuer.example.com/' })),
  'one of an issuer like it': async ({ tenant }) =>
    bearer(await tenant.token({ issuer: `${tenant.issuers.v2}/` })),
  'one of another tenant': async ({ tenant }) =>
    bearer(await tenant.token({ issuer: 'https://sts.windows.net/11111111-1111-1111-1111-111111111111/' })),
  'one that has expired': async ({ tenant }) => bearer(await tenant.token({ expiresAt: seconds() - 3600 })),
  'one that is not valid yet': async ({ tenant }) =>
    bearer(await tenant.token({ notBefore: seconds() + 1800 })),
  'one whose algorithm is none': ({ right }) =>
    bearer(`${encoded({ alg: 'none', typ: 'JWT' })}.${partsOf(right)[1]}.`),
  'one whose algorithm is none, with a signature': ({ right }) => bearer(changed(right, { alg: 'none' }, {})),
  'one with other claims under the signature': ({ right }) =>
    bearer(changed(right, {}, { exp: seconds() + 86_400 })),
  'one signed again by another tenant': async ({ other }) => bearer(await other.token()),
  'one signed by a key that it brings along': async ({ right }) => bearer(await signedByItself(right)),
  'one signed by the public key': async ({ right, tenant }) => bearer(await signedByPublicKey(right, tenant)),
};

/** What there is between the channel's opening and its end. */
let opened: (Material & { readonly sent: Readonly<Record<string, Sent>> }) | undefined;

function need(): NonNullable<typeof opened> {
  if (opened === undefined) throw new Error('the channel is not open');
  return opened;
}

async function open(): Promise<() => Promise<void>> {
  const [tenant, other] = await Promise.all([startEntraTenant(), startEntraTenant()]);
  const material: Material = { tenant, other, right: await tenant.token() };
  const made = Object.entries(forges).map(async ([what, forge]) => [what, await forge(material)] as const);
  opened = { ...material, sent: Object.fromEntries(await Promise.all(made)) };
  return async () => {
    opened = undefined;
    await Promise.all([tenant.close(), other.close()]);
  };
}

/** What a search for leaks looks for: each token that is sent, and the parts that a library could quote. */
export function tokensSent(): Record<string, string> {
  const { right, sent } = need();
  const secrets: Record<string, string> = { 'the right token': right };
  for (const [what, { headers }] of Object.entries(sent)) {
    const [, token] = /^Bearer (\S{40,})$/.exec(String(headers?.authorization)) ?? [];
    if (token === undefined) continue;
    secrets[what] = token;
    const [, claims, signature] = partsOf(token);
    if (claims.length > 40) secrets[`the claims of ${what}`] = claims;
    if (signature.length > 40) secrets[`the signature of ${what}`] = signature;
  }
  return secrets;
}

/** A token of the tenant whose key it does not publish. */
export function tokenOfUnknownKey(): Promise<string> {
  return need().tenant.token({ kid: 'key-9' });
}

/** The channel `acs`, proved by a token of Entra ID. */
export const acsByToken: AttackedChannel = {
  ...acs,
  title: 'acs (by token)',
  open,
  settings(_secrets, provider) {
    const { tenant } = need();
    const { ACS_WEBHOOK_SECRET: _without, ...settings } = acs.settings([], provider);
    return {
      ...settings,
      ACS_WEBHOOK_TENANT_ID: tenant.tenantId,
      ACS_WEBHOOK_AUDIENCE: tenant.audience,
      ACS_WEBHOOK_METADATA_URL: tenant.metadataUrl,
    };
  },
  secretOf: () => need().right,
  proved: (body, token) => acsAttack(body, bearer(token).headers),
  // Before it is open, they are known by name.
  unproved: body =>
    Object.fromEntries(
      Object.keys(forges).map(what => {
        const { headers, query } = opened?.sent[what] ?? {};
        return [what, acsAttack(body, headers, query)];
      }),
    ),
};

/** A request with what the attack has, and the headers of a base where the attack has none of that name. */
function over(base: Attack, attack: Attack): Attack {
  return { ...attack, headers: { ...base.headers, ...attack.headers } };
}

/** The channel `acs` where it asks for both. */
export const acsByBoth: AttackedChannel = {
  ...acs,
  title: 'acs (by secret and token)',
  open,
  settings: (...given) => ({ ...acs.settings(...given), ...acsByToken.settings(...given) }),
  proved: (body, secret) => over(acsByToken.proved(body, need().right), acs.proved(body, secret)),
  unproved(body, secret) {
    const withToken = acsByToken.proved(body, opened?.right ?? '');
    const withSecret = acs.proved(body, secret);
    const one = Object.entries(acs.unproved(body, secret));
    const other = Object.entries(acsByToken.unproved(body, secret));
    return Object.fromEntries([
      ...one.map(([what, attack]) => [`the token and, for the secret, ${what}`, over(withToken, attack)]),
      ...other.map(([what, attack]) => [`the secret and, for the token, ${what}`, over(withSecret, attack)]),
    ]);
  },
};
