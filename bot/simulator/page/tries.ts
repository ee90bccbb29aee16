/** What the sample bot understands, to be said by a click. It speaks English. */
export const tries: readonly string[] = [
  'Is my bicycle ready?',
  'Where are you?',
  'I would like to book',
  'I want to talk to a person',
];

/** Three messages in a row, as people write them. */
export const threeFast: readonly string[] = [
  'When are you open?',
  'And what does a puncture cost?',
  'Thanks!',
];
