import { type AcceleratorKind, acceleratorFacts } from './accelerator.ts';
import type { Run } from './run.ts';

/** Kaggle counts sessions and hours by the kind of machine: each kind of an account has a line of its own. */
export const lineKindOf = (run: Pick<Run, 'settings'>): AcceleratorKind =>
  acceleratorFacts(run.settings.accelerator).kind;

const stands = (run: Run): boolean =>
  run.state.phase === 'accepted' || (run.state.phase === 'waiting' && run.state.reason.for !== 'run');

const holds = (run: Run): boolean =>
  run.state.phase === 'pushing' || run.state.phase === 'queued' || run.state.phase === 'running';

/**
 * The runs of one account that stand in the same line as `run`, in the order of asking; `run` among them if it stands.
 * @param alive all runs of the account that are not over, the oldest first.
 */
export const lineOf = (run: Run, alive: readonly Run[]): Run[] =>
  alive.filter((one) => lineKindOf(one) === lineKindOf(run) && stands(one));

/** The runs that hold a session of that kind at Kaggle, as far as we started them. */
export const holdersOf = (run: Run, alive: readonly Run[]): Run[] =>
  alive.filter((one) => one.key !== run.key && lineKindOf(one) === lineKindOf(run) && holds(one));
