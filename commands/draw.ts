import type { OutFile } from '../src/discord/chat.ts';
import { isAlive, type Run } from '../src/domain/run.ts';
import { clean, facts, labelTitle, progressOf, progressWords } from '../src/domain/words.ts';
import { drawCurve } from '../src/results/curve.ts';
import { curveLine } from '../src/steps/attachments.ts';
import type { Needs } from '../src/steps/needs.ts';

/** The curve of a run so far as a picture, and what is drawn on it; null while the log gives no line. */
export function drawnCurve(run: Run, { clock }: Pick<Needs, 'clock'>): { file: OutFile; line: string } | null {
  const progress = progressOf(run, run.report);
  const main = progress?.series[0];
  if (progress === null || main === undefined) return null;
  const running = isAlive(run.state);
  const name = clean(main.name);
  const drawn = drawCurve({
    number: run.number,
    title: labelTitle(run, 50),
    line: running ? facts(name, progressWords(progress), 'running') : curveLine(run, progress),
    progress,
    running,
    at: clock.now(),
    theme: 'dark',
  });
  if (drawn === null) return null;
  return { file: { name: `curve-${run.number}.png`, bytes: drawn.png, description: drawn.description }, line: name };
}
