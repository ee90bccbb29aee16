/**
 * The bar. On channels where a receipt covers earlier messages a held message is a bar: nothing after it can be read
 * without reading it. So a store keeps two rules true for the open receipts of a conversation that share receipts:
 * what is scheduled behind a bar becomes held, and what only a bar kept back becomes scheduled when the bar is gone.
 *
 * @module
 */

/** Why a receipt stands behind the bar. */
export const behindBar =
  'an earlier message of the conversation is held, and reading this one would read it too';

/** Why a receipt came free again. */
export const barLifted = 'its moment has come, and no earlier message is held any more';
