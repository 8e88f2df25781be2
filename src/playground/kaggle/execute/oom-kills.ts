import { readFileSync } from 'node:fs';

/**
 * How many processes Linux has killed so far because memory ran out: of this computer (/proc/vmstat) and of the control group
 * this program is in. Grows while a run goes on only when such a thing happened. 0 where nothing says it.
 */
export function countOomKills(): number {
  const group = /^0::(\/.*)$/m.exec(textOf('/proc/self/cgroup'))?.[1] ?? '/';
  const places = ['/proc/vmstat', `/sys/fs/cgroup${group === '/' ? '' : group}/memory.events`];
  const counts = places.map((path) => Number(/^oom_kill (\d+)$/m.exec(textOf(path))?.[1] ?? 0));
  return counts.reduce((sum, count) => sum + count, 0);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
