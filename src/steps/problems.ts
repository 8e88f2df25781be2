import {
  type Accelerator,
  acceleratorFacts,
  DEFAULT_ACCELERATOR,
  parseAccelerator,
  retiredName,
} from '../domain/accelerator.ts';
import { type InputRef, isModelWithoutVariation } from '../domain/input.ts';
import { formatKernel, type KernelRef, slugOf, TITLE_MAX, TITLE_MIN } from '../domain/kernel.ts';
import { formatLimit, parseLimit } from '../domain/limit.ts';
import { UserError } from '../domain/user-error.ts';
import { cutEnd, escapeText, link } from '../domain/words.ts';
import type { InputSeen } from '../kaggle/kaggle.ts';
import type { Settings } from './needs.ts';
import type { CommitOrder } from './order.ts';

export const NOTHING = 'Nothing was committed.';

/** Everything that has to be known about an order before it can be judged. */
export type OrderFacts = {
  readonly account: string;
  /** What is to be pushed, as people call it: a file's name, `owner/slug`, `#42`. */
  readonly name: string;
  readonly kind: 'notebook' | 'script';
  readonly kernel: KernelRef;
  readonly title: string;
  /** What is on Kaggle under that name already; null when nothing is, or when it is the source itself. */
  readonly existing: { readonly kind: 'notebook' | 'script' } | null;
  readonly accelerator: Accelerator;
  readonly sessionHours: Settings['sessionHours'];
  readonly wrongInputs: readonly string[];
  readonly inputs: readonly { readonly input: InputRef; readonly seen: InputSeen; readonly like: string | null }[];
  /** KAGGLE_WEB_URL, for what has to be done there. */
  readonly web: string;
};

/** The longest limit, in minutes, that Kaggle gives to that machine. */
export const ceilingOf = (accelerator: Accelerator, hours: Settings['sessionHours']): number =>
  Math.floor(hours[acceleratorFacts(accelerator).kind] * 60);

/** The machine that was asked for, or `fallback` when nothing (or nothing known) was said. */
export const acceleratorSaid = (order: CommitOrder, fallback: Accelerator): Accelerator =>
  order.accelerator === undefined ? fallback : (parseAccelerator(order.accelerator) ?? fallback);

const quote = (text: string): string => `“${escapeText(cutEnd(text, 60))}”`;
const advise = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');

/** All that is wrong with an order, in the words people see, the gravest first; empty when it can be accepted. Pure. */
export function problemsWith(order: CommitOrder, facts: OrderFacts): UserError[] {
  return [
    ...titleProblems(facts),
    ...kindProblems(facts),
    ...acceleratorProblems(order),
    ...limitProblems(order, facts),
    ...inputProblems(facts),
  ];
}

/** One error that tells all of them: each on a line, and once that nothing was done. */
export function together(problems: readonly UserError[]): UserError {
  const [first, ...others] = problems;
  if (first === undefined) throw new Error('no problem to tell');
  if (others.length === 0) return first;
  const plain = (advice: string): string => advice.replace(NOTHING, '').replace(/ {2,}/g, ' ').trim();
  const lines = others.map(({ title, advice }) => advise(`**${title}**`, plain(advice)));
  return new UserError(first.title, [plain(first.advice), ...lines, NOTHING].filter((line) => line !== '').join('\n'));
}

function titleProblems({ title }: OrderFacts): UserError[] {
  const length = [...title].length;
  if (length < TITLE_MIN || length > TITLE_MAX)
    return [
      new UserError(`The title needs ${TITLE_MIN} to ${TITLE_MAX} characters;`, `this one has ${length}. ${NOTHING}`),
    ];
  // Kaggle makes the address of the title; what is left of it must not be shorter than an address may be.
  if (slugOf(title).length < TITLE_MIN)
    return [
      new UserError(
        `The title ${quote(title)} makes no address on Kaggle;`,
        `it needs at least ${TITLE_MIN} of the letters a to z and digits. ${NOTHING}`,
      ),
    ];
  return [];
}

