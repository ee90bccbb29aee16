/** Another process was quicker in a way that no lock prevents: whatever the batch has done is undone, and it runs again. */
export class Raced extends Error {
  override readonly name = 'Raced';

  constructor(message = 'another process was quicker') {
    super(message);
  }
}
