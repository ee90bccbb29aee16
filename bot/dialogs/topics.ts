import knowledge from './knowledge.json' with { type: 'json' };

/** Something that the bot knows about, with the words by which customers ask for it. */
export type Topic = (typeof knowledge.topics)[number];

/** The topic of which the text has the most words. */
export function topicOf(text: string): Topic | undefined {
  const words = new Set(text.toLowerCase().match(/\p{L}+/gu));
  const score = ({ words: known }: Topic) => known.filter(word => words.has(word)).length;
  const best = knowledge.topics.toSorted((a, b) => score(b) - score(a))[0];
  return best !== undefined && score(best) > 0 ? best : undefined;
}
