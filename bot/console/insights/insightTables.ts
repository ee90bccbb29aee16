import { html, nothing, type TemplateResult } from 'lit';
import type { FailureName } from '../../../middleware/domain.ts';
import { formatDuration } from '../base/duration.ts';
import { language, type Texts, text } from '../base/text.ts';
import type { BusinessFigures, InsightsAnswer } from './figures.ts';

/** The words for failures; a type makes sure that none is forgotten. */
const failureWords = {
  rate_limited: 'insights.is.rate_limited',
  recipient_rate_limited: 'insights.is.recipient_rate_limited',
  provider_unavailable: 'insights.is.provider_unavailable',
  credentials_refused: 'insights.is.credentials_refused',
  permission_missing: 'insights.is.permission_missing',
  window_closed: 'insights.is.window_closed',
  recipient_unreachable: 'insights.is.recipient_unreachable',
  recipient_declined: 'insights.is.recipient_declined',
  recipient_blocked: 'insights.is.recipient_blocked',
  message_refused: 'insights.is.message_refused',
  template_refused: 'insights.is.template_refused',
  media_refused: 'insights.is.media_refused',
  account_restricted: 'insights.is.account_restricted',
  unknown_target: 'insights.is.unknown_target',
  not_delivered: 'insights.is.not_delivered',
  unanswered: 'insights.is.unanswered',
  unknown: 'insights.is.unknown',
} as const satisfies Record<FailureName, keyof Texts>;

const number = new Intl.NumberFormat(language);
const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });

/** A share as people read it; a dash where there is nothing to divide. */
export function told(share: number | null): string {
  return share === null ? '–' : percent.format(share);
}

/** What became of the messages, in numbers. */
export function countsOf(answer: InsightsAnswer): TemplateResult {
  const { messages, escalations, stuck, moreStuck } = answer;
  const counts: readonly (readonly [keyof Texts, string])[] = [
    ['insights.accepted', number.format(messages.accepted)],
    ['insights.delivered', number.format(messages.delivered)],
    ['insights.readCount', number.format(messages.read)],
    ['insights.prompt', told(answer.readWithin60s)],
    ['insights.silent', number.format(messages.impliedRead)],
    ['insights.silentShare', told(answer.silentReaderShare)],
    ['insights.failed', number.format(messages.failed)],
    ['insights.stuck', `${moreStuck ? '≥ ' : ''}${number.format(stuck)}`],
    ['insights.escalated', number.format(escalations.escalated)],
    ['insights.escalationsCancelled', number.format(escalations.cancelled)],
    ['insights.escalationsFailed', number.format(escalations.failed)],
  ];
  return html`
    <section class="card" aria-labelledby="counts">
      <h2 id="counts">${text('insights.counts')}</h2>
      <dl class="counts">${counts.map(([label, value]) => html`<div><dt>${text(label)}</dt><dd>${value}</dd></div>`)}</dl>
    </section>
  `;
}

/** What failed and what was refused, by code, in words that do not change between versions. */
export function failuresOf({ failureCodes, refused }: InsightsAnswer): TemplateResult {
  const refusals = Object.entries(refused).toSorted(([, one], [, other]) => other - one);
  return html`
    <section class="card" aria-labelledby="failures">
      <h2 id="failures">${text('insights.failures')}</h2>
      ${
        failureCodes.length + refusals.length === 0
          ? html`<p class="small">${text('insights.noFailures')}</p>`
          : scrolling(
              'insights.failures',
              html`<table>
                <thead>
                  <tr>
                    <th scope="col">${text('insights.code')}</th>
                    <th scope="col">${text('insights.what')}</th>
                    <th scope="col" class="number">${text('insights.count')}</th>
                  </tr>
                </thead>
                <tbody>
                  ${failureCodes.map(
                    ({ channel, code, is, todo, count }) => html`<tr>
                      <th scope="row"><bdi>${channel} ${code}</bdi></th>
                      <td>${wordsFor(is)}<p class="small"><bdi lang="en">${todo}</bdi></p></td>
                      <td class="number">${number.format(count)}</td>
                    </tr>`,
                  )}
                  ${refusals.map(
                    ([code, count]) => html`<tr>
                      <th scope="row"><bdi>${code}</bdi></th>
                      <td>${isFailureName(code) ? wordsFor(code) : ''}<p class="small">${text('insights.refused')}</p></td>
                      <td class="number">${number.format(count)}</td>
                    </tr>`,
                  )}
                </tbody>
              </table>`,
            )
      }
    </section>
  `;
}

/** Each business beside the others, with how fast its messages arrive now. */
export function businessesOf({ businesses }: InsightsAnswer): TemplateResult | typeof nothing {
  if (businesses.length === 0) return nothing;
  return html`
    <section class="card" aria-labelledby="businesses">
      <h2 id="businesses">${text('insights.businesses')}</h2>
      ${scrolling(
        'insights.businesses',
        html`<table>
          <thead>
            <tr>
              <th scope="col">${text('insights.business')}</th>
              <th scope="col">${text('insights.velocity')}</th>
              <th scope="col" class="number">${text('insights.receiptWait')}, p95</th>
              <th scope="col" class="number">${text('insights.replyWait')}, p95</th>
              <th scope="col" class="number">${text('insights.accepted')}</th>
              <th scope="col" class="number">${text('insights.failed')}</th>
              <th scope="col" class="number">${text('insights.stuck')}</th>
              <th scope="col" class="number">${text('insights.silentShare')}</th>
            </tr>
          </thead>
          <tbody>
            ${businesses.map(
              of => html`<tr>
                <th scope="row"><bdi>${of.channel} ${of.business}</bdi></th>
                <td>${velocityOf(of)}</td>
                <td class="number">${duration(of.receiptWait.p95)}</td>
                <td class="number">${duration(of.replyWait.p95)}</td>
                <td class="number">${number.format(of.messages.accepted)}</td>
                <td class="number">${number.format(of.messages.failed)}</td>
                <td class="number">${number.format(of.stuck)}</td>
                <td class="number">${told(of.silentReaderShare)}</td>
              </tr>`,
            )}
          </tbody>
        </table>`,
      )}
    </section>
  `;
}

/** A wide table, which can be scrolled by the keyboard too. */
function scrolling(label: keyof Texts, table: TemplateResult): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${text(label)}>${table}</div>`;
}

function velocityOf({ velocity }: BusinessFigures): string {
  if (velocity === null || velocity.recentMs === null) return text('insights.velocity.none');
  const values = { recent: duration(velocity.recentMs), baseline: duration(velocity.baselineMs) };
  return text(velocity.slow ? 'insights.velocity.slow' : 'insights.velocity.well', values);
}

function isFailureName(code: string): code is FailureName {
  return Object.hasOwn(failureWords, code);
}

function wordsFor(is: string): string {
  return isFailureName(is) ? text(failureWords[is]) : is;
}

function duration(ms: number | null): string {
  return ms === null ? '–' : formatDuration(ms, language);
}
