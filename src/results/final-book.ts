import type { Series } from '../domain/results.ts';
import { finalNumbers } from './final-line.ts';
import { betterOf, isMetric, phaseOf, rankOf } from './metric-name.ts';
import type { Named } from './named-numbers.ts';

/** Beside series over epochs so many, alone so many. */
const MOST_BESIDE = 3;
const MOST_ALONE = 8;
/** A log that names more is a list of something. */
const MOST_NAMES = 60;

const NUMBER = String.raw`[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?`;
/** Lightning's tables of a test or a validation run: `│ test_acc │ 0.8312 │` below `Test metric`. */
const BOX_HEAD = /^[\s┃│|]*(?:Test|Validate|Validation)\s+metric\b/i;
const BOX_ROW = new RegExp(
  String.raw`^\s*[│┃|]?\s{0,60}([A-Za-z][\w./@-]{0,60})[│┃|\s]{1,80}(${NUMBER})\s{0,60}[│┃|]?\s*$`,
  'i',
);
const RULE = /^[\s─-╿+|=-]*$/;
/** What Weights & Biases prints at the end: `wandb: val_loss 0.687` below `Run summary:`. */
const SUMMARY_HEAD = /^wandb:\s+Run summary:/;
const SUMMARY_ROW = new RegExp(String.raw`^wandb:\s{1,80}([A-Za-z][\w./@-]{0,60})\s(${NUMBER})\s*$`, 'i');
/** AutoGluon's score of one model; the last one is that of the ensemble of them. */
const AUTOGLUON = new RegExp(String.raw`^\s*(${NUMBER})\s*= Validation score\s{1,8}\((-?)(\w{1,40})\)\s*$`, 'i');

/** Detectron2's results for a spreadsheet: `copypaste: Task: bbox`, then the names, then the numbers, each in one line. */
const COPYPASTE = /\bd2\.evaluation\.testing\b.{0,12}\bcopypaste: (?:Task: (\w{1,30})$|([A-Za-z\d.,@-]{2,200})$)/;

/** One key for `Validation Accuracy` and `val_acc`. */
const keyOf = (name: string): string =>
  name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((token) => token !== '')
    .map((token) => phaseOf(token) ?? (token === 'acc' ? 'accuracy' : token))
    .join('_');

/** A name that says on which data, and so that it is no passing number. */
const SURE = /^(?!.*(?:^|_)best(?:_|$)).*(?:^|_)(?:test|val|eval|dev|holdout|train|oof|cv|cross|overall|final)(?:_|$)/;

/** Whether it was measured over all folds: that stands for the run where one fold's number does not. */
const isOverFolds = (name: string): boolean => /(?:^|_)(?:oof|cv|cross)(?:_|$)/.test(keyOf(name));

const betterOfFinal = (name: string): Series['better'] => betterOf(name.replace(/r²|r\^2/gi, 'r2'));

type Kept = Named & { readonly order: number; readonly isDoubted: boolean };

/**
 * Collects what a log says of a model once: after the training, or in programs that have no epochs. A name that comes again
 * with another number is left out: it may be that of another model, of the training data, of another part.
 */
export class FinalBook {
  readonly #kept = new Map<string, Kept>();
  #isInBox = false;
  #isInSummary = false;
  #task = '';
  #columns: readonly string[] = [];

  /** Takes a line that names no epoch, step or fold. */
  take(line: string): void {
    const autogluon = AUTOGLUON.exec(line);
    if (autogluon !== null) {
      const [, text = '', sign = '', name = ''] = autogluon;
      this.#set({ name: `val_${sign === '' ? '' : 'neg_'}${name}`, value: Number(text), text }, true);
    } else if (line.includes('copypaste: ')) this.#takeCopy(line);
    else if (!this.#takeRow(line)) for (const number of finalNumbers(line)) this.#set(number, false);
  }

  #takeCopy(line: string): void {
    const [, task, cells] = COPYPASTE.exec(line) ?? [];
    if (task !== undefined) this.#task = task;
    const parts = cells?.split(',') ?? [];
    if (parts.some((part) => /^[A-Za-z]/.test(part) && part !== 'nan')) this.#columns = parts;
    else if (parts.length === this.#columns.length)
      for (const [index, text] of parts.entries()) {
        const column = this.#columns[index] ?? '';
        // The sizes and the classes are parts of it.
        if (!/^AP(?:50|75)?$/.test(column) || text === 'nan') continue;
        this.#set({ name: `${this.#task}_${column}`.replace(/^_/, ''), value: Number(text), text }, true);
      }
  }

  #takeRow(line: string): boolean {
    if (BOX_HEAD.test(line)) {
      this.#isInBox = true;
      return true;
    }
    if (line.startsWith('wandb:')) {
      if (SUMMARY_HEAD.test(line)) this.#isInSummary = true;
      else if (this.#isInSummary) this.#setRow(SUMMARY_ROW.exec(line));
      return true;
    }
    this.#isInSummary = false;
    if (!this.#isInBox) return false;
    const row = BOX_ROW.exec(line);
    if (row === null && !RULE.test(line)) this.#isInBox = false;
    this.#setRow(row);
    return this.#isInBox;
  }

  #setRow(row: RegExpExecArray | null): void {
    const [, name = '', text = ''] = row ?? [];
    if (row !== null && isMetric(name) && betterOf(name) !== null)
      this.#set({ name, value: Number(text), text }, false);
  }

  #set(number: Named, isLastRight: boolean): void {
    const key = keyOf(number.name);
    const before = this.#kept.get(key);
    if (before === undefined && this.#kept.size >= MOST_NAMES) return;
    const isDoubted = before !== undefined && !isLastRight && (before.isDoubted || before.value !== number.value);
    this.#kept.set(key, { ...number, order: before?.order ?? this.#kept.size, isDoubted });
  }

  /**
   * Puts what was measured once beside the series over epochs, in front of them where it stands for all folds. In a training
   * by epochs a bare `Accuracy` may be that of one of them, and `best` is said again and again.
   */
  beside(series: readonly Series[], hasFolds: boolean, hasEpochs = false): Series[] {
    if (this.#kept.size === 0) return [...series];
    const known = new Set(series.map(({ name }) => keyOf(name)));
    const found = [...this.#kept]
      .filter(([key, { isDoubted }]) => !isDoubted && !known.has(key) && (!hasEpochs || SURE.test(key)))
      .map(([, one]) => one);
    const first = found.filter(({ name }) => isOverFolds(name) && (hasFolds || series.length === 0));
    const rest = found.filter((one) => !first.includes(one));
    const byRank = (a: Kept, b: Kept): number => rankOf(a.name) - rankOf(b.name) || a.order - b.order;
    const all = [...first.sort(byRank), ...rest.sort(byRank)].slice(0, series.length === 0 ? MOST_ALONE : MOST_BESIDE);
    return [
      ...all.filter((one) => first.includes(one)).map(onceOf),
      ...series,
      ...all.filter((one) => !first.includes(one)).map(onceOf),
    ];
  }
}

function onceOf({ name, value, text }: Named): Series {
  const better = betterOfFinal(name);
  const best = better === null ? null : { at: 0, value, text };
  return { name, points: [[0, value]], lastText: text, better, best, isOnce: true };
}
