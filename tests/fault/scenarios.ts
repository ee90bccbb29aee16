import type { Line } from './customer.ts';
import type { Business } from './place.ts';
import type { Stage } from './stage.ts';

/** What customers do in a round. */
export interface Scenario {
  readonly name: string;
  /** The points that a host passes in it, roughly: measured, and a little more. */
  readonly points: number;
  /** Whether a fault of the provider leaves what is owed as it is. */
  readonly anyWeather: boolean;
  /** Resolves when the customers have what they waited for. */
  play(stage: Stage): Promise<void>;
}

/** A line to which one reply is owed, with these words in it. */
const read = (text: string, ...words: readonly string[]): Line => ({
  text,
  replies: [words],
  receipt: 'read',
});
/** The same, where its receipt is held. */
export const held = (line: Line): Line => ({ ...line, receipt: 'held' });

/** What the front desk knows, one topic a line, so that its answers tell which line they belong to. */
export const lines = {
  hello: read('hello', 'Hello! This is'),
  prices: read('prices?', 'A puncture is 15'),
  hours: read('When are you open?', 'We are open from Tuesday'),
  place: read('Where is it?', 'Dock Street 7'),
  thanks: read('thanks', 'You are welcome'),
  person: read('a person please', 'I am getting somebody'),
  nobody: { text: 'Is anybody there?', replies: [], receipt: 'held' },
} as const satisfies Record<string, Line>;

/** The booking: four questions in the steps of a waterfall, and a summary that holds every answer. */
const booking = [
  read('book', 'What is to be done?'),
  read('Puncture', 'On which day'),
  read('Thursday', 'What is your name?'),
  read('Ada Lovelace', 'Puncture on Thursday, for Ada Lovelace', 'Shall I book that?'),
  read('Yes', 'Booked', 'Puncture on Thursday, for Ada Lovelace'),
];

const oneQuestion = (business: Business) => async (stage: Stage) => {
  const customer = stage.newCustomer(business);
  customer.say(lines.hello);
  await customer.answered();
};

/** Every scenario; a round plays one. */
export const scenarios: readonly Scenario[] = [
  { name: 'a question', points: 42, anyWeather: true, play: oneQuestion('plain') },
  { name: 'read with the reply', points: 48, anyWeather: true, play: oneQuestion('replying') },
  { name: 'thinking and pacing', points: 48, anyWeather: true, play: oneQuestion('paced') },
  {
    name: 'three at once',
    points: 90,
    anyWeather: true,
    async play(stage) {
      const customer = stage.newCustomer('plain');
      customer.say(lines.hello, lines.prices, lines.thanks);
      await customer.answered();
    },
  },
  {
    name: 'three in a row',
    points: 105,
    anyWeather: true,
    async play(stage) {
      const customer = stage.newCustomer('plain');
      customer.sayInARow(lines.place, lines.hours, lines.thanks);
      await customer.answered();
    },
  },
  {
    name: 'a conversation',
    points: 115,
    anyWeather: true,
    async play(stage) {
      const customer = stage.newCustomer('quiet');
      for (const line of [lines.hello, lines.prices, lines.thanks]) {
        customer.say(line);
        await customer.answered();
      }
    },
  },
  {
    name: 'a booking',
    points: 170,
    anyWeather: true,
    async play(stage) {
      const customer = stage.newCustomer('plain');
      for (const line of booking) {
        customer.say(line);
        await customer.answered();
      }
    },
  },
  {
    name: 'a delayed receipt',
    points: 65,
    anyWeather: true,
    async play(stage) {
      const customer = stage.newCustomer('delayed');
      customer.say(lines.hours, lines.place);
      await customer.answered();
    },
  },
  {
    name: 'held by the policy',
    points: 60,
    anyWeather: true,
    async play(stage) {
      const customer = stage.newCustomer('manual');
      customer.say(held(lines.hello));
      await customer.answered();
      customer.say(held(lines.prices));
      await customer.answered();
    },
  },
  {
    name: 'held for an agent',
    points: 68,
    // A receipt that the provider refused once is still open at the hand-off, and then waits for the agent.
    anyWeather: false,
    async play(stage) {
      const customer = stage.newCustomer('plain');
      customer.say(lines.person);
      await customer.answered();
      await stage.handedOff(customer);
      customer.say(lines.nobody);
    },
  },
  {
    name: 'a crowd',
    points: 140,
    anyWeather: true,
    async play(stage) {
      const kinds: readonly Business[] = ['plain', 'quiet', 'replying', 'delayed', 'paced'];
      await Promise.all(kinds.map(business => oneQuestion(business)(stage)));
    },
  },
];
