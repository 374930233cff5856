import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The unit of times in Linux's /proc, which is the same on all architectures (USER_HZ). */
const TICKS_PER_S = 100;

/** Which core runs what; undefined where processes cannot be tied to cores. */
export interface Cores {
  readonly server: number;
  readonly load: number;
}

/** The two first cores this process may use, if there are two and `taskset` is there to tie processes to them. */
export function findCores(): Cores | undefined {
  if (process.platform !== 'linux' || availableParallelism() < 2) return undefined;
  if (spawnSync('taskset', ['--version']).status !== 0) return undefined;
  const allowed = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  const [server, load] = allowed.split(',').flatMap(range => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return server === undefined || load === undefined ? undefined : { server, load };
}

/** Ties a process, with all its threads, to a core. */
export function pin(pid: number, core: number): void {
  spawnSync('taskset', ['-a', '-cp', String(core), String(pid)]);
}

/** Seconds of processor time that processes have used so far, in user and kernel mode; undefined outside Linux. */
export function cpuSeconds(pids: readonly number[]): number | undefined {
  if (process.platform !== 'linux') return undefined;
  let ticks = 0;
  for (const pid of pids) {
    // The fields after the parenthesised name, which may itself contain spaces: state is the third of all.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / TICKS_PER_S;
}

/** Resident memory of processes in bytes; undefined outside Linux. */
export function residentBytes(pids: readonly number[]): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return pids.reduce((sum, pid) => {
    const kibibytes = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return sum + Number(kibibytes) * 1024;
  }, 0);
}
