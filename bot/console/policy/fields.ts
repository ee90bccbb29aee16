import type { en } from '../base/text/en.ts';

/** How a field is edited. Durations are seconds on the page and milliseconds in the document. */
export type FieldKind = 'moment' | 'flag' | 'duration' | 'perCharacter' | 'share' | 'template';

/** One field of a policy, as the form shows it. */
export interface Field {
  /** Where it stands in the document, such as `read.delay.minMs`. */
  readonly path: string;
  readonly kind: FieldKind;
  readonly label: keyof typeof en;
  readonly hint: keyof typeof en;
  /** What `null` means there; absent: `null` is not allowed. */
  readonly whenNull?: keyof typeof en;
  /** The largest value that the document may hold, in its own unit. */
  readonly most?: number;
  /** The smallest. Default 0. */
  readonly least?: number;
}

/** Fields that belong together, under one heading. */
export interface FieldGroup {
  readonly title: keyof typeof en;
  readonly fields: readonly Field[];
}

const minute = 60_000;
const week = 7 * 24 * 60 * minute;

function delay(path: string, most: number): readonly Field[] {
  return [
    { path: `${path}.minMs`, kind: 'duration', label: 'policy.minMs', hint: 'policy.minMs.hint', most },
    {
      path: `${path}.maxMs`,
      kind: 'duration',
      label: 'policy.maxMs',
      hint: 'policy.maxMs.hint',
      whenNull: 'policy.noLimit',
      most,
    },
    {
      path: `${path}.perCharacterMs`,
      kind: 'perCharacter',
      label: 'policy.perCharacterMs',
      hint: 'policy.perCharacterMs.hint',
      most: 1000,
    },
    { path: `${path}.jitter`, kind: 'share', label: 'policy.jitter', hint: 'policy.jitter.hint', most: 1 },
  ];
}

/**
 * Every field of a policy, in the order of the form. A test compares it with the schema (`middleware/policy/schema.ts`),
 * so that no field is forgotten and no limit differs.
 */
export const fieldGroups: readonly FieldGroup[] = [
  {
    title: 'policy.read',
    fields: [
      { path: 'read.when', kind: 'moment', label: 'policy.when', hint: 'policy.when.hint' },
      ...delay('read.delay', week),
      {
        path: 'read.eachMessage',
        kind: 'flag',
        label: 'policy.eachMessage',
        hint: 'policy.eachMessage.hint',
      },
      {
        path: 'read.acceptTypingWithRead',
        kind: 'flag',
        label: 'policy.acceptTypingWithRead',
        hint: 'policy.acceptTypingWithRead.hint',
      },
    ],
  },
  {
    title: 'policy.typing',
    fields: [
      { path: 'typing.show', kind: 'flag', label: 'policy.show', hint: 'policy.show.hint' },
      {
        path: 'typing.keepAliveMs',
        kind: 'duration',
        label: 'policy.keepAliveMs',
        hint: 'policy.keepAliveMs.hint',
        whenNull: 'policy.channelPeriod',
        least: 100,
        most: minute,
      },
      {
        path: 'typing.limitMs',
        kind: 'duration',
        label: 'policy.limitMs',
        hint: 'policy.limitMs.hint',
        most: 10 * minute,
      },
    ],
  },
  { title: 'policy.think', fields: delay('think.delay', minute) },
  {
    title: 'policy.reply',
    fields: [
      ...delay('reply.delay', minute),
      {
        path: 'reply.receiptBarrierMs',
        kind: 'duration',
        label: 'policy.receiptBarrierMs',
        hint: 'policy.receiptBarrierMs.hint',
        most: minute,
      },
    ],
  },
  {
    title: 'policy.handoff',
    fields: [
      {
        path: 'handoff.read',
        kind: 'moment',
        label: 'policy.handoffRead',
        hint: 'policy.handoffRead.hint',
        whenNull: 'policy.agentOpened',
      },
      {
        path: 'handoff.typing',
        kind: 'flag',
        label: 'policy.handoffTyping',
        hint: 'policy.handoffTyping.hint',
      },
      {
        path: 'handoff.repliedByStatus',
        kind: 'flag',
        label: 'policy.repliedByStatus',
        hint: 'policy.repliedByStatus.hint',
      },
      {
        path: 'handoff.takeBackAfterMs',
        kind: 'duration',
        label: 'policy.takeBackAfterMs',
        hint: 'policy.takeBackAfterMs.hint',
        whenNull: 'policy.notTakenBack',
        least: 1000,
        most: week,
      },
    ],
  },
  {
    title: 'policy.window',
    fields: [
      {
        path: 'window.fallbackTemplate',
        kind: 'template',
        label: 'policy.fallbackTemplate',
        hint: 'policy.fallbackTemplate.hint',
        whenNull: 'policy.noTemplate',
      },
    ],
  },
];

/** The same without the headings. */
export const fields: readonly Field[] = fieldGroups.flatMap(group => group.fields);
