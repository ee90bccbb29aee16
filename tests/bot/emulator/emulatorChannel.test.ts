import assert from 'node:assert/strict';
import { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { ConnectorAdapter } from '../../../bot/connectorAdapter.ts';
import { createEmulatorChannel, readEmulator } from '../../../bot/emulator/emulatorChannel.ts';
import { EmulatorLine } from '../../../bot/emulator/emulatorLine.ts';
import type { OutboundContent } from '../../../middleware/domain.ts';
import type { Channel } from '../../../middleware/ports.ts';
import { type Connector, startConnector } from '../../support/connector.ts';

describe('the channel of the Emulator', () => {
  let connector: Connector;
  let line: EmulatorLine;
  let channel: Channel;
  const signal = new AbortController().signal;
  const to = (customer = 'conversation-1') =>
    ({ channel: 'emulator', business: 'emulator', customer }) as const;
  beforeEach(async () => {
    connector = await startConnector();
    line = new EmulatorLine('', new ConnectorAdapter(new ConfigurationBotFrameworkAuthentication({})));
    channel = createEmulatorChannel(line);
    remember('conversation-1');
  });
  afterEach(() => connector.close());

  const remember = (conversation: string) => {
    const activity = {
      type: 'message',
      id: 'activity-1',
      channelId: 'emulator',
      serviceUrl: connector.url,
      conversation: { id: conversation },
      from: { id: 'user-1' },
      recipient: { id: 'bot-1' },
    };
    return readEmulator(line)(activity);
  };
  const send = (content: OutboundContent) => channel.send({ ...to(), content, correlation: 'c-1' }, signal);

  it('finds the Emulator’s messages, and no others', () => {
    assert.deepEqual(remember('conversation-2'), { ...to('conversation-2'), messageId: 'activity-1' });
    assert.equal(
      readEmulator(line)({ type: 'message', channelId: 'webchat', conversation: { id: 'c' } }),
      undefined,
    );
    assert.equal(readEmulator(line)({ type: 'message', channelId: 'emulator' }), undefined);
  });

  it('shows typing as typing, and a receipt alone not at all: that is for the trace', async () => {
    const read = { ...to(), messageId: 'activity-1', repeatId: 'r-1' };
    await channel.markRead({ ...read, typing: false }, signal);
    await channel.markRead({ ...read, typing: true }, signal);
    assert.deepEqual(
      connector.received.map(({ activity }) => activity.type),
      ['typing'],
    );
  });

  const sent: readonly (readonly [string, OutboundContent, object])[] = [
    ['a text', { type: 'text', text: 'Hello' }, { text: 'Hello' }],
    [
      'a picture',
      {
        type: 'media',
        media: { type: 'image', url: 'https://example.com/a.png', contentType: 'image/png', caption: 'A' },
      },
      { text: 'A', attachments: [{ contentType: 'image/png', contentUrl: 'https://example.com/a.png' }] },
    ],
    [
      'buttons',
      {
        type: 'interactive',
        interactive: { kind: 'buttons', body: 'Shall we?', buttons: [{ id: 'y', title: 'Yes' }] },
      },
      {
        text: 'Shall we?',
        suggestedActions: { actions: [{ type: 'imBack', title: 'Yes', value: 'y' }], to: [] },
      },
    ],
    [
      'a list',
      {
        type: 'interactive',
        interactive: { kind: 'list', body: 'Which?', button: 'Show', rows: [{ id: '1', title: 'One' }] },
      },
      {
        text: 'Which?',
        suggestedActions: { actions: [{ type: 'imBack', title: 'One', value: '1' }], to: [] },
      },
    ],
    [
      'what stands around a list’s body, and below its rows, in the text',
      {
        type: 'interactive',
        interactive: {
          kind: 'list',
          header: { text: 'Repairs' },
          body: 'Which?',
          footer: 'By Friday',
          button: 'Show',
          rows: [
            { id: '1', title: 'Brakes', description: 'Both wheels' },
            { id: '2', title: 'Other' },
          ],
        },
      },
      {
        text: 'Repairs\n\nWhich?\n\nBrakes: Both wheels\n\nBy Friday',
        suggestedActions: {
          actions: [
            { type: 'imBack', title: 'Brakes', value: '1' },
            { type: 'imBack', title: 'Other', value: '2' },
          ],
          to: [],
        },
      },
    ],
    [
      'the picture above buttons',
      {
        type: 'interactive',
        interactive: {
          kind: 'buttons',
          header: { type: 'image', url: 'https://example.com/a.png' },
          body: 'This one?',
          buttons: [{ id: 'y', title: 'Yes' }],
        },
      },
      {
        text: 'This one?',
        attachments: [{ contentType: 'image', contentUrl: 'https://example.com/a.png' }],
        suggestedActions: { actions: [{ type: 'imBack', title: 'Yes', value: 'y' }], to: [] },
      },
    ],
    [
      'a template, by its name',
      { type: 'template', template: { name: 'ready', language: 'en_US' } },
      { text: '[template ready]' },
    ],
  ];
  for (const [what, content, expected] of sent) {
    it(`sends ${what}`, async () => {
      assert.deepEqual(await send(content), { providerId: 'sent-1' });
      const { text, attachments, suggestedActions } = connector.received[0]?.activity ?? {};
      const got = {
        text,
        ...(attachments !== undefined && { attachments }),
        ...(suggestedActions !== undefined && { suggestedActions }),
      };
      assert.deepEqual(got, expected);
    });
  }

  const permanent = { code: 'provider_error', fault: 'permanent', providerCode: 'emulator' };

  it('fails for good where the conversation is from before the start, or the Emulator is gone', async () => {
    await assert.rejects(
      channel.markRead({ ...to('conversation-9'), messageId: 'a', typing: true, repeatId: 'r' }, signal),
      permanent,
    );
    connector.status = 404;
    await assert.rejects(send({ type: 'text', text: 'Hello' }), permanent);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const sending = channel.send(
      { ...to(), content: { type: 'text', text: 'Hello' }, correlation: 'c-1' },
      stop.signal,
    );
    stop.abort();
    const aborted = { code: 'provider_error', fault: 'transient', providerCode: 'aborted', ambiguous: true };
    await assert.rejects(sending, aborted);
  });

  it('keeps a thousand conversations in mind, the latest ones', async () => {
    for (let index = 0; index < 1000; index += 1) remember(`more-${index}`);
    await assert.rejects(line.speak('conversation-1', [{ type: 'typing' }]), RangeError);
    await line.speak('more-0', [{ type: 'typing' }]);
    remember('more-0');
    remember('one more');
    await line.speak('more-0', [{ type: 'typing' }]);
    await assert.rejects(line.speak('more-1', [{ type: 'typing' }]), RangeError);
  });

  it('has no files of its own', async () => {
    await assert.rejects(channel.downloadMedia('emulator', 'file', signal), { fault: 'permanent' });
  });
});
