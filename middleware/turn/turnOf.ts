import type { ProactiveTurn } from '../receipts/proactiveTurn.ts';
import type { BotTurn, Turn } from '../receipts/turn.ts';
import type { TurnContextLike } from './structuralTypes.ts';

/** A symbol that survives several copies of this package in one process. */
const turnKey = Symbol.for('bluetick.turn');

/**
 * The turn behind a context, which tells the bot what it answers and on which try; `undefined` where the activity
 * did not come from a WhatsApp channel.
 *
 * @example
 * const attempt = turnOf(context)?.attempt ?? 1;
 */
export function turnOf(context: Pick<TurnContextLike, 'turnState'>): BotTurn | undefined {
  return runningTurnOf(context);
}

/** The same with all that whoever runs a turn does with it. */
export function runningTurnOf(context: Pick<TurnContextLike, 'turnState'>): Turn | undefined {
  return context.turnState.get(turnKey);
}

/** Whoever speaks for the bot: a turn that answers a message, or the bot of its own accord. */
export type Speaker = Turn | ProactiveTurn;

const proactiveKey = Symbol.for('bluetick.proactive');

/** Who speaks behind a context. */
export function speakerOf(context: Pick<TurnContextLike, 'turnState'>): Speaker | undefined {
  return runningTurnOf(context) ?? context.turnState.get(proactiveKey);
}

/** Puts the bot's own accord behind a context. */
export function setProactive(context: Pick<TurnContextLike, 'turnState'>, turn: ProactiveTurn): void {
  context.turnState.set(proactiveKey, turn);
}

/** Puts a turn behind a context. Adapters call it before the middleware runs. */
export function setTurn(context: Pick<TurnContextLike, 'turnState'>, turn: Turn): void {
  context.turnState.set(turnKey, turn);
}
