import { randomInt } from 'node:crypto';

/** Without letters and digits that are mistaken for each other: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V. */
const LETTERS = '34679ACDEFGHJKMNPQRTWXY';

/** Six characters that lead from what a person reads to the line in the log. */
export const newReference = (): string => Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