function kindProblems({ existing, kind, kernel, name }: OrderFacts): UserError[] {
  if (existing === null || existing.kind === kind) return [];
  return [
    new UserError(
      `${escapeText(formatKernel(kernel))} is a ${existing.kind} on Kaggle, and ${escapeText(cutEnd(name, 48))} is a ${kind}.`,
      `Give it another title, so that it becomes one of its own. ${NOTHING}`,
    ),
  ];
}

function acceleratorProblems({ accelerator }: CommitOrder): UserError[] {
  if (accelerator === undefined || parseAccelerator(accelerator) !== null) return [];
  const retired = retiredName(accelerator);
  const usual = acceleratorFacts(DEFAULT_ACCELERATOR).label;
  if (retired === null)
    return [
      new UserError(`I know no accelerator ${quote(accelerator)}.`, `Use GPU T4 x2, TPU v5e-8 or CPU. ${NOTHING}`),
    ];
  const instead = retired.startsWith('TPU') ? acceleratorFacts('TpuV5E8').label : usual;
  return [
    new UserError(
      `Kaggle has no ${retired} any more.`,
      `It would run on something else without a word. Use ${instead} instead. ${NOTHING}`,
    ),
  ];
}

function limitProblems({ limit }: CommitOrder, { accelerator, sessionHours }: OrderFacts): UserError[] {
  if (limit === undefined) return [];
  const minutes = parseLimit(limit);
  if (minutes === null)
    return [new UserError(`I cannot read the limit ${quote(limit)}.`, `Write \`90m\` or \`9h\`. ${NOTHING}`)];
  const ceiling = ceilingOf(accelerator, sessionHours);
  if (minutes <= ceiling) return [];
  return [
    new UserError(
      `The limit ${escapeText(cutEnd(limit.trim(), 20))} is above the ${formatLimit(ceiling)} that Kaggle allows.`,
      NOTHING,
    ),
  ];
}

const KIND_WORDS: Record<InputRef['kind'], string> = {
  dataset: 'dataset',
  competition: 'competition',
  kernel: 'notebook',
  model: 'model',
};

function inputProblems({ wrongInputs, inputs, web }: OrderFacts): UserError[] {
  const unreadable = wrongInputs
    .slice(0, 5)
    .map((text) =>
      isModelWithoutVariation(text)
        ? new UserError(
            `The model ${quote(text)} needs its framework and variation.`,
            `Write all parts: \`models/owner/model/framework/variation\`. ${NOTHING}`,
          )
        : new UserError(
            `I cannot read the input ${quote(text)}.`,
            `Write \`owner/name\` for a dataset, \`titanic\` for a competition, or paste its address on Kaggle. ${NOTHING}`,
          ),
    );
  const absent = inputs.flatMap((one) => absentProblem(one, web) ?? []);
  return [...unreadable, ...absent];
}

function absentProblem({ input, seen, like }: OrderFacts['inputs'][number], web: string): UserError | null {
  const what = `${KIND_WORDS[input.kind]} ${escapeText(input.ref)}`;
  if (seen.kind === 'ready') return null;
  if (seen.kind === 'notReady' && input.kind === 'competition')
    return new UserError(
      `Kaggle would not attach the ${what} now:`,
      `${seen.said}. ${link('Join it there', `${web}/competitions/${encodeURIComponent(input.ref)}/rules`)} first. ${NOTHING}`,
    );
  if (seen.kind === 'notReady')
    return new UserError(`Kaggle would not attach the ${what} now:`, `${seen.said}. ${NOTHING}`);
  const meant = like === null ? '' : `Did you mean ${escapeText(like)}?`;
  return new UserError(`No ${what} on Kaggle`, advise('that you can read.', NOTHING, meant));
}

/** The machine a kernel ran on last, as far as it still exists. */
export function acceleratorOfKernel(kernel: {
  readonly machineShape: string | null;
  readonly gpu: boolean;
}): Accelerator {
  const known = kernel.machineShape === null ? null : parseAccelerator(kernel.machineShape);
  if (known !== null) return known;
  const retired = kernel.machineShape === null ? null : retiredName(kernel.machineShape);
  if (retired?.startsWith('TPU')) return 'TpuV5E8';
  return kernel.gpu || retired !== null ? DEFAULT_ACCELERATOR : 'none';
}
