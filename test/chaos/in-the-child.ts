/**
 * Loaded before the real program (`node --import`): gives it the fast clock and heartbeat, ends it at a commit when it is told
 * to, and takes a guard away when it is told to. Nothing of this is in the program itself.
 */
import { flushCompileCache, registerHooks } from 'node:module';
import { systemClock } from '../../src/clock.ts';
import { type Moment, watchCommits } from './commit-points.ts';
import { type FastTime, fastClock } from './fast-clock.ts';

/** What the environment variable CHAOS says. */
export type ForTheChild = {
  readonly time: FastTime;
  /** The commit, counted from 1, at which it ends itself. */
  readonly kill: { readonly when: Moment; readonly count: number } | null;
  readonly sabotage: string | null;
};

const { time, kill, sabotage } = JSON.parse(process.env.CHAOS ?? '') as ForTheChild;

// A process that is killed leaves no compiled code to the next one unless it writes it in time.
setTimeout(flushCompileCache, 2_000).unref();

Object.assign(systemClock, fastClock(time));

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === './heartbeat.ts' && context.parentURL?.endsWith('/src/main.ts') === true
      ? next(new URL('./fast-heartbeat.ts', import.meta.url).href, context)
      : next(specifier, context),
});

if (kill !== null) {
  let commits = 0;
  watchCommits((moment) => {
    if (moment === kill.when) commits += 1;
    if (moment === kill.when && commits === kill.count) process.kill(process.pid, 'SIGKILL');
  });
}

if (sabotage !== null) {
  const { SABOTAGES } = await import('./sabotage.ts');
  SABOTAGES[sabotage as keyof typeof SABOTAGES]();
}
