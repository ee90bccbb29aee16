import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ForwardTry } from '../../../middleware/forwarding/forwardClient.ts';
import { createTwilioForward } from '../../../middleware/forwarding/twilioForward.ts';
import { systemClock as clock } from '../../../middleware/timing/systemClock.ts';
import { answerXml, type DynamicsDoor, openDynamicsDoor, twilioHeaders } from '../../support/dynamicsDoor.ts';
import { nobody, serveHttp } from '../../support/standIn.ts';
import { inboundForm, sid } from '../../support/twilioWebhooks.ts';

const authToken = '12345678901234567890123456789012';
const form = new URLSearchParams(
  inboundForm({ accountSid: sid('AC', 1), business: '14155238886', customer: '15551234567' }, sid('SM', 7), {
    Body: 'Grüße & 1 + 1 = 2 🚲',
  }),
).toString();
const never = () => new AbortController().signal;
const kept = (body: string | Buffer, headers: Record<string, string> = {}) => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', ...headers },
  body: Buffer.from(body).toString('base64'),
});

describe('createTwilioForward', () => {
  let door: DynamicsDoor;
  const open: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    door = await openDynamicsDoor(authToken);
    open.push(door);
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  const client = (url: string, timeoutMs?: number) => {
    const made = createTwilioForward({ url, authToken, clock, ...(timeoutMs && { timeoutMs }) });
    open.push(made);
    return made;
  };
  const send = (request = kept(form), url = door.url) => client(url).send(request, never());
  const answered = async (status: number, headers: Record<string, string> = {}): Promise<ForwardTry> => {
    door.answer = () => ({ status, headers, body: 'words' });
    return send();
  };

  it('makes the request again: body and headers as they came, the signature for where it goes', async () => {
    const headers = { ...twilioHeaders, 'x-own': 'a, b', 'x-twilio-signature': 'for our address=' };
    const tried = await send(kept(form, headers));
    assert.equal(tried.what, 'taken');
    const [call, ...others] = door.calls;
    assert.deepEqual(others, []);
    assert.equal(call?.body.toString(), form);
    assert.equal(call?.path, '/twilio/inbound?org=contoso');
    const {
      'x-twilio-signature': signature,
      host,
      connection: _c,
      'content-length': length,
      ...sent
    } = call.headers;
    assert.deepEqual(sent, {
      ...twilioHeaders,
      'x-own': 'a, b',
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    });
    assert.equal(host, new URL(door.url).host);
    assert.equal(length, String(form.length));
    assert.notEqual(signature, headers['x-twilio-signature']);
    assert.deepEqual(tried.answer, {
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: Buffer.from(answerXml),
    });
  });

  it('signs the hash of a body that is no form, in the address, as Twilio does', async () => {
    const seen: string[] = [];
    const server = await serveHttp((request, response) => {
      seen.push(`${request.url}`, String(request.headers['x-twilio-signature']));
      response.end();
    });
    open.push(server);
    const body = '{"hello":"world"}';
    const url = `${server.origin}/twilio/json`;
    const tried = await send(kept(body, { 'content-type': 'application/json' }), url);
    assert.equal(tried.what, 'taken');
    const path = `/twilio/json?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    const expected = createHmac('sha1', authToken).update(`${server.origin}${path}`).digest('base64');
    assert.deepEqual(seen, [path, expected]);
  });

  it('relays an answer byte by byte, with what says how to read it, and nothing else of it', async () => {
    const bytes = gzipSync(answerXml);
    const server = await serveHttp((_request, response) => {
      response.writeHead(201, {
        'content-type': 'text/xml',
        'content-encoding': 'gzip',
        'set-cookie': 'a=b',
        server: 'x',
      });
      response.end(bytes);
    });
    open.push(server);
    const headers = { 'content-type': 'text/xml', 'content-encoding': 'gzip' };
    assert.deepEqual(await send(kept(form), server.origin), {
      what: 'taken',
      answer: { status: 201, headers, body: bytes },
    });
  });

  for (const status of [400, 405, 409, 410, 413, 415, 422]) {
    it(`takes ${status} for a refusal for good, whose answer is relayed`, async () => {
      const tried = await answered(status);
      assert.deepEqual(tried, {
        what: 'refused',
        code: `http_${status}`,
        answer: { status, headers: {}, body: Buffer.from('words') },
      });
    });
  }

  for (const status of [408, 425, 429, 500, 502, 503, 504]) {
    it(`takes ${status} for one that passes`, async () => {
      const headers: Record<string, string> = status === 503 ? { 'retry-after': '120' } : {};
      assert.deepEqual(await answered(status, headers), {
        what: 'failed',
        code: `http_${status}`,
        ours: false,
        retryAfterMs: status === 503 ? 120_000 : undefined,
      });
    });
  }

  for (const status of [301, 302, 307, 308, 401, 403, 404]) {
    it(`takes ${status} for a matter of address or signature, and follows no redirect`, async () => {
      const tried = await answered(status, { location: `${door.origin}/elsewhere` });
      assert.deepEqual(tried, {
        what: 'failed',
        code: `http_${status}`,
        ours: true,
        retryAfterMs: undefined,
      });
      assert.equal(door.calls.length, 1);
    });
  }

  for (const [silence, code] of [
    ['drop', 'network'],
    ['half', 'network'],
    ['hang', 'timeout'],
  ] as const) {
    it(`is not taken where no answer comes: ${silence}`, async () => {
      door.strike(silence);
      const tried = await client(door.url, 300).send(kept(form), never());
      assert.deepEqual(tried, { what: 'failed', code, ours: false, retryAfterMs: undefined });
    });
  }

  it('is not taken where nobody listens, nor where we stop it', async () => {
    const gone = await send(kept(form), `${await nobody()}/x`);
    assert.deepEqual([gone.what, 'code' in gone && gone.code], ['failed', 'network']);
    door.strike('hang');
    const stop = new AbortController();
    const trying = client(door.url).send(kept(form), stop.signal);
    await door.called(1);
    stop.abort();
    const stopped = await trying;
    assert.deepEqual([stopped.what, 'code' in stopped && stopped.code], ['failed', 'aborted']);
  });

  it('is judged by the status of an answer that is longer than is read, of which nothing else is relayed', async () => {
    const answers = (status: number) => {
      const headers = { 'content-type': 'text/html' };
      door.answer = () => ({ status, headers, body: 'x'.repeat(1024 * 1024 + 1) });
      return send();
    };
    const only = (status: number) => ({ status, headers: {}, body: Buffer.alloc(0) });
    assert.deepEqual(await answers(200), { what: 'taken', answer: only(200) });
    assert.deepEqual(await answers(400), { what: 'refused', code: 'http_400', answer: only(400) });
    const failed = { what: 'failed', code: 'http_502', ours: false, retryAfterMs: undefined };
    assert.deepEqual(await answers(502), failed);
  });

  for (const [url, why] of [
    ['nonsense', /absolute address/],
    ['http://dynamics.example/in', /must be https/],
    ['https://user:secret@dynamics.example/in', /user name or a password/],
    ['https://dynamics.example/in#rp=all', /fragment/],
  ] as const) {
    it(`refuses an address that cannot be one: ${why.source}`, () => {
      const making = () => createTwilioForward({ url, authToken, clock });
      assert.throws(making, { code: 'invalid_configuration', field: 'TWILIO_FORWARD_URL', message: why });
      assert.throws(
        making,
        error => error instanceof Error && !/secret|dynamics\.example/.test(error.message),
      );
    });
  }
});
