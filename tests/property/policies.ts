/**
 * Any policy, any part of one, and any situation that it decides on.
 *
 * @module
 */
import fc from 'fast-check';
import { holders, inboundKinds, moments } from '../../middleware/domain.ts';
import type { Situation } from '../../middleware/policy/decide.ts';
import type { PolicyLink } from '../../middleware/policy/resolvePolicy.ts';
import type { Policy, PolicyDocument } from '../../middleware/policy/schema.ts';
import { impliesRead, independent, neither, withTyping } from '../middleware/policy/sampleChannels.ts';

// Documents come from JSON: they have the usual prototype, which deep comparisons look at.
const whole = <Fields extends object>(fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> }) =>
  fc.record(fields, { noNullPrototype: true });

/** Any part of these fields: each may be left out. */
const partly = <Fields extends object>(fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> }) =>
  fc.record(fields, { requiredKeys: [], noNullPrototype: true });

export const momentOf = fc.constantFrom(...moments);
export const holderOf = fc.constantFrom(...holders);
export const capabilitiesOf = fc.constantFrom(independent, impliesRead, withTyping, neither);

/** Up to 10 minutes, with the numbers near 0 often, since that is where the rules meet. */
export const milliseconds = fc.oneof(fc.nat(5), fc.nat(60_000));

/** A delay whose limits agree, unless `free`. */
const delayOfPolicy = fc
  .record({
    minMs: milliseconds,
    range: fc.option(milliseconds),
    perCharacterMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1000, noNaN: true })),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ range, ...delay }) => ({
    ...delay,
    maxMs: range === null ? null : Math.min(delay.minMs + range, 60_000),
  }));

const delayDocument = partly({
  minMs: milliseconds,
  maxMs: fc.option(milliseconds),
  perCharacterMs: fc.double({ min: 0, max: 1000, noNaN: true }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});

const parameter = fc.oneof(
  whole({ type: fc.constant('text' as const), text: fc.string({ minLength: 1, maxLength: 20 }) }),
  whole({
    type: fc.constantFrom('image' as const, 'document' as const, 'video' as const),
    url: fc.webUrl({ validSchemes: ['http', 'https'] }),
  }),
);

const template = fc.record(
  {
    name: fc.string({ minLength: 1, maxLength: 20 }),
    language: fc.constantFrom('en', 'en_US', 'de'),
    header: fc.array(parameter, { maxLength: 2 }),
    body: fc.array(parameter, { maxLength: 2 }),
  },
  { requiredKeys: ['name', 'language'], noNullPrototype: true },
);

export const policyOf: fc.Arbitrary<Policy> = whole({
  read: whole({
    when: momentOf,
    delay: delayOfPolicy,
    eachMessage: fc.boolean(),
    acceptTypingWithRead: fc.boolean(),
  }),
  typing: whole({
    show: fc.boolean(),
    keepAliveMs: fc.option(fc.integer({ min: 100, max: 60_000 })),
    limitMs: milliseconds,
  }),
  think: whole({ delay: delayOfPolicy }),
  reply: whole({ delay: delayOfPolicy, receiptBarrierMs: fc.nat(60_000) }),
  handoff: whole({
    read: fc.option(momentOf),
    typing: fc.boolean(),
    repliedByStatus: fc.boolean(),
    takeBackAfterMs: fc.option(fc.integer({ min: 1000, max: 60_000 })),
  }),
  window: whole({ fallbackTemplate: fc.option(template) }),
});

export const documentOf = partly({
  read: partly({
    when: momentOf,
    delay: delayDocument,
    eachMessage: fc.boolean(),
    acceptTypingWithRead: fc.boolean(),
  }),
  typing: partly({
    show: fc.boolean(),
    keepAliveMs: fc.option(fc.integer({ min: 100, max: 60_000 })),
    limitMs: milliseconds,
  }),
  think: partly({ delay: delayDocument }),
  reply: partly({ delay: delayDocument, receiptBarrierMs: fc.nat(60_000) }),
  handoff: partly({
    read: fc.option(momentOf),
    typing: fc.boolean(),
    repliedByStatus: fc.boolean(),
    takeBackAfterMs: fc.option(fc.integer({ min: 1000, max: 60_000 })),
  }),
  window: partly({ fallbackTemplate: fc.option(template) }),
}) satisfies fc.Arbitrary<PolicyDocument>;

export const situationOf: fc.Arbitrary<Situation> = fc.record({
  moment: momentOf,
  holder: holderOf,
  kind: fc.oneof(fc.constant('message' as const), fc.constantFrom(...inboundKinds)),
  capabilities: capabilitiesOf,
  characters: fc.nat(4096),
  hasProviderId: fc.oneof(fc.constant(true), fc.boolean()),
  now: fc.integer({ min: 0, max: 2_000_000_000_000 }),
  jitter: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

export const linksOf = fc
  .array(documentOf, { maxLength: 6 })
  .map(documents => documents.map((document, index): PolicyLink => ({ source: `link ${index}`, document })));
