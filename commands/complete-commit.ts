import { SECOND } from '../src/clock.ts';
import type { AutocompleteAsk, Choice } from '../src/discord/command.ts';
import { ACCELERATORS, acceleratorFacts, DEFAULT_ACCELERATOR, parseAccelerator } from '../src/domain/accelerator.ts';
import { formatKernel } from '../src/domain/kernel.ts';
import { formatLimit, parseLimit } from '../src/domain/limit.ts';
import { clean, size } from '../src/domain/words.ts';
import { credentialOf } from '../src/steps/credential.ts';
import type { Needs } from '../src/steps/needs.ts';
import { BUDGET_MS, completed, labelOfEntry, within, withoutLabels } from './complete.ts';
import { recentOf } from './recent.ts';

export type CompleteNeeds = Pick<Needs, 'accounts' | 'kaggle' | 'log' | 'runs' | 'settings' | 'clock'>;

const KEPT_MS = 20 * SECOND;

/** The lists of /commit: my kernels, accelerators, inputs, limits. */
export function completeCommit(ask: AutocompleteAsk, needs: CompleteNeeds): Promise<Choice[]> {
  const { name, value } = ask.focused;
  return completed(async () => {
    switch (name) {
      case 'kernel':
        return await kernelChoices(ask.user.id, value, needs);
      case 'inputs':
        return await inputChoices(ask.user.id, value, needs);
      case 'accelerator':
        return acceleratorChoices(value);
      case 'limit':
        return limitChoices(value, String(ask.options.get('accelerator') ?? ''), needs);
      default:
        return [];
    }
  }, needs.log);
}

/** The person's own kernels: one list serves the typing of a whole name, a search is made only for what is not on it. */
export async function kernelChoices(userId: string, typed: string, needs: CompleteNeeds): Promise<Choice[]> {
  const account = needs.accounts.kaggleUserOf(userId);
  const credential = account === null ? null : credentialOf(userId, needs);
  if (credential === null) return [];
  const wanted = typed.trim().toLowerCase();
  const { kaggle } = needs;
  const recent = recentOf(needs);
  const mine = await recent.keep(`kernels ${account}`, KEPT_MS, () => kaggle.kernels(credential, '', 100));
  const fits = mine.filter(({ ref, title }) => `${formatKernel(ref)} ${title.toLowerCase()}`.includes(wanted));
  const found =
    fits.length > 0 || wanted === ''
      ? fits
      : await recent.keep(`kernels ${account} ${wanted}`, KEPT_MS, () => kaggle.kernels(credential, wanted, 25));
  return found.map(({ ref, title }) => ({ name: `${formatKernel(ref)} · ${clean(title)}`, value: formatKernel(ref) }));
}

export function acceleratorChoices(typed: string): Choice[] {
  const wanted = typed.toLowerCase().replace(/[^a-z0-9]/g, '');
  return ACCELERATORS.filter(({ id, label, spoken, offered }) =>
    wanted === ''
      ? offered
      : [id, label, ...spoken].some((word) =>
          word
            .toLowerCase()
            .replace(/[^a-z0-9]/g, '')
            .includes(wanted),
        ),
  ).map(({ label, hint }) => ({ name: `${label} · ${hint}`, value: label }));
}

/** Completes the last word of the list: the person's own datasets first, then public ones, then competitions. */
export async function inputChoices(userId: string, typed: string, needs: CompleteNeeds): Promise<Choice[]> {
  const account = needs.accounts.kaggleUserOf(userId);
  const credential = account === null ? null : credentialOf(userId, needs);
  if (credential === null) return [];
  const said = withoutLabels(typed);
  const last = /[^\s,;]*$/.exec(said)?.[0] ?? '';
  const before = said.slice(0, said.length - last.length).trim();
  const start = before === '' ? '' : `${before.replace(/[\s,;]+$/, '')}, `;
  const there = new Set(before.toLowerCase().split(/[\s,;]+/));
  const wanted = last.toLowerCase();
  const { kaggle, log } = needs;
  const recent = recentOf(needs);
  const [datasets, competitions] = await Promise.all([
    recent.keep(`datasets ${account} ${wanted}`, KEPT_MS, () => kaggle.datasets(credential, wanted, 20)),
    wanted === ''
      ? []
      : within(
          recent.keep(`competitions ${account} ${wanted}`, KEPT_MS, () => kaggle.competitions(credential, wanted, 5)),
          log,
          BUDGET_MS - 200,
          [],
        ),
  ]);
  return [
    ...datasets.map(({ ref, title, bytes }) => ({
      ref,
      about: `${clean(title)}${bytes === null ? '' : ` · ${size(bytes)}`}`,
    })),
    ...competitions.map(({ slug, title, entered }) => ({
      ref: slug,
      about: `competition${entered ? '' : ', not joined'} · ${clean(title)}`,
    })),
  ]
    .filter(({ ref }) => !there.has(ref.toLowerCase()))
    .map(({ ref, about }) => ({ name: `${start}${ref} · ${labelOfEntry(about)}`, value: `${start}${ref}` }));
}

/** What was typed, read; else round numbers up to the ceiling of the chosen accelerator. */
export function limitChoices(
  typed: string,
  accelerator: string,
  { settings }: Pick<CompleteNeeds, 'settings'>,
): Choice[] {
  const { kind } = acceleratorFacts(parseAccelerator(accelerator) ?? DEFAULT_ACCELERATOR);
  const ceiling = settings.sessionHours[kind] * 60;
  const wanted = typed.trim();
  const choice = (minutes: number): Choice => ({
    name: formatLimit(minutes),
    value: minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`,
  });
  const guesses = /^\d{1,3}$/.test(wanted) ? [`${wanted}h`, `${wanted}m`] : [wanted];
  const read = guesses.flatMap((guess) => parseLimit(guess) ?? []).filter((minutes) => minutes <= ceiling);
  if (wanted !== '') return read.map(choice);
  const whole = [30, 60, 180, 360, 540, 720].filter((minutes) => minutes < ceiling);
  return [...whole, Math.floor(ceiling)].map(choice);
}
