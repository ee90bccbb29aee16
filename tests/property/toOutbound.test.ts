import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Interactive, OutboundContent } from '../../middleware/domain.ts';
import type { Sends } from '../../middleware/ports.ts';
import type { ActivityLike } from '../../middleware/turn/structuralTypes.ts';
import { toOutbound } from '../../middleware/turn/toOutbound.ts';
import { declaredChannels } from '../checks/channelTables.ts';

/** Printed with the suite's name: a failure is run again with the same numbers. */
const seed = 20261122;
const run = { seed, numRuns: 2000 };

/* ---------------------------------------------------------------- arbitraries */

/** Each limit, and one more. */
const edges = [20, 24, 60, 72, 256, 1024, 4096].flatMap(limit => [limit, limit + 1]);

const lengthUpTo = (longest: number) =>
  fc.oneof(fc.nat(longest), fc.constantFrom(0, ...edges.filter(edge => edge <= longest)));

/** Anything, around a limit or beyond it: words, lines, emoji, one endless word. */
const textUpTo = (longest: number) =>
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc
      .tuple(fc.constantFrom('word ', 'line\n', 'p\n\n', 'x', '😀'), lengthUpTo(longest))
      .map(([unit, length]) =>
        unit
          .repeat(Math.ceil(length / unit.length))
          .slice(0, length)
          .toWellFormed(),
      ),
  );

interface Action {
  readonly type: string;
  readonly title?: string;
  readonly value?: unknown;
}

const types = ['imBack', 'postBack', 'messageBack', 'openUrl', 'call'];
const title = textUpTo(90);
const payload = fc.oneof(textUpTo(20), textUpTo(300), fc.record({ key: textUpTo(300) }), fc.integer());
const action: fc.Arbitrary<Action> = fc.record(
  { type: fc.constantFrom(...types), title, value: payload },
  { requiredKeys: ['type'] },
);
/** Such as fit, but for their number. */
const plainAction: fc.Arbitrary<Action> = fc.uuid().map(id => ({ type: 'imBack', title: id.slice(0, 8) }));
const actions = fc.oneof(
  fc.array(action, { maxLength: 3 }),
  fc.array(action, { maxLength: 12 }),
  fc.array(plainAction, { maxLength: 12 }),
);
const image = fc.constant({ url: 'https://example.com/a.png' });

const hero = fc
  .record(
    {
      title: textUpTo(100),
      subtitle: textUpTo(100),
      text: textUpTo(9000),
      images: fc.array(image, { maxLength: 2 }),
      buttons: actions,
    },
    { requiredKeys: [] },
  )
  .map(card => ({
    attachment: { contentType: 'application/vnd.microsoft.card.hero', content: card as object },
    said: [card.title, card.subtitle, card.text, ...(card.buttons ?? []).map(button => button.title)],
  }));

const adaptive = fc
  .record({
    blocks: fc.array(textUpTo(3000), { maxLength: 4 }),
    picture: fc.boolean(),
    submits: fc.array(fc.record({ title, data: payload }), { maxLength: 12 }),
  })
  .map(({ blocks, picture, submits }) => ({
    attachment: {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        body: [
          ...blocks.map(text => ({ type: 'Container', items: [{ type: 'TextBlock', text }] })),
          ...(picture ? [{ type: 'Image', url: 'https://example.com/a.png' }] : []),
        ],
        actions: submits.map(submit => ({ type: 'Action.Submit', ...submit })),
      },
    },
    said: [...blocks, ...submits.map(submit => submit.title)],
  }));

/** What a part says; a field that was left out says nothing. */
type Said = readonly (string | undefined)[];

const file = fc.constantFrom('image/png', 'audio/ogg', 'application/pdf').map(contentType => ({
  attachment: { contentType, contentUrl: 'https://example.com/f' },
  said: [] as Said,
}));

const message = fc
  .record({
    text: fc.oneof(textUpTo(1200), textUpTo(10_000)),
    suggested: fc.option(actions),
    parts: fc.array(fc.oneof(hero, adaptive, file), { maxLength: 3 }),
  })
  .map(({ text, suggested, parts }) => ({
    activity: {
      type: 'message',
      text,
      attachments: parts.map(({ attachment }) => attachment),
      ...(suggested && { suggestedActions: { actions: suggested } }),
    } satisfies ActivityLike,
    said: [text, ...(suggested ?? []).map(one => one.title), ...parts.flatMap(({ said }): Said => said)],
  }));

/** What goes out, or nothing where a card said nothing, which is an error of its own. */
function outboundOf(activity: ActivityLike, sends?: Sends): readonly OutboundContent[] | undefined {
  try {
    return toOutbound(activity, sends);
  } catch (error) {
    assert.match(String(error), /that says nothing/);
    return undefined;
  }
}

/* ----------------------------------------------------------------- the limits */

