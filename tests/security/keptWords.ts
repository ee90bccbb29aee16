import type { AttackedHost } from './attackedHost.ts';

/** What whoever has the key is shown of a host's refused messages and receipts. */
export interface KeptWords {
  /** The providers' own words. */
  readonly words: readonly string[];
  /** The answers that refuse what was asked, with where they were seen. */
  readonly refusals: ReadonlyMap<string, string>;
}

/** Sends once more in every conversation, over the API, and looks at all that is told there of what was refused. */
export async function keptWords(attacked: AttackedHost): Promise<KeptWords> {
  const words: string[] = [];
  const refusals = new Map<string, string>();
  const headers = { 'x-api-key': attacked.apiKey };
  const ask = async (path: string, sent?: object) => {
    const { status, text, shown } = await attacked.ask({
      path: `/api/v1/${path}`,
      headers,
      ...(sent && { method: 'POST', body: JSON.stringify(sent) }),
    });
    if (status >= 400) refusals.set(shown, `the answer to ${path.replace(/c_[\w-]+/, '{id}')}`);
    return JSON.parse(text);
  };
  const { items: conversations } = await ask('conversations');
  for (const { id } of conversations) {
    await ask(`conversations/${id}/messages`, { text: 'once more' });
    for (const list of ['messages', 'receipts']) {
      const { items } = await ask(`conversations/${id}/${list}`);
      words.push(...items.flatMap((item: { refusal?: { detail?: string } }) => item.refusal?.detail ?? []));
    }
  }
  return { words, refusals };
}
