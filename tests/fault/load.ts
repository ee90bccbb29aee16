import type { Fleet } from './fleet.ts';
import { lines, scenarios } from './scenarios.ts';
import type { Stage } from './stage.ts';

/** What several instances serve at once. */
export interface Load {
  readonly name: string;
  /** Resolves when the customers have what they waited for. */
  play(stage: Stage, fleet: Fleet): Promise<void>;
}

/** An agent takes a conversation, reads what waited, and gives it back to the bot. */
const agent: Load = {
  name: 'an agent takes over',
  async play(stage, fleet) {
    const customer = stage.newCustomer('plain');
    customer.say(lines.person);
    await customer.answered();
    await stage.handedOff(customer);
    // A turn that comes late, since a death cut off one before it, is the bot's again when the agent has closed.
    await fleet.turnsEnded(customer);
    await stage.agent(customer, 'accepted');
    customer.say({ ...lines.nobody, receipt: 'read' });
    await stage.admitted(customer);
    await stage.agent(customer, 'opened');
    await stage.agent(customer, 'closed');
    customer.say(lines.hours);
    await customer.answered();
  },
};

/** An agent is done with a conversation before the turn has ended that handed it over, where a death cut that off. */
const quickAgent: Load = {
  name: 'an agent is quick',
  async play(stage) {
    const customer = stage.newCustomer('plain');
    customer.say(lines.person);
    await customer.answered();
    await stage.handedOff(customer);
    await stage.agent(customer, 'accepted');
    await stage.agent(customer, 'opened');
    await stage.agent(customer, 'closed');
    customer.say(lines.hours);
    await customer.answered();
  },
};

/** A message of a program that its customer does not read. */
const escalation: Load = {
  name: 'an escalation',
  async play(stage) {
    const customer = stage.newCustomer('quiet');
    customer.say(lines.hello);
    await customer.answered();
    await stage.send(customer, `Your bicycle is ready, ${customer.phone.customer}.`);
    await customer.answered();
    await stage.escalated();
  },
};

/** A customer who writes faster than anybody answers, and reads at once: statuses come while turns run. */
const burst: Load = {
  name: 'a burst',
  async play(stage) {
    const customer = stage.newCustomer('plain');
    customer.phone.open();
    customer.sayInARow(lines.place, lines.hours, lines.thanks, lines.prices);
    await customer.answered();
  },
};

const named = (name: string) => {
  const found = scenarios.find(each => each.name === name);
  if (found === undefined) throw new RangeError(`no scenario ${name}`);
  return found;
};

/** What is played while something happens to the database: little, and all of it under way at once. */
export const smallLoads: readonly Load[] = [burst, named('three at once'), escalation];

/** What is played in every round, side by side. */
export const loads: readonly Load[] = [
  agent,
  quickAgent,
  escalation,
  burst,
  named('three at once'),
  named('a booking'),
  named('a delayed receipt'),
  named('held by the policy'),
  named('a crowd'),
];
