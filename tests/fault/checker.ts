import type { Evidence, Kept, OutboundRow, Thread, Written } from './evidence.ts';

/** What must not be. */
export interface Violation {
  /** The thread's name. */
  readonly thread: string;
  readonly rule:
    | 'lost' // a message that was answered 2xx has not had what it is owed
    | 'unread' // ... or its receipt
    | 'released' // a held receipt went out
    | 'stranger' // a call about something that nobody wrote
    | 'disorder' // replies or receipts came in another order
    | 'repeated' // a reply that nobody is owed: a step taken twice, a reply doubled without its mark
    | 'unmarked' // a call was made again, and the file does not say so
    | 'excess' // more doubles than the deaths of the host explain
    | 'forgotten' // a status that was answered 2xx is not in the ledger
    | 'fell' // a level of the ledger
    | 'stolen' // an instance took what another one was at, which lives
    | 'twice' // an escalation was carried out again, and the file does not say so
    | 'late' // a dead instance's work was not taken over in time
    | 'stuck' // something is still under way, or due
    | 'record'; // the file says something else than the provider
  readonly what: string;
}

/** Within this time others have what a dead instance was at: docs/reliability.md. */
const takeoverSeconds = 10;

/** Judges what hosts did through their deaths. It knows nothing of how a host works. */
export function check({ threads, kept, strangers }: Evidence): readonly Violation[] {
  const found = threads.flatMap(thread => checkThread(thread, kept));
  const all = (rule: Violation['rule'], what: string) => found.push({ thread: 'all', rule, what });
  if (strangers > 0) all('stranger', `${strangers} calls about what nobody wrote`);
  for (const { rule, what } of kept.sights) all(rule, what);
  for (const seconds of kept.takeovers.filter(each => each > takeoverSeconds))
    all('late', `what a dead instance was at was due again after ${seconds} s`);
  if (kept.unrest > 0) all('stuck', `${kept.unrest} lanes are due or at work`);
  const givenUp = kept.outbound.filter(isGivenUp).length;
  const letters = kept.deadLetters.length - givenUp;
  if (letters !== 0) all('lost', `dead letters: ${kept.deadLetters.join('; ')}; given up: ${givenUp}`);
  return found;
}

type Report = (rule: Violation['rule'], what: string) => void;

function checkThread(thread: Thread, kept: Kept): Violation[] {
  const found: Violation[] = [];
  const report: Report = (rule, what) => found.push({ thread: thread.name, rule, what });
  const ids = new Set<string | null>(thread.written.map(({ id }) => id));
  const refs = new Set(thread.sent.map(({ ref }) => ref));
  const rows = kept.outbound.filter(({ messageId, pk }) => ids.has(messageId) || refs.has(refOf(pk)));
  checkAdmission(thread, kept, report);
  checkReceipts(thread, kept, report);
  checkReplies(thread, rows, report);
  checkRepeats(thread, rows, report);
  checkStatuses(thread, kept, report);
  checkEscalations(thread, kept, report);
  return found;
}

const refOf = (pk: number) => `o${pk}`;
const isPromised = ({ answers }: Written) => answers.includes(200);
/** A reply whose call was cut off twice is not tried a third time: the file says that nobody knows. */
const isGivenUp = ({ state, interrupted }: OutboundRow) => state === 'failed' && interrupted > 1;

/** What was answered 2xx is in the file, once, and its turn has ended. */
function checkAdmission({ written }: Thread, { inbound }: Kept, report: Report): void {
  for (const [index, message] of written.entries()) {
    const rows = inbound.filter(({ messageId }) => messageId === message.id);
    const [row] = rows;
    if (rows.length > 1) report('record', `message ${index} has ${rows.length} rows`);
    if (row?.turn === 'pending') report('stuck', `the turn of message ${index} has not ended`);
    if (row?.turn === 'dead') report('lost', `the turn of message ${index} was given up`);
    if (row === undefined && isPromised(message)) report('lost', `message ${index} was answered 200`);
  }
}

/** Every receipt has ended as the policy says, file, API and phone agree, and none went out before an earlier one. */
function checkReceipts({ written, reads, kills, faults }: Thread, { inbound }: Kept, report: Report): void {
  const indexOf = new Map(written.map(({ id }, index) => [id, index]));
  const outcomeOf = new Map(inbound.map(({ messageId, receipt }) => [messageId, receipt]));
  const lastSent = written.findLastIndex(({ id }) => outcomeOf.get(id) === 'sent');
  for (const [index, message] of written.entries()) {
    if (!isPromised(message)) continue;
    const outcome = outcomeOf.get(message.id);
    if (outcome === undefined) continue;
    const said = `message ${index} is ${outcome}, ${message.blue ? 'blue' : 'not blue'}`;
    if (message.outcome !== outcome) report('record', `${said}; the API said ${message.outcome}`);
    if (message.receipt === 'held') {
      if (outcome !== 'held' || message.blue || reads.includes(message.id)) report('released', said);
    } else if (!message.blue || (outcome !== 'sent' && outcome !== 'covered')) report('unread', said);
    if (outcome === 'sent' && !reads.includes(message.id)) report('record', `${said}: without a call`);
    if (outcome === 'covered' && lastSent < index) report('record', `${said}: by none after it`);
  }
  const order = reads.map(id => indexOf.get(id) ?? Number.NaN);
  if (order.some(Number.isNaN)) report('stranger', 'a receipt for a message that was not written here');
  const isLate = (at: number, call: number) => {
    const [first, later] = [written[at], written[order[call - 1] ?? 0]];
    return (
      at < (order[call - 1] ?? 0) && first !== undefined && later !== undefined && keepsOrder(first, later)
    );
  };
  if (order.some(isLate)) report('disorder', `receipts went for messages ${order.join(', ')}`);
  // With typing and without: two calls for a message are nothing special.
  const most = 2 * (1 + kills + faults);
  for (const [id, calls] of countBy(reads, id => id)) {
    if (calls > most) report('excess', `${calls} receipts for message ${indexOf.get(id)}`);
  }
}

