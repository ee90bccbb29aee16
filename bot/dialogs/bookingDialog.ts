/**
 * The booking of a repair, as a waterfall of botbuilder-dialogs. That package takes some 0.4 s to load, so this file is
 * imported when the first customer books, not when the host starts.
 *
 * @module
 */
import type { StatePropertyAccessor, TurnContext } from 'botbuilder';
import {
  ChoicePrompt,
  ConfirmPrompt,
  DialogSet,
  type DialogState,
  type DialogTurnResult,
  type FoundChoice,
  ListStyle,
  type PromptValidator,
  TextPrompt,
  WaterfallDialog,
  type WaterfallStepContext,
} from 'botbuilder-dialogs';

/** Hears of every answer to a question of the booking whether it was understood. It may speak itself then. */
export type OnAnswer = (context: TurnContext, understood: boolean) => Promise<void>;

/** What the booking is begun with. */
interface BookingOptions {
  readonly question: string;
}

/** What is known so far. */
interface Booking {
  work: string;
  day: string;
  name: string;
}

const works = ['Puncture', 'Service', 'Something else'];
const days = ['Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
/** A name has letters, and no more of them than a label holds. */
const namePattern = /^\p{L}[\p{L}\p{M}\p{Zs}.'’-]{0,39}$/u;

type Step = WaterfallStepContext<BookingOptions>;

/** Four questions: what is to be done, on which day, for whom, and whether all that is right. */
export class BookingDialog {
  readonly #dialogs: DialogSet;

  /** @param state where the conversation's place in the booking is kept; who deletes it ends the booking */
  constructor(state: StatePropertyAccessor<DialogState>, onAnswer: OnAnswer) {
    const checked =
      <T>(isGood: (value: T) => boolean = () => true): PromptValidator<T> =>
      async ({ context, recognized: { succeeded, value } }) => {
        const understood = succeeded && value !== undefined && isGood(value);
        await onAnswer(context, understood);
        return understood;
      };
    const choice = new ChoicePrompt('choice', checked<FoundChoice>());
    const confirm = new ConfirmPrompt('confirm', checked<boolean>());
    // What WhatsApp shows as buttons or a list; a style chosen by the channel's name would be a numbered text.
    choice.style = ListStyle.suggestedAction;
    confirm.style = ListStyle.suggestedAction;
    this.#dialogs = new DialogSet(state)
      .add(new WaterfallDialog<BookingOptions>('booking', [askWork, askDay, askName, askWhether, finish]))
      .add(choice)
      .add(
        new TextPrompt(
          'name',
          checked(text => namePattern.test(text.trim())),
        ),
      )
      .add(confirm);
  }

  /** Begins with the first question. */
  async begin(context: TurnContext, question: string): Promise<void> {
    const dialog = await this.#dialogs.createContext(context);
    await dialog.beginDialog('booking', { question } satisfies BookingOptions);
  }

  /** Takes the message as the answer to the question that is open. */
  async continue(context: TurnContext): Promise<void> {
    const dialog = await this.#dialogs.createContext(context);
    await dialog.continueDialog();
  }
}

async function askWork(step: Step): Promise<DialogTurnResult> {
  return step.prompt('choice', {
    prompt: step.options.question,
    retryPrompt: 'That I cannot book. What is to be done?',
    choices: works,
  });
}

async function askDay(step: Step): Promise<DialogTurnResult> {
  remember(step, { work: (step.result as FoundChoice).value });
  return step.prompt('choice', {
    prompt: 'On which day will you bring it?',
    retryPrompt: 'We are open from Tuesday to Saturday. Which of these days suits you?',
    choices: days,
  });
}

async function askName(step: Step): Promise<DialogTurnResult> {
  remember(step, { day: (step.result as FoundChoice).value });
  return step.prompt('name', {
    prompt: 'What is your name?',
    retryPrompt: 'Please write your name alone, as we are to call it: up to 40 letters.',
  });
}

async function askWhether(step: Step): Promise<DialogTurnResult> {
  const booking = remember(step, { name: String(step.result).trim() });
  const prompt = `${summaryOf(booking)}. Shall I book that?`;
  return step.prompt('confirm', { prompt, retryPrompt: `Please say yes or no. ${prompt}` });
}

async function finish(step: Step): Promise<DialogTurnResult> {
  const booked = step.result
    ? `Booked. ${summaryOf(remember(step))}. Bring your bicycle in the morning.`
    : 'Nothing is booked then. Write "book" to begin again.';
  await step.context.sendActivity(booked);
  return step.endDialog();
}

/** Adds to what is known, and answers all of it. The waterfall's values are kept with the conversation's state. */
function remember(step: Step, more: Partial<Booking> = {}): Booking {
  return Object.assign(step.values as Booking, more);
}

function summaryOf({ work, day, name }: Booking): string {
  return `${work} on ${day}, for ${name}`;
}
