/**
 * A process that moves a store from the file that its first argument names to the database of the second, and kills itself
 * after so many batches as the third says: at once, or, where the fourth is `later`, when it has asked for the next one.
 */
import { moveStore } from '../../middleware/storage/move/moveStore.ts';

const [, , path = '', url = '', batches, when] = process.argv;
const die = () => process.kill(process.pid, 'SIGKILL');
let left = Number(batches);

await moveStore({
  path,
  database: { url },
  batchRows: 5,
  onStep({ what }) {
    if (what !== 'copies') return;
    left -= 1;
    if (left !== 0) return;
    if (when === 'later') setImmediate(die);
    else die();
  },
});
