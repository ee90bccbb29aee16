import assert from 'node:assert/strict';
import { createGoogleChannel } from '../../../../middleware/channels/google/googleChannel.ts';
import { checkOptions, type GoogleFormatOptions } from '../../../../middleware/channels/google/options.ts';
import { BluetickError } from '../../../../middleware/errors.ts';
import { type GoogleServer, startGoogleServer } from '../../../support/googleServer.ts';

describe('the options of the channel google', () => {
  let server: GoogleServer;
  let key: Record<string, unknown>;
  let good: GoogleFormatOptions;
  before(async () => {
    server = await startGoogleServer('scope', () => ({ status: 200, body: {} }));
    key = JSON.parse(server.serviceAccount);
    const { token_uri: _own, ...rest } = key;
    good = { agentIds: ['an_agent'], serviceAccount: JSON.stringify(rest), clientTokens: ['a-token'] };
  });
  after(() => server.close());

  it('have the addresses of Google, for calls and for tokens, where nothing else is said', () => {
    const { rbm, businessMessages, callsPerSecond, timeoutMs } = checkOptions({
      rbm: good,
      businessMessages: { ...good, agentIds: ['brands/b/agents/a'] },
    });
    assert.equal(rbm?.apiUrl.href, 'https://rcsbusinessmessaging.googleapis.com/');
    assert.equal(businessMessages?.apiUrl.href, 'https://businessmessages.googleapis.com/');
    assert.equal(rbm?.account.tokenUrl.href, 'https://oauth2.googleapis.com/token');
    assert.deepEqual([callsPerSecond, timeoutMs], [50, 10_000]);
  });

  it('may name a region, and a service on this machine', () => {
    for (const apiUrl of ['https://europe-rcsbusinessmessaging.googleapis.com', server.origin])
      assert.equal(checkOptions({ rbm: { ...good, apiUrl } }).rbm?.apiUrl.origin, apiUrl);
    const { rbm } = checkOptions({ rbm: { ...good, serviceAccount: server.serviceAccount } });
    assert.equal(rbm?.account.tokenUrl.href, `${server.origin}/token`);
  });

  const refused = (options: Partial<GoogleFormatOptions>, field: string, format = 'rbm') => {
    assert.throws(
      () => createGoogleChannel({ [format]: { ...good, ...options } }),
      (error: unknown) => {
        assert.ok(error instanceof BluetickError);
        assert.equal(error.code, 'invalid_configuration');
        assert.ok(String(error.field).startsWith(field), `${error.field} is not ${field}`);
        assert.ok(error.message.includes(field));
        assert.doesNotMatch(error.message, /PRIVATE|a-token|s3cret|gserviceaccount/);
        return true;
      },
    );
  };

  it('are refused with the name of the setting that is missing or wrong', () => {
    assert.throws(() => createGoogleChannel({}), { field: 'RBM_AGENT_ID' });
    for (const agentIds of [[], [''], ['brands/b/agents/a'], ['an agent']])
      refused({ agentIds }, 'RBM_AGENT_ID');
    for (const agentIds of [['an_agent'], ['brands/b'], ['brands//agents/']])
      refused({ agentIds }, 'GBM_AGENT_ID', 'businessMessages');
    for (const clientTokens of [[], ['a-token', '']]) refused({ clientTokens }, 'RBM_CLIENT_TOKEN');
    for (const apiUrl of ['http://example.com', 'https://s3cret@example.com', 'x'])
      refused({ apiUrl }, 'RBM_API_URL');
  });

  it('are refused with a key that is none of a service account, of which nothing is shown', () => {
    const { private_key: _key, ...without } = key;
    for (const serviceAccount of [
      '',
      'the s3cret',
      '[]',
      JSON.stringify(without),
      JSON.stringify({ ...key, type: 'authorized_user' }),
      JSON.stringify({ ...key, client_email: '' }),
      JSON.stringify({ ...key, private_key: 's3cret' }),
      JSON.stringify({ ...key, private_key: String(key.private_key).slice(0, -100) }),
    ])
      refused({ serviceAccount }, 'RBM_SERVICE_ACCOUNT_FILE');
  });

  it('are refused where tokens would be asked for elsewhere than at Google', () => {
    for (const token_uri of [
      'https://oauth2.example.com/token',
      'https://oauth2.googleapis.com.example.com/token',
      'https://oauth2.googleapis.com/other',
      'http://oauth2.googleapis.com/token',
      'http://10.0.0.1/token',
      'x',
    ])
      refused({ serviceAccount: JSON.stringify({ ...key, token_uri }) }, 'RBM_SERVICE_ACCOUNT_FILE');
  });
});
