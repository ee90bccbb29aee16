import assert from 'node:assert/strict';
import { OneAtATime } from '../../../middleware/timing/oneAtATime.ts';

describe('what has one key', () => {
  it('runs one at a time, in order, however the one before it ended; other keys go on beside', async () => {
    const lanes = new OneAtATime();
    const story: string[] = [];
    const first = Promise.withResolvers<void>();
    const act = (name: string, until?: Promise<void>) => async () => {
      story.push(`${name} begins`);
      await until;
      story.push(`${name} ends`);
      return name;
    };
    const failed = lanes.run('a', act('1', first.promise));
    const second = lanes.run('a', act('2'));
    assert.equal(await lanes.run('b', act('beside')), 'beside');
    first.reject(new Error('lost'));
    await assert.rejects(failed, /lost/);
    assert.equal(await second, '2');
    assert.equal(await lanes.run('a', act('3')), '3');
    assert.deepEqual(story, [
      '1 begins',
      'beside begins',
      'beside ends',
      '2 begins',
      '2 ends',
      '3 begins',
      '3 ends',
    ]);
  });
});
