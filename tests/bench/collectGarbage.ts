import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects what one contender leaves behind, so that it is not the next one's. */
export const collectGarbage: (options: { type: 'minor' }) => void = runInNewContext('gc');
