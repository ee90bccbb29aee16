import assert from 'node:assert/strict';
import { Lanes } from '../../../bot/intake/lanes.ts';

describe('Lanes', () => {
  let lanes: Lanes;
  beforeEach(() => {
    lanes = new Lanes();
    for (const id of ['1', '2', '3']) lanes.enter(id, 'anna');
    lanes.enter('4', 'ben');
  });
  const first = () => ['1', '2', '3', '4'].filter(id => lanes.isFirst(id));

  it('have one first each, the one that came before the others', () => {
    assert.deepEqual(first(), ['1', '4']);
    lanes.leave('2');
    lanes.leave('1');
    lanes.leave('1');
    assert.deepEqual([first(), lanes.of('1'), lanes.of('3')], [['3', '4'], undefined, 'anna']);
    lanes.leave('3');
    assert.deepEqual([lanes.has('anna'), lanes.has('ben')], [false, true]);
  });

  it('have no first while one that came earlier waits in the store', () => {
    lanes.leave('1', { forStore: true });
    lanes.enter('5', 'anna');
    assert.deepEqual([first(), lanes.isFirst('5')], [['4'], false]);
    for (const id of ['2', '3', '5']) lanes.leave(id);
    lanes.enter('6', 'anna');
    assert.equal(lanes.isFirst('6'), true, 'who comes later asks the store');
  });
});
