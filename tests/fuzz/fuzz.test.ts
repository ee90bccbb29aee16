import assert from 'node:assert/strict';
import { acsByToken } from '../security/acsByToken.ts';
import { type FuzzCount, fuzzDataverse, fuzzParser, fuzzProof } from './fuzz.ts';
import { type Door, doors, openDoor } from './targets.ts';

/** As many as `npm test` has time for; `npm run soak -- fuzz` plays a million, with new seeds. */
const inputs = 20_000;
const run = { inputs, seed: 20261122 };

/** Both happen: inputs that nothing takes, or that everything takes, would show little. */
function assertBoth({ inputs: played, taken, refused }: FuzzCount): void {
  assert.equal(played, inputs);
  assert.equal(taken + refused, inputs);
  assert.ok(taken > inputs / 100 && refused > inputs / 100, `${taken} taken, ${refused} refused`);
}

describe('fuzzing, 20,000 inputs each', function () {
  this.timeout(60_000);

  for (const attacked of doors) {
    describe(attacked.title, () => {
      let door: Door;
      before(async () => {
        door = await openDoor(attacked);
      });
      after(() => door.close());

      it('lets in what its provider sends', async () => {
        for (const request of door.requests) {
          await door.channel.webhook.authenticate(request);
          door.channel.webhook.parse(request.body, request);
        }
      });
      // Whatever proves it, a channel's body is read by one parser.
      if (attacked !== acsByToken) it('reads or refuses every body', () => assertBoth(fuzzParser(door, run)));
      it('lets in nothing that is not proved', async () => assertBoth(await fuzzProof(door, run)));
    });
  }

  it('reads or refuses whatever Dynamics 365 tells', () => assertBoth(fuzzDataverse(run)));
});
