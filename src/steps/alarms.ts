import { MINUTE, SECOND } from '../clock.ts';
import { ALARMS_FROM_MS, type Alarm, isSilent, notANumber, overLimit } from '../domain/alarms.ts';
import type { Run, StateOf } from '../domain/run.ts';
import { isLoss } from '../results/metric-name.ts';
import type { Heard } from './follow.ts';
import { memoryOf } from './memory.ts';
import { areAlarmsMuted } from './mute.ts';
import type { Needs } from './needs.ts';

export type AlarmNeeds = Pick<
  Needs,
  'runs' | 'notices' | 'meta' | 'guilds' | 'follower' | 'health' | 'clock' | 'settings' | 'log'
>;

const EACH_MS = 15 * SECOND;
/** Unless a server has set another. */
export const SILENT_MINUTES = 20;

type Running = Run & { readonly state: StateOf<'running'> };

/**
 * Looks over the runs that are followed for what may be wrong with them, and owes an alarm for it: at most every 15 s, none
 * in a run's first 5 min, none of a run whose launcher wants none.
 * @returns false: all of them are looked over in one go.
 */
export async function watchRuns(needs: AlarmNeeds): Promise<boolean> {
  const { runs, follower, clock } = needs;
  const memory = memoryOf(needs);
  const mono = clock.mono();
  if (memory.watchedAt !== null && mono - memory.watchedAt < EACH_MS) return false;
  memory.watchedAt = mono;
  for (const heard of follower.heard()) {
    const run = runs.byKey(heard.runKey);
    if (run === null || !isRunning(run)) continue;
    const alarms = [...alarmsOf(run, heard, needs)];
    if (clock.now() - run.state.startedAt < ALARMS_FROM_MS || areAlarmsMuted(run, needs)) continue;
    for (const alarm of alarms) owe(run, alarm, needs);
  }
  return false;
}

const isRunning = (run: Run): run is Running => run.state.phase === 'running' && !run.state.stopping;

function owe(run: Run, alarm: Alarm, { notices, clock, log }: AlarmNeeds): void {
  if (notices.alarm(run.key, alarm, clock.now())) log.info({ run: run.key, alarm: alarm.kind }, 'an alarm is raised');
}

function* alarmsOf(run: Running, { quietMs, usualMs, lastLine }: Heard, needs: AlarmNeeds): Generator<Alarm> {
  const { clock, health } = needs;
  const { progress } = run;
  const now = clock.now();
  if (progress !== null) {
    const noNumber = notANumber(progress, isLoss);
    if (noNumber !== null) yield noNumber;
    const { overruns } = memoryOf(needs);
    const limitMs = run.settings.limitMinutes * MINUTE;
    const before = overruns.get(run.key) ?? null;
    const { overrun, alarm } = overLimit(progress, { startedAt: run.state.startedAt, limitMs, now }, before);
    if (overrun === null) overruns.delete(run.key);
    else overruns.set(run.key, overrun);
    if (alarm !== null) yield alarm;
  }
  // A log without a rhythm, as of a program that prints at its end only, is not silent: it is as ever.
  if (health.downSince === null && usualMs !== null && isSilent(quietMs, silentMs(run, needs), usualMs))
    yield { kind: 'silent', since: now - quietMs, usualMs, line: lastLine };
}

const silentMs = (run: Run, { guilds }: AlarmNeeds): number =>
  (guilds.settings(run.place.guildId).silentMinutes ?? SILENT_MINUTES) * MINUTE;

/** Whether an alarm that could not be sent at once is still true. What is not known any more counts as it was. */
export function isStillTrue(
  run: Run,
  alarm: Alarm,
  needs: Pick<Needs, 'meta' | 'clock'> & Partial<Pick<Needs, 'follower'>>,
): boolean {
  if (!isRunning(run) || areAlarmsMuted(run, needs)) return false;
  const heard = needs.follower?.heard().find(({ runKey }) => runKey === run.key);
  switch (alarm.kind) {
    case 'notANumber': {
      const series = run.progress?.series.find(({ name }) => name === alarm.name);
      const last = series?.points.at(-1);
      return last === undefined || !Number.isFinite(last[1]);
    }
    case 'silent':
      return heard === undefined || needs.clock.now() - heard.quietMs <= alarm.since + SECOND;
    case 'overLimit':
      return needs.clock.now() < alarm.cutAt;
  }
}
