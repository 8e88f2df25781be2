import type { Moment } from './commit-points.ts';

/** One place at which the program is killed: around its n-th request to one of the platforms, or its n-th commit. */
export type KillPoint = {
  readonly at: 'request' | 'commit';
  readonly when: Moment;
  /** From 1, counted from the start of the process. */
  readonly count: number;
  /** Only requests of this method of Kaggle, or this route of Discord, are counted. */
  readonly only?: string;
};

export type Kind = Pick<KillPoint, 'at' | 'when'>;
export const KINDS: readonly Kind[] = [
  { at: 'request', when: 'before' },
  { at: 'request', when: 'after' },
  { at: 'commit', when: 'before' },
  { at: 'commit', when: 'after' },
];

export const nameOf = ({ at, when, count, only }: KillPoint): string => `${when} ${only ?? at} ${count}`;
