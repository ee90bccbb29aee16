import assert from 'node:assert/strict';
import { createTwilioChannel } from '../../../../middleware/channels/twilio/twilioChannel.ts';
import { BluetickError } from '../../../../middleware/errors.ts';
import { options } from './samples.ts';

describe('createTwilioChannel', () => {
  for (const number of ['14155238886', '+14155238886', 'whatsapp:+14155238886', 'whatsapp:14155238886']) {
    it(`serves ${number} by its digits`, () =>
      assert.deepEqual(createTwilioChannel({ ...options, numbers: [number] }).businesses, ['14155238886']));
  }
  it('takes its webhooks at two addresses', () => {
    const { name, webhook } = createTwilioChannel(options);
    assert.deepEqual(
      [name, webhook.otherPaths, webhook.bodyLimit],
      ['twilio', ['/webhooks/twilio/status'], 262_144],
    );
  });

  const refused: readonly [over: object, field: string, message?: RegExp][] = [
    [{ accountSid: '' }, 'TWILIO_ACCOUNT_SID'],
    [{ accountSid: 'SK01' }, 'TWILIO_ACCOUNT_SID'],
    [{ accountSid: 'AC01/../AC02' }, 'TWILIO_ACCOUNT_SID'],
    [{ authTokens: [] }, 'TWILIO_AUTH_TOKEN'],
    [{ authTokens: ['s3cret', ''] }, 'TWILIO_AUTH_TOKEN'],
    [{ authTokens: ['s3cret\n'] }, 'TWILIO_AUTH_TOKEN'],
    [{ numbers: [] }, 'TWILIO_WHATSAPP_NUMBER'],
    [{ numbers: ['MG00000000000000000000000000000001'] }, 'TWILIO_WHATSAPP_NUMBER', /5 to 15 digits/],
    [{ numbers: ['0049155500'] }, 'TWILIO_WHATSAPP_NUMBER'],
    [{ publicUrl: 'bot.example.com' }, 'PUBLIC_URL'],
    [{ publicUrl: 'ftp://bot.example.com' }, 'PUBLIC_URL'],
    [{ publicUrl: 'https://my_bot.example.com' }, 'PUBLIC_URL', /underscore/],
    [{ publicUrl: 'https://bot.example.com/?a=s3cret' }, 'PUBLIC_URL'],
    [{ apiUrl: 'http://api.twilio.com' }, 'TWILIO_API_URL'],
    [{ messagingUrl: 'http://messaging.twilio.com' }, 'TWILIO_MESSAGING_URL'],
    [{ callsPerSecond: 0 }, 'callsPerSecond'],
    [{ timeoutMs: -1 }, 'timeoutMs'],
  ];
  for (const [over, field, message = /./] of refused) {
    it(`refuses ${JSON.stringify(over)}`, () =>
      assert.throws(
        () => createTwilioChannel({ ...options, ...over }),
        (error: unknown) => {
          assert.ok(error instanceof BluetickError);
          assert.deepEqual([error.code, error.field], ['invalid_configuration', field]);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /s3cret/);
          return true;
        },
      ));
  }

  for (const compliance of ['hipaa', 'pci'] as const) {
    it(`neither reads nor types where messages are under ${compliance}, and says why`, async () => {
      const channel = createTwilioChannel({
        ...options,
        compliance,
        // Nobody is there: no call is made.
        messagingUrl: 'http://127.0.0.1:9',
      });
      const { read, typing, barred } = channel.capabilities;
      assert.deepEqual([read, typing], ['none', 'none']);
      const why = new RegExp(`under ${compliance.toUpperCase()}.*not HIPAA-eligible nor PCI-compliant`);
      assert.match(String(barred), why);
      const call = {
        channel: 'twilio',
        business: '14155238886',
        customer: '1',
        messageId: 'SM1',
        typing: true,
        repeatId: 'r',
      } as const;
      await assert.rejects(channel.markRead(call, AbortSignal.timeout(2000)), {
        message: why,
        providerCode: 'barred',
        fault: 'permanent',
      });
      await channel.close();
    });
  }
});
