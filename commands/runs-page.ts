import { ALIVE_PHASES, type Phase } from '../src/domain/run.ts';

/** The states a list can be narrowed to, in the words people read. `letter` stands in the ids of buttons. */
export const STATES = [
  { value: 'alive', letter: 'a', words: 'running or waiting', phases: ALIVE_PHASES },
  { value: 'complete', letter: 'c', words: 'complete', phases: ['complete'] },
  { value: 'failed', letter: 'f', words: 'failed', phases: ['error'] },
  { value: 'stopped', letter: 's', words: 'stopped or withdrawn', phases: ['cancelled'] },
  { value: 'lost', letter: 'l', words: 'lost from sight', phases: ['lost'] },
] as const satisfies readonly { value: string; letter: string; words: string; phases: readonly Phase[] }[];

/** One page of a list, as a button asks for it: the cursor is a time, so new runs do not shift it. */
export type PageAsked = {
  readonly isMine: boolean;
  readonly state: (typeof STATES)[number]['value'] | null;
  readonly cursor: { readonly side: 'before' | 'after'; readonly at: number } | null;
  readonly page: number;
  /** Key of a run of the only kernel that is listed; null: all kernels. */
  readonly of: string | null;
};

const FORM = /^([me])([acfsl*])(?:([ba])([0-9a-z]{1,11}))?\.(\d{1,6})(?:\.([A-Za-z0-9_-]{22}))?$/;

/** At most 45 characters: `e*.1`, `macbm2x4k1z.2`. */
export function formatPage({ isMine, state, cursor, page, of }: PageAsked): string {
  const letter = STATES.find(({ value }) => value === state)?.letter ?? '*';
  const at = cursor === null ? '' : `${cursor.side === 'before' ? 'b' : 'a'}${cursor.at.toString(36)}`;
  return `${isMine ? 'm' : 'e'}${letter}${at}.${page}${of === null ? '' : `.${of}`}`;
}

/** Null when it is none of ours. */
export function parsePage(argument: string): PageAsked | null {
  const match = FORM.exec(argument);
  if (match === null) return null;
  const [, who, letter, side, at, page, of] = match;
  return {
    isMine: who === 'm',
    state: STATES.find((one) => one.letter === letter)?.value ?? null,
    cursor:
      side === undefined || at === undefined
        ? null
        : { side: side === 'b' ? 'before' : 'after', at: Number.parseInt(at, 36) },
    page: Math.max(1, Number(page)),
    of: of ?? null,
  };
}
