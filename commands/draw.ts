import type { OutFile } from '../src/discord/chat.ts';
import { isAlive, type Run } from '../src/domain/run.ts';
import {
  acceleratorLabel,
  clean,
  duration,
  facts,
  labelTitle,
  progressOf,
  progressWords,
  ranMs,
} from '../src/domain/words.ts';
import { drawCurve } from '../src/results/curve.ts';
import type { Needs } from '../src/steps/needs.ts';

/** The curve of a run so far as a picture, and what is drawn on it; null while the log gives no line. */
export function drawnCurve(
  run: Run,
  { clock, settings }: Pick<Needs, 'clock' | 'settings'>,
): { file: OutFile; line: string } | null {
  const progress = progressOf(run, run.report);
  const main = progress?.series[0];
  if (progress === null || main === undefined) return null;
  const running = isAlive(run.state);
  const ran = ranMs(run.state);
  const name = clean(main.name);
  const drawn = drawCurve({
    number: run.number,
    title: labelTitle(run, 50),
    line: running
      ? facts(name, progressWords(progress), 'running')
      : facts(
          progress.of === null ? name : `${name} over ${progress.of} ${progress.unit}s`,
          settings.playground ? null : acceleratorLabel(run),
          ran === null ? null : duration(ran),
        ),
    progress,
    running,
    at: clock.now(),
    theme: 'dark',
  });
  if (drawn === null) return null;
  return { file: { name: `curve-${run.number}.png`, bytes: drawn.png, description: drawn.description }, line: name };
}
