import { api } from '../base/api.ts';
import { ConversationList } from './conversationList.ts';
import { Drafts } from './drafts.ts';
import { TypingSigns } from './typingSigns.ts';

/** The conversations of this page. They outlive its component: whoever comes back finds the list where it was. */
export const list = new ConversationList();

/** Who types. */
export const typing = new TypingSigns();

/** What is begun and not sent. */
export const drafts = new Drafts();

// Whoever signs in next at this browser sees nothing of who was there before.
api.addEventListener('signedOut', () => {
  list.clear();
  typing.clear();
  drafts.clear();
});
