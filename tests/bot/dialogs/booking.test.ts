import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Activity, MemoryStorage, type TestAdapter } from 'botbuilder';
import knowledge from '../../../bot/dialogs/knowledge.json' with { type: 'json' };
import { toOutbound } from '../../../middleware/turn/toOutbound.ts';
import { frontDesk, textsOf } from './frontDesk.ts';

const run = promisify(execFile);

/** What the bot asks, in order. */
const asks = {
  work: 'Gladly. What is to be done?',
  day: 'On which day will you bring it?',
  name: 'What is your name?',
  confirm: 'Service on Thursday, for Anna. Shall I book that?',
} as const;
const person = 'I am getting somebody from the workshop for you.';
const hours = 'We are open from Tuesday to Friday, 9 to 18, and on Saturday from 10 to 14.';

describe('a booking', () => {
  let adapter: TestAdapter;
  beforeEach(() => {
    adapter = frontDesk({ lookupMs: 0 });
  });

  /** What the bot answers to one message. */
  const say = async (text: string): Promise<Partial<Activity>[]> => {
    await adapter.receiveActivity(text);
    return adapter.activeQueue.splice(0);
  };
  /** Says several things; answers what the bot said to the last of them. */
  const sayAll = async (...texts: string[]) => {
    let last: Partial<Activity>[] = [];
    for (const text of texts) last = await say(text);
    return textsOf(last);
  };
  /** Whether an answer hands the conversation to a person, and why. */
  const handedOff = (answers: readonly Partial<Activity>[]) =>
    answers.flatMap(({ name, value }) => (name === 'handoff.initiate' ? [value.topic] : []));

  it('takes four questions, and ends with what was booked', async () => {
    assert.deepEqual(await sayAll('Can I book a repair?'), [asks.work]);
    assert.deepEqual(await sayAll('Service'), [asks.day]);
    assert.deepEqual(await sayAll('Thursday'), [asks.name]);
    assert.deepEqual(await sayAll('  Anna '), [asks.confirm]);
    const done = 'Booked. Service on Thursday, for Anna. Bring your bicycle in the morning.';
    assert.deepEqual(await sayAll('Yes'), [done]);
    assert.deepEqual(await sayAll('When are you open?'), [hours]);
  });

  it('is not booked on a no, and can be begun again', async () => {
    const refused = await sayAll('book', 'Service', 'Thursday', 'Anna', 'No');
    assert.deepEqual(refused, ['Nothing is booked then. Write "book" to begin again.']);
    assert.deepEqual(await sayAll('book'), [asks.work]);
  });

  it('understands a choice also by its number, and within a sentence', async () => {
    assert.deepEqual(await sayAll('book', '2'), [asks.day]);
    assert.deepEqual(await sayAll('thursday would be best'), [asks.name]);
    assert.deepEqual(await sayAll('Anna'), [asks.confirm]);
    assert.match(String((await sayAll('yep'))[0]), /^Booked\./);
  });

  it('can be pressed on WhatsApp: buttons while there are few choices, else a list', async () => {
    const formOf = (activity: Partial<Activity> | undefined) => {
      const [content, ...more] = toOutbound(activity ?? {});
      assert.deepEqual(more, []);
      assert.equal(content?.type, 'interactive');
      const { interactive } = content;
      const choices = interactive.kind === 'buttons' ? interactive.buttons : interactive.rows;
      return [interactive.kind, interactive.body, ...choices.map(({ id, title }) => [id, title].join('='))];
    };
    const works = ['Puncture=Puncture', 'Service=Service', 'Something else=Something else'];
    assert.deepEqual(formOf((await say('book'))[0]), ['buttons', asks.work, ...works]);
    assert.equal(formOf((await say('?'))[0])[0], 'buttons', 'also when it is asked again');
    const days = ['Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'].map(day => `${day}=${day}`);
    assert.deepEqual(formOf((await say('Service'))[0]), ['list', asks.day, ...days]);
    await sayAll('Thursday');
    assert.deepEqual(formOf((await say('Anna'))[0]), ['buttons', asks.confirm, 'Yes=Yes', 'No=No']);
  });

  const misfits: readonly [question: string, before: string[], said: string, again: RegExp][] = [
    ['what is to be done', [], 'Paint it green', /^That I cannot book\./],
    ['the day', ['Service'], 'Monday', /^We are open from Tuesday to Saturday\./],
    ['the name', ['Service', 'Friday'], '+49 155 5000 1111', /up to 40 letters/],
    ['the name, which is too long', ['Service', 'Friday'], 'A'.repeat(41), /up to 40 letters/],
    ['the confirmation', ['Service', 'Thursday', 'Anna'], 'perhaps', /^Please say yes or no\. Service on/],
    ['the day, to a picture without a text', ['Service'], '', /^We are open from Tuesday to Saturday\./],
  ];
  for (const [question, before, said, again] of misfits) {
    it(`asks again for ${question}`, async () => {
      const [answer, ...more] = await sayAll('book', ...before, said);
      assert.match(String(answer), again);
      assert.deepEqual(more, []);
    });
  }

  it('takes names as people have them', async () => {
    for (const name of ['Zoë', 'Jean-Luc', 'O’Brien', "D'Arcy Jr.", '王 小明', 'Ольга']) {
      adapter = frontDesk();
      const [answer] = await sayAll('book', 'Service', 'Thursday', name);
      assert.equal(answer, `Service on Thursday, for ${name}. Shall I book that?`);
    }
  });

  for (const said of ['cancel', 'Cancel please', 'Stop!', 'never mind', 'Forget it.']) {
    it(`is left on "${said}", at any question`, async () => {
      for (const before of [[], ['Service'], ['Service', 'Friday'], ['Service', 'Friday', 'Anna']]) {
        adapter = frontDesk();
        assert.deepEqual(await sayAll('book', ...before, said), [knowledge.cancelled]);
        assert.deepEqual(await sayAll('hello'), [knowledge.greeting]);
      }
    });
  }

  it('says that it does not know what to cancel where nothing is being booked', async () => {
    assert.deepEqual(await sayAll('cancel'), [knowledge.unknown]);
  });

  it('gives way to a person who is asked for', async () => {
    for (const before of [[], ['Service'], ['Service', 'Friday'], ['Service', 'Friday', 'Anna']]) {
      adapter = frontDesk();
      await sayAll('book', ...before);
      const answers = await say('Let me talk to a person');
      assert.deepEqual(textsOf(answers), [person]);
      assert.deepEqual(handedOff(answers), ['asked for a person']);
      assert.deepEqual(await sayAll('hello'), [knowledge.greeting], 'the booking is over');
    }
  });

  describe('with a bot that is lost', () => {
    const lost = async (...texts: string[]) => {
      const answers = [];
      for (const text of texts) answers.push(...(await say(text)));
      return { texts: textsOf(answers), why: handedOff(answers) };
    };

    it('gives way to a person after three messages in a row without a sense', async () => {
      const { texts, why } = await lost('Do you sell cars?', '🚲', 'lorem ipsum');
      assert.deepEqual(texts, [knowledge.unknown, knowledge.unknown, knowledge.lost]);
      assert.deepEqual(why, ['the bot did not understand']);
    });

    it('counts answers to its questions with the rest, and does not ask again', async () => {
      await sayAll('lorem', 'book', 'Service');
      const { texts, why } = await lost('Monday', 'Sunday', 'the 31st of never');
      const again = 'We are open from Tuesday to Saturday. Which of these days suits you?';
      assert.deepEqual(texts, [again, again, knowledge.lost]);
      assert.deepEqual(why, ['the bot did not understand']);
      assert.deepEqual(await sayAll('hello'), [knowledge.greeting], 'the booking is over');
    });

    it('begins to count anew with whatever it understands', async () => {
      const { why } = await lost(
        '?',
        '?',
        'hello',
        '?',
        '?',
        'book',
        '?',
        '?',
        'Service',
        '?',
        '?',
        'Friday',
      );
      assert.deepEqual(why, []);
      assert.deepEqual((await lost('1', '2')).why, []);
    });

    it('begins to count anew when the conversation comes back', async () => {
      await lost('?', '?', '?');
      assert.deepEqual((await lost('?', '?')).why, []);
      assert.deepEqual((await lost('?')).why, ['the bot did not understand']);
    });
  });

  it('costs the start of the host nothing: its package is loaded when the first customer books', async () => {
    const bot = join(import.meta.dirname, '..', '..', '..', 'bot', 'dialogs', 'frontDeskBot.ts');
    const script = `
      import { createRequire } from 'node:module';
      await import(${JSON.stringify(pathToFileURL(bot).href)});
      const { cache } = createRequire(${JSON.stringify(pathToFileURL(bot).href)});
      const loaded = name => Object.keys(cache).some(file => file.includes('node_modules/' + name + '/'));
      console.log(loaded('botbuilder'), loaded('botbuilder-dialogs'));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
    assert.equal(stdout.trim(), 'true false');
  });

  it('goes on where it was when another process has the conversation', async () => {
    const storage = new MemoryStorage();
    const texts = ['book', 'Service', 'Thursday', 'Anna', 'Yes'];
    const answers = [];
    for (const text of texts) {
      adapter = frontDesk({ storage });
      answers.push(...(await sayAll(text)));
    }
    assert.deepEqual(answers.slice(0, 4), Object.values(asks));
    assert.match(String(answers[4]), /^Booked\. Service on Thursday, for Anna\./);
  });

  it('leaves the state as it was where the turn fails, so that it can be run again', async () => {
    const storage = new MemoryStorage();
    adapter = frontDesk({ storage });
    await sayAll('book', 'Service');
    adapter = frontDesk({ storage });
    adapter.use(async (context, next) => {
      context.onSendActivities(async () => {
        throw new Error('nothing can be sent');
      });
      await next();
    });
    await assert.rejects(say('Thursday'), /nothing can be sent/);
    adapter = frontDesk({ storage });
    assert.deepEqual(await sayAll('Thursday'), [asks.name]);
  });
});
