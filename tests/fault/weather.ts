import type { World } from './world.ts';

/** What else goes wrong in a round. */
export interface Weather {
  readonly name: string;
  /** The calls that it spoils. */
  readonly faults: number;
  /** @param share from 0 up to 1: where in the round it strikes, if it has a choice */
  begins(world: World, share: number): unknown;
}

const calm: Weather = { name: 'calm', faults: 0, begins() {} };

/** A question takes so many transactions, from its webhook to the end of its turn. */
const transactions = 12;

/** Fair weather, and foul: one fault, so that the breaker, which would stop every call for 10 s, stays closed. */
export const weathers: Record<'fair' | 'foul', readonly Weather[]> = {
  fair: [calm],
  foul: [
    {
      name: 'slow answers',
      faults: 0,
      begins: ({ simulator }) => simulator.faults.calls({ times: 3, how: { type: 'slow', ms: 200 } }),
    },
    {
      name: 'a send fails',
      faults: 1,
      begins: ({ simulator }) =>
        simulator.faults.calls({ kind: 'send', how: { type: 'status', status: 500 } }),
    },
    {
      name: 'a receipt fails',
      faults: 1,
      begins: ({ simulator }) =>
        simulator.faults.calls({ kind: 'read', how: { type: 'status', status: 503 } }),
    },
    {
      name: 'webhooks come twice',
      faults: 0,
      begins: ({ simulator }) => simulator.faults.webhooks({ times: 3, how: { type: 'repeat', more: 1 } }),
    },
    {
      name: 'a transaction fails',
      // The one that was to say that a call was made: then it is made again, and marked.
      faults: 1,
      begins: ({ host }, share) => host.order({ failIn: 1 + Math.floor(share * transactions) }),
    },
  ],
};
