import assert from 'node:assert/strict';
import { acsByToken } from '../security/acsByToken.ts';
import { type FuzzCount, fuzzAnswers, fuzzParser, fuzzProof, fuzzReading, fuzzSecret } from './fuzz.ts';
import { openMcp } from './mcp.ts';
import { readings } from './readings.ts';
import { secrets } from './secrets.ts';
import { type Door, doors, openDoor } from './targets.ts';

/** As many as `npm test` has time for; `npm run soak -- fuzz` plays a million, with new seeds. */
const inputs = 20_000;
const run = { inputs, seed: 20261122 };

/** Both happen: inputs that nothing takes, or that everything takes, would show little. */
function assertBoth({ inputs: played, taken, refused }: FuzzCount, wanted = inputs): void {
  assert.equal(played, wanted);
  assert.equal(taken + refused, wanted);
  assert.ok(taken > wanted / 100 && refused > wanted / 100, `${taken} taken, ${refused} refused`);
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
      it('lets in nothing that is not proved', async () => {
        // A token is checked by public keys, ten times as long.
        const played = attacked === acsByToken ? inputs / 10 : inputs;
        assertBoth(await fuzzProof(door, { ...run, inputs: played }), played);
      });
    });
  }

  for (const reading of readings)
    it(`reads or refuses every body: ${reading.title}`, () => assertBoth(fuzzReading(reading, run)));

  // Its SDK makes a server of each message: what is ours there is read above, 20,000 times.
  it('answers every message: MCP, 500 of them', async () => {
    const mcp = await openMcp();
    try {
      assertBoth(await fuzzAnswers(mcp, { ...run, inputs: 500 }), 500);
    } finally {
      await mcp.close();
    }
  });

  for (const make of secrets)
    it(`lets in nobody without what is right: ${make.name}`, async () => {
      const secret = await make();
      try {
        for (const text of secret.texts) assert.ok(await secret.check(text));
        const played = secret.isSlow ? inputs / 5 : inputs;
        assertBoth(await fuzzSecret(secret, { ...run, inputs: played }), played);
      } finally {
        await secret.close?.();
      }
    });
});
