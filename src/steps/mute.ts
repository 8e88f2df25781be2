import type { Run } from '../domain/run.ts';
import type { Needs } from './needs.ts';

const nameOf = (run: Pick<Run, 'key'>): string => `muted:${run.key}`;

/** The launcher wants no notification from this run any more: its end is told without a mention and silently (ux.md 2.4). */
export const mute = (run: Pick<Run, 'key'>, { meta }: Pick<Needs, 'meta'>): void => meta.set(nameOf(run), 'yes');

export const isMuted = (run: Pick<Run, 'key'>, { meta }: Pick<Needs, 'meta'>): boolean =>
  meta.get(nameOf(run)) !== null;
