import { ACCELERATORS, type Accelerator } from '../../domain/accelerator.ts';
import type { Run } from '../../domain/run.ts';
import { aboutDuration, facts, hours, titleOf } from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import { button, panel, row, select, small, text } from './components.ts';

/** Asks before a run is run again. */
export type AgainView = {
  readonly run: Run;
  /** What it would run on; the run's own unless another was chosen. */
  readonly accelerator: Accelerator;
  /** How long it takes by what is known of it, in ms; null when nothing is. */
  readonly needsMs: number | null;
  /** GPU or TPU hours left; null when Kaggle did not say, or for a CPU. */
  readonly hoursLeft: number | null;
};

export function renderAgain({ run, accelerator, needsMs, hoursLeft }: AgainView): MessageBody {
  const { key, settings } = run;
  const choices = ACCELERATORS.filter(({ id, offered }) => offered || id === accelerator);
  const needs = needsMs === null ? null : `Needs about ${aboutDuration(needsMs)}`;
  const left = hoursLeft === null || accelerator === 'none' ? null : `${hours(hoursLeft)} left`;
  const line = needs !== null && left !== null ? `${needs}; ${left}.` : facts(needs, left);
  const other = settings.internet ? 'off' : 'on';
  return panel([
    text(
      `Run again ${titleOf(run)}, as in #${run.number}?`,
      line === '' ? null : small(line.endsWith('.') ? line : `${line}.`),
    ),
    select(
      'Accelerator',
      { verb: 'againAccelerator', key },
      choices.map(({ id, label, hint }) => ({ value: id, label, description: hint })),
      { chosen: accelerator },
    ),
    row(
      button('Run again', { verb: 'againChosen', key, argument: accelerator }, 'primary'),
      button(`With internet ${other}`, { verb: 'againChosen', key, argument: againArgument(accelerator, other) }),
      button('Cancel', { verb: 'cancel', key }),
    ),
  ]);
}

/**
 * The argument of `againChosen` (in this panel) and `againGo` (on messages everybody sees): the accelerator, and what differs
 * from the run: `on` or `off` for the internet, `input` for the one its failure misses, minutes for the limit.
 */
export const againArgument = (accelerator: Accelerator, change: 'on' | 'off' | 'input' | number | null): string =>
  change === null ? accelerator : `${accelerator}.${change}`;

/** Reads `againArgument` back; null when it is none. */
export function parseAgain(
  argument: string,
): { accelerator: Accelerator; internet: boolean | null; limitMinutes: number | null; withMissing: boolean } | null {
  const [id, change, more] = argument.split('.');
  const found = ACCELERATORS.find((one) => one.id === id);
  if (found === undefined || more !== undefined) return null;
  const same = { accelerator: found.id, internet: null, limitMinutes: null, withMissing: false };
  if (change === undefined) return same;
  if (/^[1-9]\d{0,3}$/.test(change)) return { ...same, limitMinutes: Number(change) };
  if (change === 'input') return { ...same, withMissing: true };
  return change === 'on' || change === 'off' ? { ...same, internet: change === 'on' } : null;
}
