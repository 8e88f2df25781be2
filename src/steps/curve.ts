import type { OutFile } from '../discord/chat.ts';
import { acceleratorFacts } from '../domain/accelerator.ts';
import type { Progress } from '../domain/results.ts';
import { endedAtOf, isAlive, type Run, startedAtOf } from '../domain/run.ts';
import { clean, duration, facts, labelTitle, pace, progressOf } from '../domain/words.ts';
import { curveName, drawCurve } from '../results/curve.ts';
import type { Needs } from './needs.ts';

export type DrawNeeds = Pick<Needs, 'clock' | 'settings'>;

/** The curve of a run as a picture, and what is drawn in it (`loss`, `val_acc`) as `line`; null while the log gives no line. */
export function drawnCurve(run: Run, { clock, settings }: DrawNeeds): { file: OutFile; line: string } | null {
  const progress = progressOf(run, run.report);
  const name = progress === null ? null : curveName(progress);
  if (progress === null || name === null) return null;
  const drawn = drawCurve({
    number: run.number,
    title: labelTitle(run, 50),
    line: lineUnderTitle(run, name, progress, settings),
    progress,
    running: isAlive(run.state),
    at: endedAtOf(run.state) ?? clock.now(),
    theme: 'dark',
  });
  if (drawn === null) return null;
  return {
    file: { name: `curve-${run.number}.png`, bytes: drawn.png, description: drawn.description },
    line: clean(name),
  };
}

/** What is drawn, on what, for how long. */
function lineUnderTitle(
  run: Run,
  name: string,
  { at, unit, paceMs }: Progress,
  { playground }: Needs['settings'],
): string {
  const started = startedAtOf(run.state);
  const ended = endedAtOf(run.state);
  return facts(
    at === null ? clean(name) : `${clean(name)} over ${at} ${unit}s`,
    playground ? 'CPU of this computer' : acceleratorFacts(run.settings.accelerator).short,
    started !== null && ended !== null ? duration(ended - started) : paceMs !== null && pace(paceMs),
  );
}
