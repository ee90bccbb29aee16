import { css, html, LitElement, nothing } from 'lit';
import { shared } from '../../console/base/styles.ts';
import { language, type Texts, text } from '../../console/base/text.ts';
import type { PhoneScreen } from '../phoneScreen.ts';
import { parts } from './parts.ts';
import { type StoryLine, storyOf } from './story.ts';

const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const seconds = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 2 });

/** What happened on the phone, latest first, with how long it took. */
export class StoryList extends LitElement {
  static override properties = { phone: { attribute: false } };

  static override styles = [
    shared,
    parts,
    css`
      li {
        display: grid;
        grid-template-columns: auto 1fr auto;
        gap: 0.8rem;
        padding-block: 0.25rem;
        border-block-end: 1px solid var(--colorNeutralStroke2);
      }

      time,
      .after {
        color: var(--colorNeutralForeground2);
        font-variant-numeric: tabular-nums;
      }

      .blue {
        color: var(--phoneBlue);
        font-weight: var(--fontWeightSemibold);
      }
    `,
  ];

  declare phone: PhoneScreen;

  override render() {
    const lines = storyOf(this.phone);
    if (lines.length === 0) return html`<p>${text('phone.storyEmpty')}</p>`;
    return html`<ol>${lines.map(line => this.#line(line))}</ol>`;
  }

  #line({ at, what, afterMs, count }: StoryLine) {
    const key: keyof Texts = `phone.told.${what}`;
    const told = count === 1 ? text(key) : text('phone.times', { what: text(key), count });
    return html`<li>
      <time datetime=${new Date(at).toISOString()}>${time.format(at)}</time>
      <span class=${what === 'blue' ? 'blue' : ''}>${told}</span>
      <span class="after"
        >${afterMs === undefined ? nothing : text('phone.after', { time: seconds.format(afterMs / 1000) })}</span
      >
    </li>`;
  }
}

customElements.define('bt-phone-story', StoryList);
