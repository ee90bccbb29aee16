import { contentText } from '../../middleware/acknowledgements/contentText.ts';
import { rankOf, reportedLevels } from '../../middleware/acknowledgements/fold.ts';
import type { Level, ReportedLevel } from '../../middleware/domain.ts';
import type { LedgerEntry } from '../../middleware/ledger.ts';
import type { LedgerEvent } from '../../middleware/ledgerEvent.ts';

/** What the legend says of {@link Ticks}. */
export const legend = '◷ waits, ✓ sent, ✓✓ delivered, ✓✓ blue; (in brackets) what nobody reported; ✗ failed';

/** As WhatsApp draws them; a terminal has no grey and blue to rely on, so blue is said. */
const signs: Readonly<Record<Level, string>> = {
  accepted: '◷',
  sent: '✓',
  delivered: '✓✓',
  read: '✓✓ blue',
  played: '✓✓ blue',
};

/** Draws what the ledger says of the bot's messages, as it is told: a later event may have changed the entry already. */
export class Ticks {
  /** The levels of each message that were really reported, by our id. */
  readonly #reported = new Map<string, Set<ReportedLevel>>();

  /**
   * @param entry the event's message, as it is now
   * @returns the line, or nothing where there is nothing to draw
   */
  line(event: LedgerEvent, entry: LedgerEntry): string | undefined {
    if (event.type === 'message.failed') {
      const detail = entry.state.failures.find(({ code }) => code === event.code)?.detail;
      return `${'✗'.padEnd(width)}${quote(entry)} failed with ${event.code}: ${detail}`;
    }
    if (event.type !== 'message.level') return undefined;
    const reported = this.#reported.get(event.message) ?? new Set();
    this.#reported.set(event.message, reported);
    const highest = Math.max(0, ...[...reported].map(rankOf));
    if (!event.implied) reported.add(event.level);
    if (rankOf(event.level) < highest)
      return `${''.padEnd(width)}${quote(entry)} now ${event.level} is reported too`;
    const missing = reportedLevels.filter(
      level => rankOf(level) < rankOf(event.level) && !reported.has(level),
    );
    const sign = event.implied ? `(${signs[event.level]})` : signs[event.level];
    const unheard = missing.length === 0 || event.implied ? '' : ` (${missing.join(', ')})`;
    return `${sign.padEnd(width)}${quote(entry)}${unheard}`;
  }

  /** A message as it stands, where no event tells of it: nobody has taken it yet. */
  waits(entry: LedgerEntry): string {
    return `${signs.accepted.padEnd(width)}${quote(entry)}`;
  }
}

/** The column of the signs. */
const width = 10;
/** How much of a message is quoted. */
const quoted = 24;

function quote({ content }: LedgerEntry): string {
  const text = contentText(content) ?? '';
  return `"${text.length > quoted ? `${text.slice(0, quoted).trimEnd()}…` : text}"`;
}
