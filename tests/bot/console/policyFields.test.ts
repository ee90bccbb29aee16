import assert from 'node:assert/strict';
import { withValue } from '../../../bot/console/policy/draft.ts';
import { fields } from '../../../bot/console/policy/fields.ts';
import { enteredNumber, isNumber, shownNumber } from '../../../bot/console/policy/shownValue.ts';
import { effectivePolicy } from '../../../middleware/policy/effectivePolicy.ts';
import { parsePolicyDocument } from '../../../middleware/policy/schema.ts';

/** Whether the schema takes a value of a field. */
function takes(path: string, value: unknown): boolean {
  try {
    parsePolicyDocument(withValue({}, path, value));
    return true;
  } catch {
    return false;
  }
}

const samples = {
  moment: 'replying',
  flag: true,
  duration: 2000,
  perCharacter: 2.5,
  share: 0.5,
  template: { name: 'still_there', language: 'en' },
};

describe('the fields of the policy page', () => {
  it('are those of the schema, each once', () => {
    assert.deepEqual(
      fields.map(({ path }) => path).toSorted(),
      Object.keys(effectivePolicy(undefined, [])).toSorted(),
    );
  });

  for (const { path, kind, whenNull, least = 0, most } of fields) {
    it(`have the form and the limits of the schema: ${path}`, () => {
      assert.ok(takes(path, samples[kind]), 'a value of its kind');
      for (const other of Object.values(samples))
        if (typeof other !== typeof samples[kind]) assert.ok(!takes(path, other), JSON.stringify(other));
      assert.equal(takes(path, null), whenNull !== undefined, 'null');
      assert.equal(most !== undefined, isNumber({ path, kind } as never), 'a limit for each number');
      if (most === undefined) return;
      assert.ok(takes(path, least) && takes(path, most));
      assert.ok(!takes(path, least - 1) && !takes(path, most + 1));
    });
  }
});

describe('a number of the policy page', () => {
  it('is in seconds, and exact in milliseconds', () => {
    for (const ms of [0, 1, 700, 1500, 604_800_000]) {
      assert.equal(enteredNumber('duration', shownNumber('duration', ms)), ms);
    }
    assert.equal(shownNumber('duration', 700), '0.7');
    assert.equal(enteredNumber('duration', '0.0304'), 30);
  });

  it('is a percentage where it is a share, and milliseconds where it is for each character', () => {
    assert.deepEqual([shownNumber('share', 0.07), enteredNumber('share', '7')], ['7', 0.07]);
    assert.deepEqual([shownNumber('perCharacter', 2.5), enteredNumber('perCharacter', '2.5')], ['2.5', 2.5]);
  });

  it('is none where nothing is entered that is a number', () => {
    for (const entered of ['', ' ', '-', 'fast', 'Infinity'])
      assert.equal(enteredNumber('duration', entered), undefined, entered);
    assert.equal(shownNumber('duration', null), '');
  });
});
