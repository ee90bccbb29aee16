import { readdirSync, readFileSync } from 'node:fs';

/** What Linux counts processor time in: a hundredth of a second on every machine that Node runs on (proc(5), sysconf(3)). */
const tickMs = 10;

/**
 * The processor time that a process and its children have taken, in milliseconds, those that have ended included.
 *
 * @returns `undefined` where the system does not tell: only Linux does
 */
export function cpuMsOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  let ticks = 0;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = statOf(entry);
    if (stat === undefined) continue;
    // Of what is behind the name in proc(5): ppid, then utime and stime, then those of children that have ended.
    const [, parent, ...rest] = stat;
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = rest.slice(9, 13).map(Number);
    if (Number(entry) === pid) ticks += user + system + endedUser + endedSystem;
    else if (Number(parent) === pid) ticks += user + system;
  }
  return ticks * tickMs;
}

/** The fields behind a process's name, which may itself hold spaces; `undefined`: it has ended. */
function statOf(pid: string): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
