/**
 * Hands on what a suite needs beyond Node and its packages: a browser, another Node, files beside the project. Where
 * the machine lacks it, the suite is left out with one line that names it; with `CI=true`, where nobody reads lines,
 * it fails, but for what `BLUETICK_LEFT_OUT` names: a run that knows that it is not there, and says so.
 *
 * @param before the `this` of the suite's `before`
 * @param found what was looked for; `undefined` where it is not there
 * @param what its name, and where it would come from
 */
export function need<Found>(before: Mocha.Context, found: Found | undefined, what: string): Found {
  if (found !== undefined) return found;
  const lack = `${before.test?.parent?.fullTitle()}: needs ${what}`;
  const leftOut = process.env.BLUETICK_LEFT_OUT;
  const isKnown = leftOut !== undefined && leftOut !== '' && what.includes(leftOut);
  if (process.env.CI === 'true' && !isKnown) throw new Error(lack);
  process.stderr.write(`Left out: ${lack}\n`);
  return before.skip();
}
