/**
 * A gateway to a linked device on this machine, in the shape that WAHA and Wawp share: it authenticates, checks bodies and
 * answers as their pages say. It looks at a call as each of them documents it: see `wahaStandIn.ts` and `wawpStandIn.ts`.
 *
 * @module
 */
import { type Answer, type Call, type CallServer, decodeJson, serveCalls } from './callServer.ts';

/**
 * What goes wrong with the next call: 429 with `Retry-After: 7`; 500; refused credentials; the session that is not working;
 * no answer.
 */
export type GatewayFault = 'rate' | 'server' | 'auth' | 'session' | 'hang';

/** How one gateway differs from the other. */
export interface GatewayRules {
  /** Answers a call that nothing goes wrong with. */
  answer(call: Call): Answer;
  /** What is answered instead. */
  refuse(fault: Exclude<GatewayFault, 'hang'>): Answer;
}

/** The stand-in, listening. */
export interface Gateway extends CallServer {
  strike(fault: GatewayFault): void;
}

/** Starts one on a free port. */
export async function startGateway(rules: GatewayRules): Promise<Gateway> {
  const faults: GatewayFault[] = [];
  const server = await serveCalls(decodeJson, call => {
    const fault = faults.shift();
    if (fault === 'hang') return fault;
    return fault === undefined ? rules.answer(call) : rules.refuse(fault);
  });
  return { ...server, strike: fault => void faults.push(fault) };
}

/** What is answered by 429, whoever answers: when to come again stands in a header. */
export const tooMany: Answer = { status: 429, headers: { 'Retry-After': '7' }, body: {} };
