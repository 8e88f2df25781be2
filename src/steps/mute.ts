import type { Run } from '../domain/run.ts';
import type { Needs } from './needs.ts';

const nameOf = (run: Pick<Run, 'key'>): string => `muted:${run.key}`;

/** The launcher wants no notification from this run any more: its end is told without a mention and silently. */
export const mute = (run: Pick<Run, 'key'>, { meta }: Pick<Needs, 'meta'>): void => meta.set(nameOf(run), 'yes');

export const isMuted = (run: Pick<Run, 'key'>, { meta }: Pick<Needs, 'meta'>): boolean =>
  meta.get(nameOf(run)) !== null;

const alarmsOf = (run: Pick<Run, 'key'>): string => `alarms-off:${run.key}`;

/** No more alarms for this run; its end is told as always. */
export const muteAlarms = (run: Pick<Run, 'key'>, { meta }: Pick<Needs, 'meta'>): void =>
  meta.set(alarmsOf(run), 'yes');

/** Whether nobody wants alarms of this run: they were turned off, or the whole run is muted. */
export const areAlarmsMuted = (run: Pick<Run, 'key'>, needs: Pick<Needs, 'meta'>): boolean =>
  needs.meta.get(alarmsOf(run)) !== null || isMuted(run, needs);