// Written out once more: the library's own numbers are under test.
function checkText(text: string, longest: number): void {
  assert.ok(text.trim() !== '' && text.length <= longest, `${text.length} characters of ${longest}`);
  assert.ok(text.isWellFormed(), 'half a character');
}

function checkInteractive(interactive: Interactive): void {
  const { header } = interactive;
  if (header !== undefined && 'text' in header) {
    checkText(header.text, 60);
    assert.doesNotMatch(header.text, /\n/);
  }
  const isList = interactive.kind === 'list';
  checkText(interactive.body, isList ? 4096 : 1024);
  const choices = isList ? interactive.rows : interactive.buttons;
  assert.ok(choices.length >= 1 && choices.length <= (isList ? 10 : 3));
  for (const { id, title: shown } of choices) {
    checkText(id, 256);
    assert.equal(id, id.trim());
    checkText(shown, isList ? 24 : 20);
    assert.doesNotMatch(shown, /\n/);
  }
  assert.equal(new Set(choices.map(({ id }) => id)).size, choices.length);
  assert.equal(new Set(choices.map(({ title: shown }) => shown)).size, choices.length);
  if (interactive.kind !== 'list') return;
  checkText(interactive.button, 20);
  for (const { description } of interactive.rows) if (description !== undefined) checkText(description, 72);
}

function textsOf(content: OutboundContent): readonly (string | undefined)[] {
  if (content.type === 'text') return [content.text];
  if (content.type === 'media') return [content.media.caption];
  if (content.type === 'template') return [];
  const { interactive } = content;
  const { header } = interactive;
  const shown =
    interactive.kind === 'list'
      ? interactive.rows.flatMap(row => [row.title, row.description])
      : interactive.buttons.map(button => button.title);
  return [header !== undefined && 'text' in header ? header.text : undefined, interactive.body, ...shown];
}

/** Line and message breaks may come and go. */
const squeezed = (texts: readonly (string | undefined)[]) => texts.join('').replaceAll(/\s+/g, '');

describe(`toOutbound, for any message (seed ${seed})`, () => {
  it('keeps within what WhatsApp takes', () => {
    fc.assert(
      fc.property(message, ({ activity }) => {
        for (const content of outboundOf(activity) ?? []) {
          if (content.type === 'text') checkText(content.text, 4096);
          if (content.type === 'media' && content.media.caption !== undefined)
            checkText(content.media.caption, 1024);
          if (content.type === 'interactive') checkInteractive(content.interactive);
        }
      }),
      run,
    );
  });

  it('loses no text and no title', () => {
    fc.assert(
      fc.property(message, ({ activity, said }) => {
        const contents = outboundOf(activity);
        if (contents === undefined) return;
        const out = squeezed(contents.flatMap(textsOf));
        for (const one of said) {
          assert.ok(out.includes(squeezed([one])), JSON.stringify(one));
        }
      }),
      run,
    );
  });

  it('sends every file and picture once', () => {
    fc.assert(
      fc.property(message, ({ activity }) => {
        const contents = outboundOf(activity);
        if (contents === undefined) return;
        const sent = JSON.stringify(contents).split('"url":').length - 1;
        const given = JSON.stringify(activity.attachments).match(/"(url|contentUrl)":"https/g) ?? [];
        assert.equal(sent, given.length);
      }),
      run,
    );
  });
});

/** Whatever it holds, as one text: some channels have a header and rows in the text. */
const lengthOf = (content: OutboundContent) =>
  textsOf(content).reduce((sum, part) => sum + (part === undefined ? 0 : part.length + 2), -2);

for (const { name, title = name, capabilities } of declaredChannels) {
  const { sends } = capabilities;
  const longest = sends.longestText ?? 4096;
  describe(`toOutbound over ${title}, for any message (seed ${seed})`, () => {
    it('makes what the channel sends, loses nothing of it, and makes the same again', () => {
      fc.assert(
        fc.property(message, ({ activity, said }) => {
          const contents = outboundOf(activity, sends);
          if (contents === undefined) return;
          for (const content of contents) {
            assert.ok(content.type === 'text' || (content.type !== 'template' && sends[content.type]));
            if (content.type === 'text') checkText(content.text, longest);
            if (content.type === 'interactive') checkInteractive(content.interactive);
            if (longest < 4096) assert.ok(lengthOf(content) <= longest);
          }
          const out = squeezed(contents.flatMap(textsOf));
          for (const one of said) assert.ok(out.includes(squeezed([one])), JSON.stringify(one));
          const files = (of: unknown) => JSON.stringify(of).split('https://example.com/').length - 1;
          assert.equal(files(contents), files(activity.attachments));
          assert.deepEqual(outboundOf(activity, sends), contents);
        }),
        { ...run, numRuns: 500 },
      );
    });
  });
}