/** What each message is owed came, in order, and nothing else. */
function checkReplies(
  { written, sent, replies }: Thread,
  rows: readonly OutboundRow[],
  report: Report,
): void {
  const asked = sent.map(({ ref, text }) => {
    const row = rows.find(({ pk }) => refOf(pk) === ref);
    const came = replies.some(reply => reply.correlation === row?.correlation && reply.text === text);
    if (!came && !(row && isGivenUp(row))) report('lost', `${ref} was taken over the API`);
    return row?.correlation;
  });
  const distinct = replies.filter(
    ({ correlation }, index) =>
      !asked.includes(correlation) && replies.findIndex(other => other.correlation === correlation) === index,
  );
  const left = new Map(distinct.map((reply, index) => [reply, index]));
  let latest: { at: number; message: Written } | undefined;
  for (const [index, message] of written.entries()) {
    if (!isPromised(message)) continue;
    for (const [step, words] of message.replies.entries()) {
      const [reply, at = 0] = [...left].find(([{ text }]) => words.every(word => text.includes(word))) ?? [];
      if (reply === undefined) {
        const givenUp = rows.some(row => row.messageId === message.id && isGivenUp(row));
        if (!givenUp) report('lost', `reply ${step} to message ${index} did not come`);
        continue;
      }
      left.delete(reply);
      if (latest !== undefined && at < latest.at && keepsOrder(latest.message, message))
        report('disorder', `reply ${step} to message ${index} came before an earlier one`);
      if (latest === undefined || at > latest.at) latest = { at, message };
    }
  }
  for (const { text } of left.keys()) report('repeated', `nobody is owed: ${JSON.stringify(text)}`);
}

/** A webhook that was not taken at once comes again later than those after it: then theirs may be read and answered before. */
function keepsOrder(first: Written, second: Written): boolean {
  return first.webhook === second.webhook || first.answers[0] === 200;
}

/** A call that was made again is marked, and a death explains it; the file knows every message that the provider has. */
function checkRepeats(
  { replies, kills, faults }: Thread,
  rows: readonly OutboundRow[],
  report: Report,
): void {
  const calls = countBy(replies, reply => reply.correlation);
  for (const row of rows) {
    const ids = replies.filter(({ correlation }) => correlation === row.correlation).map(({ id }) => id);
    if (ids.length - 1 > row.interrupted)
      report('unmarked', `${ids.length} calls for a reply, ${row.interrupted} marks`);
    calls.delete(row.correlation);
    if (isGivenUp(row)) continue;
    if (row.state === 'queued' || row.state === 'sending') report('stuck', `a reply is ${row.state}`);
    else if (row.state !== 'sent' || !ids.includes(String(row.providerId)))
      report('record', `a reply is ${row.state} in the file and came ${ids.length} times`);
  }
  if (calls.size > 0) report('record', `the provider has ${calls.size} messages that the file does not know`);
  const doubles = replies.length - new Set(replies.map(({ correlation }) => correlation)).size;
  const marks = rows.reduce((sum, { interrupted }) => sum + interrupted, 0);
  if (Math.max(doubles, marks) > kills + faults)
    report('excess', `${doubles} doubles, ${marks} marks, ${kills} deaths, ${faults} faults`);
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

const ranks = { sent: 1, delivered: 2, read: 3 } as const;
const levels = ['sent', 'delivered', 'read'] as const;

/**
 * Each status that was answered 2xx is in the ledger: its time, or an earlier one that was told, and its level, or a higher
 * one.
 */
function checkStatuses({ replies, statuses }: Thread, { ledger }: Kept, report: Report): void {
  for (const { providerId, level, at, promised } of statuses) {
    if (!promised) continue;
    const reply = replies.findIndex(({ id }) => id === providerId);
    const row = ledger.find(({ correlation }) => correlation === replies[reply]?.correlation);
    const known = row?.[level] ?? Number.POSITIVE_INFINITY;
    if (row === undefined || known > at || row.level < ranks[level])
      report('forgotten', `${level} of reply ${reply}`);
  }
  for (const row of ledger) {
    const ids = replies.filter(({ correlation }) => correlation === row.correlation).map(({ id }) => id);
    for (const level of ids.length === 0 ? [] : levels) {
      const told = statuses.some(
        each => ids.includes(each.providerId) && each.level === level && each.at === row[level],
      );
      if (row[level] !== null && !told) report('record', `nobody told of "${level}" at ${row[level]}`);
    }
  }
}

/** What did not arrive went out another way, once, or once more under the same key and marked. */
function checkEscalations({ sent, kills }: Thread, { escalations }: Kept, report: Report): void {
  for (const { ref, escalation } of sent) {
    if (escalation === undefined) continue;
    const { calls, keys } = escalation;
    const row = escalations.find(({ pk }) => refOf(pk) === ref);
    const said = `${ref} is ${row?.state}, marked ${row?.doubled}: ${calls} calls under ${keys} keys, ${kills} deaths`;
    if (row === undefined || (row.state === 'escalated' && calls === 0)) report('lost', said);
    else if (row.state !== 'escalated' && row.state !== 'cancelled') report('stuck', said);
    else if (
      keys > 1 ||
      calls > 1 + kills ||
      (calls > (row.state === 'escalated' ? 1 : 0) && row.doubled === 0)
    )
      report('twice', said);
  }
}
