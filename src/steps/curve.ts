import { MINUTE, SECOND } from '../clock.ts';
import type { OutFile } from '../discord/chat.ts';
import { acceleratorFacts } from '../domain/accelerator.ts';
import { gotWords } from '../domain/receipt.ts';
import type { Progress } from '../domain/results.ts';
import { endedAtOf, isAlive, kernelOf, type Run } from '../domain/run.ts';
import { clean, cutEnd, duration, facts, labelTitle, progressOf, ranMs } from '../domain/words.ts';
import { curveName, curveSpan, drawCurve } from '../results/curve.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';

export type DrawNeeds = Pick<Needs, 'runs' | 'guilds' | 'clock' | 'settings'>;

/** The curve of a run: the picture, what is drawn in it (`loss`, `val_acc`) as `line`, and when it was drawn. */
export type DrawnCurve = { readonly file: OutFile; readonly line: string; readonly at: number };

/** So long a picture of a running run serves; in the playground a whole run lasts a minute. */
const SERVES_MS = { usual: 5 * MINUTE, playground: 2 * SECOND };
/** A picture has some 50 kB. */
const MOST_KEPT = 50;

/** The curve of a run, drawn anew at most every five minutes while it runs; null while the log gives no line. */
export function drawnCurve(run: Run, needs: DrawNeeds): DrawnCurve | null {
  const { curves } = memoryOf(needs);
  const { clock, settings } = needs;
  const known = curves.get(run.key);
  const serves = settings.playground ? SERVES_MS.playground : SERVES_MS.usual;
  if (known !== undefined && isAlive(run.state) && clock.mono() - known.mono < serves) return known.curve;
  const curve = draw(run, needs);
  curves.delete(run.key);
  if (curve === null || !isAlive(run.state)) return curve;
  curves.set(run.key, { curve, mono: clock.mono() });
  const [oldest] = curves.keys();
  if (curves.size > MOST_KEPT && oldest !== undefined) curves.delete(oldest);
  return curve;
}

function draw(run: Run, { guilds, clock, settings }: DrawNeeds): DrawnCurve | null {
  const progress = progressOf(run, run.report);
  const name = progress === null ? null : curveName(progress);
  if (progress === null || name === null) return null;
  const now = clock.now();
  const drawn = drawCurve({
    number: run.number,
    title: labelTitle(run, 50),
    slug: kernelOf(run).slug,
    line: lineUnderTitle(run, progress, settings),
    progress,
    running: isAlive(run.state),
    at: endedAtOf(run.state) ?? now,
    theme: themeOf(run, { guilds }),
    ...(settings.fonts === undefined ? {} : { fonts: settings.fonts }),
  });
  if (drawn === null) return null;
  return {
    file: { name: `curve-${run.number}.png`, bytes: drawn.png, description: drawn.description },
    line: clean(name),
    at: now,
  };
}

/** The ground the run's server has chosen. */
export const themeOf = (run: Pick<Run, 'place'>, { guilds }: Pick<Needs, 'guilds'>): 'dark' | 'light' =>
  guilds.settings(run.place.guildId).curve ?? 'dark';

/** What is drawn, on what, for how long. */
function lineUnderTitle(run: Run, progress: Progress, { playground }: Needs['settings']): string {
  const ran = ranMs(run.state);
  return facts(
    curveSpan(progress),
    playground ? 'CPU of this computer' : machineOf(run),
    ran !== null && duration(ran),
  );
}

/** What the run got, where the check has seen it; else what was asked for. */
const machineOf = ({ settings, receipt = null }: Run): string =>
  receipt === null || receipt.gpus.length === 0
    ? acceleratorFacts(settings.accelerator).short
    : cutEnd(clean(gotWords(receipt.gpus)), 32);
