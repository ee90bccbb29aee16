import type { OutboundContent } from '../domain.ts';
import type { Sends } from '../ports.ts';
import { splitText } from './splitText.ts';
import { longestOf } from './whatsAppLimits.ts';

/** A text, in as many messages as it needs; none if it says nothing. */
export function textContents(text: string, sends: Sends): readonly OutboundContent[] {
  if (text.trim() === '') return [];
  return splitText(text, longestOf(sends)).map(piece => ({ type: 'text', text: piece }));
}
