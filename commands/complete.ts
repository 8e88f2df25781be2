import type { Choice } from '../src/discord/command.ts';
import { errorFields, type Log } from '../src/log.ts';

/** The client shows an empty list after 3 s; the answer has a way to go, too. */
export const BUDGET_MS = 1_500;

const MOST_CHOICES = 25;
const MOST_CHARACTERS = 100;

/**
 * What a list answers within its budget: it never throws and never waits longer. What cannot be offered within Discord's
 * limits (source: Discord's documentation) is left out, or its label cut.
 */
export async function completed(load: () => Promise<Choice[]>, log: Log, budgetMs = BUDGET_MS): Promise<Choice[]> {
  return (await within(load(), log, budgetMs, []))
    .filter(({ name, value }) => name !== '' && value !== '' && value.length <= MOST_CHARACTERS)
    .slice(0, MOST_CHOICES)
    .map(({ name, value }) => ({ name: cut(name), value }));
}

/** The value if it comes in time and without an error, else `otherwise`. */
export async function within<T>(value: Promise<T>, log: Log, budgetMs: number, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), budgetMs);
  });
  try {
    return await Promise.race([value, late]);
  } catch (error) {
    log.debug({ err: errorFields(error) }, 'a list could not be completed');
    return otherwise;
  } finally {
    clearTimeout(timer);
    // After the budget nobody waits for it any more; its failure is no news.
    value.catch(() => undefined);
  }
}

/**
 * What a client puts into the option is the name of what was taken. Who then writes on, as in a list of inputs, sends that
 * name: ` · ` and what follows, up to the next comma, was ours to read and is no part of the value.
 */
export const withoutLabels = (typed: string): string => typed.replace(/\s·\s[^,;]*/g, '');

/** What stands behind ` · ` in the name of an entry of a list: without the signs that would end it. */
export const labelOfEntry = (about: string): string => about.replace(/[,;]+/g, ' ').replace(/ {2,}/g, ' ');

function cut(name: string): string {
  if (name.length <= MOST_CHARACTERS) return name;
  let kept = '';
  for (const character of name) {
    if (kept.length + character.length > MOST_CHARACTERS - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
