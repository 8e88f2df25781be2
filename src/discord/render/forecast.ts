import { type Run, startedAtOf } from '../../domain/run.ts';
import { remainingMs } from '../../domain/whole.ts';
import { aboutTime, at, duration, facts, formatRange, pace, whenAndDistance } from '../../domain/words.ts';
import type { CardView } from '../views.ts';

const MINUTE_MS = 60_000;

/** When the run is expected to end, and by what. */
export type Forecast = { readonly by: 'pace' | 'earlier'; readonly at: number };

/** When the limit ends the run; null before it has started. */
export function limitAt(run: Pick<Run, 'state' | 'settings'>): number | null {
  const started = startedAtOf(run.state);
  return started === null ? null : started + run.settings.limitMinutes * MINUTE_MS;
}

/**
 * The expected end: by the pace, from three epochs or 5% on; else by the person's earlier runs of this kernel.
 * Rounded as what is only about so. Null when nothing speaks for any time.
 */
export function forecast(view: Pick<CardView, 'run' | 'now' | 'earlier' | 'progressAt'>): Forecast | null {
  const { run, now, earlier } = view;
  if (run.state.phase !== 'running') return null;
  const left = run.progress === null ? null : remainingMs(run.progress);
  if (left !== null) {
    const end = (view.progressAt ?? now) + left;
    return { by: 'pace', at: aboutTime(Math.max(now, end), now) };
  }
  if (earlier === null) return null;
  const end = run.state.startedAt + earlier.medianMs;
  // Past its usual time there is nothing left to say.
  return end <= now ? null : { by: 'earlier', at: aboutTime(end, now) };
}

/** The line **Ends**; null when it cannot be said. */
export function endsLine(view: CardView): string | null {
  const end = forecast(view);
  if (end === null) return null;
  const { progress } = view.run;
  if (end.by === 'pace')
    return facts(
      `**Ends** about ${whenAndDistance(end.at, view.now)}`,
      progress?.paceMs != null && `${pace(progress.paceMs)} per ${progress.unit}`,
    );
  const { earlier } = view;
  if (earlier === null) return null;
  const from =
    earlier.count === 1
      ? `1 earlier run of ${duration(earlier.medianMs)}`
      : `${earlier.count} earlier runs of ${formatRange(earlier.minMs, earlier.maxMs)}`;
  return `**Ends** about ${at(end.at, 't')}, from ${from}`;
}

/** Whether by its pace the run will be cut off by its limit. */
export function missesLimit(view: Pick<CardView, 'run' | 'now' | 'earlier' | 'progressAt'>): boolean {
  const limit = limitAt(view.run);
  const end = forecast(view);
  return limit !== null && end?.by === 'pace' && end.at > limit;
}

/** `Limit 9 h, reached at …, 2 h 2 min to spare`; null before the start. */
export function limitWords(view: CardView, limit: string): string | null {
  const ends = limitAt(view.run);
  if (ends === null) return null;
  const end = forecast(view);
  const spare = end?.by !== 'pace' ? '' : end.at > ends ? ', before it ends' : `, ${duration(ends - end.at)} to spare`;
  return `Limit ${limit}, reached at ${at(ends, 't')}${spare}`;
}
