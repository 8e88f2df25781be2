import type { Tally } from './campaign.ts';
import type { KillPoint } from './kill-point.ts';
import { EVERYDAY } from './orders.ts';
import type { Sabotage } from './sabotage.ts';

/** What a bot without a guard is called, the kills at which that guard is what saves a run, and what counts without it. */
type Guard = { readonly without: string; readonly points: readonly KillPoint[]; readonly reddens: keyof Tally };

const points = (when: KillPoint['when'], only: string, upTo: number): KillPoint[] =>
  Array.from({ length: upTo }, (_, index) => ({ at: 'request', when, only, count: index + 1 }));

/** A card and an end. */
const MESSAGES = 2 * EVERYDAY.length;

export const GUARDS: Readonly<Record<Sabotage, Guard>> = {
  noNonce: { without: 'without nonce', points: points('after', 'createMessage', MESSAGES), reddens: 'toldTwice' },
  noLook: {
    without: 'without looking first',
    points: points('after', 'SaveKernel', EVERYDAY.length),
    reddens: 'doubled',
  },
  markFirst: { without: 'marked before posted', points: points('before', 'createMessage', MESSAGES), reddens: 'lost' },
  tokenInLog: { without: 'a token in a log line', points: points('after', 'SaveKernel', 1), reddens: 'leaked' },
};
