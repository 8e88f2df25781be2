import type { Progress } from '../domain/results.ts';
import { FinalBook } from './final-book.ts';
import { DullShapes, groupAt, isSameShape } from './line-shape.ts';
import { epochIndex } from './marks.ts';
import { betterOf, phaseIn } from './metric-name.ts';
import type { Named } from './named-numbers.ts';
import { Pace } from './pace.ts';
import { SeriesBook } from './series-book.ts';
import { type TrainingLine, TrainingLineReader } from './training-line.ts';

/** After this many epochs a name that never stood near them is not one that is measured each epoch: a final test. */
const NEW_NAMES_UNTIL = 2;
/** From this share on, the numbers inside an epoch are as good as those of its end. */
const NEARLY_DONE = 0.9;
const MOST_FOLDS = 20;
/** A bar may be redrawn a million times: after this many states only those are read that are this far apart, in seconds. */
const STATES_READ = 5_000;
const STATE_GAP = 0.2;

/** CatBoost's and Optuna's names for what they measure, and the score of a game. */
const isTrack = (name: string): boolean => /^(?:learn|test\d*|value)$|score$/i.test(name);

/** The words of a line without its numbers and their units: `cat iou` and `dog iou` measure two things under one name. */
const wordsOf = (text: string): string =>
  (text.slice(0, 400).match(/[A-Za-z]{3,}/g) ?? [])
    .filter((word) => !/^(?:nan|inf|mins?|secs?)$/i.test(word))
    .join(' ');

/** How often a free line named it in this epoch, and the names and words on the last such line. */
type Printed = { readonly times: number; readonly company: string };

type Passing = { readonly x: number; readonly share: number | null; readonly numbers: ReadonlyMap<string, Named> };

/**
 * Reads epochs, steps, folds and named numbers out of a log, line by line, in bounded memory. When a line leaves doubt about
 * what a number is or where it belongs, the number is left out.
 */
export class ProgressReading {
  readonly #reader = new TrainingLineReader();
  readonly #pace = new Pace();
  #unit: 'epoch' | 'step' | null = null;
  #at: number | null = null;
  #of: number | null = null;
  #first: number | null = null;
  /** The last count that was lower than the present one and so taken for an earlier epoch's. */
  #lower: number | null = null;
  #epochsSeen = 0;
  #fold: { at: number; of: number | null } | null = null;
  #book = new SeriesBook();
  #earlier: SeriesBook[] = [];
  /** Numbers on the line of a fold itself: `Fold 1 AUC: 0.87`. */
  readonly #ofFolds = new SeriesBook();
  readonly #finals = new FinalBook();
  #settled = new Set<string>();
  /** How often a free line has printed a name in this epoch, and in the one before. */
  #prints = new Map<string, Printed>();
  #printsBefore: ReadonlyMap<string, Printed> | null = null;
  #doubted = new Set<string>();
  #passing: Passing | null = null;
  /** The last line of a moment inside an epoch, and the newest one of its shape: those between them do not count. */
  #model: { readonly text: string; readonly group: number } | null = null;
  #waiting: { readonly text: string; readonly time: number } | null = null;
  readonly #dull = new DullShapes();
  #isOver = false;
  #states = 0;
  #stateTime = 0;

  /** Takes a whole line. @param time seconds since the start of the session */
  line(text: string, time: number): void {
    if (this.#isOver) return;
    // What follows quotes the notebook's source, not its progress.
    if (text.startsWith('papermill.exceptions.') || text.startsWith('Exception encountered at "In ['))
      this.#isOver = true;
    else if (this.#model !== null && isSameShape(this.#model.text, text, this.#model.group))
      this.#waiting = { text, time };
    else if (this.#reader.isExpecting || !this.#dull.has(text)) this.#readLine(text, time);
  }

  #readLine(text: string, time: number): void {
    this.#readWaiting();
    const read = this.#reader.read(text, false);
    this.#take(read, text, time);
    if (read.epoch === null && read.step === null && read.fold === null) this.#finals.take(text);
    if (this.#reader.isDull(text, read)) this.#dull.add(text);
    const isWithin = read.epoch !== null && read.fold === null && read.numbers.length > 0 && !read.firstCounts;
    const index = isWithin ? epochIndex(text) : -1;
    this.#model = index < 0 ? null : { text, group: groupAt(text, index) };
  }

  #readWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) this.#take(this.#reader.read(waiting.text, false), waiting.text, waiting.time);
  }

  /** Takes the present state of a line that is being overwritten. */
  state(text: string, time: number): void {
    this.#states += 1;
    if (this.#isOver || (this.#states > STATES_READ && time - this.#stateTime < STATE_GAP)) return;
    this.#stateTime = time;
    this.#readWaiting();
    this.#take(this.#reader.read(text, true), text, time);
  }

  #take(line: TrainingLine, text: string, time: number): void {
    if (line.fold !== null) this.#enterFold(line.fold);
    if (line.epoch !== null) this.#takeEpoch(line, line.epoch, time);
    else if (line.fold !== null) this.#takeFold(line, line.fold);
    else if (this.#unit === 'epoch') this.#takeUnmarked(line, text);
    else if (line.step !== null) this.#takeStep(line, line.step, time);
  }

  #enterFold(fold: { at: number; of: number | null }): void {
    const before = this.#fold;
    this.#fold = { at: fold.at, of: fold.of ?? before?.of ?? null };
    if (before === null || before.at === fold.at) return;
    this.#settlePassing();
    if (!this.#book.isEmpty) this.#earlier = [...this.#earlier, this.#book].slice(-MOST_FOLDS);
    this.#begin();
    this.#pace.restart();
  }

  /** A new training: the next fold, or the same program training once more. */
  #begin(): void {
    this.#book = new SeriesBook();
    this.#at = null;
    this.#first = null;
    this.#epochsSeen = 0;
    this.#settled = new Set();
    this.#prints = new Map();
    this.#printsBefore = null;
    this.#doubted = new Set();
    this.#passing = null;
  }

  #takeFold(line: TrainingLine, fold: { at: number }): void {
    if (line.passing !== null) return;
    for (const number of line.numbers) this.#ofFolds.set(fold.at, number);
  }

  /**
   * Whether a count that is lower than the present one begins a training: at the first epoch, after a training that has come to
   * its end (fine-tuning goes on at epoch 6 of 10), or when the lower count itself goes on.
   */
  #begins(whole: number, of: number | null): boolean {
    const before = this.#lower;
    this.#lower = whole;
    if (whole <= 1 || whole === this.#first || before === whole - 1) return true;
    return of !== null && this.#at === this.#of;
  }

  /** @returns whether the count goes on: false for a line that speaks of an earlier one */
  #reach(unit: 'epoch' | 'step', mark: { at: number; of: number | null }, time: number): boolean {
    if (this.#unit !== unit) {
      this.#begin();
      this.#pace.forget();
      this.#unit = unit;
      this.#of = null;
    }
    const whole = Math.floor(mark.at);
    if (this.#at !== null && whole < this.#at) {
      if (!this.#begins(whole, mark.of)) return false;
      this.#begin();
      this.#pace.restart();
      this.#of = null;
    }
    this.#lower = null;
    if (this.#at === null) this.#first = whole;
    if (this.#at !== whole) {
      this.#settlePassing();
      if (this.#at !== null) this.#printsBefore = this.#prints;
      this.#prints = new Map();
      this.#at = whole;
      this.#epochsSeen += 1;
      this.#settled = new Set();
    }
    if (mark.of !== null) this.#of = mark.of;
    else if (this.#of !== null && whole > this.#of) this.#of = null;
    this.#pace.reach(mark.at, time);
    return true;
  }

  #takeEpoch(line: TrainingLine, epoch: { at: number; of: number | null }, time: number): void {
    // A callback may speak of an epoch that nothing else of the log does: a training that prints nothing.
    if (line.isAside && this.#at !== null && epoch.at !== this.#at && epoch.at !== this.#at + 1) return;
    if (!this.#reach('epoch', epoch, time)) return;
    if (line.passing !== null) this.#keepPassing(epoch.at, line.passing.share, line.numbers);
    else {
      for (const number of line.numbers) {
        if (line.firstCounts && this.#isSettled(number)) continue;
        this.#settle(epoch.at, number);
      }
    }
  }

  #takeStep(line: TrainingLine, step: { at: number; of: number | null }, time: number): void {
    // A bar or a step line without a number may count anything: files, batches of a prediction.
    if (
      this.#unit === null &&
      !line.numbers.some(({ name }) => betterOf(name) !== null || phaseIn(name) !== null || isTrack(name))
    )
      return;
    if (line.isPast && this.#unit === 'step' && this.#at !== null) {
      for (const number of line.numbers) this.#book.insert(step.at, number);
      return;
    }
    if (!this.#reach('step', step, time)) return;
    for (const number of line.numbers) this.#book.set(step.at, number);
  }

  /** A line that names no epoch belongs to the present one: `32/32 - loss: 0.3`, `val Loss: 0.29 Acc: 0.90`. */
  #takeUnmarked(line: TrainingLine, text: string): void {
    const at = this.#at;
    if (at === null || line.numbers.length === 0) return;
    const known = line.numbers.filter(({ name }) => this.#isKnown(name) || this.#isNewNow(line.loose, name));
    const fresh = known.filter((number) => !this.#isSettled(number));
    if (line.passing !== null) this.#keepPassing(at, line.passing.share, fresh);
    else if (line.loose === 'bar') {
      for (const number of fresh) this.#settle(at, number);
    } else {
      // What is glued to the end of a line says nothing of its numbers.
      const said = text.slice(0, text.lastIndexOf(fresh.at(-1)?.text ?? ''));
      const company = `${fresh.map(({ name }) => name).join()} ${wordsOf(said)}`;
      for (const number of fresh) this.#print(at, number, company);
    }
  }

  /** A name that is measured each epoch appears in the first ones; one that comes with the last is that of a final test. */
  #isNewNow(loose: TrainingLine['loose'], name: string): boolean {
    if (loose === 'print' && betterOf(name) === null) return false;
    const isLast = this.#at === this.#of && this.#epochsSeen > 1;
    return this.#epochsSeen <= NEW_NAMES_UNTIL && !isLast;
  }

  /**
   * A free line may print a name once an epoch or once a batch. The last one counts, but not more of them than in the epoch
   * before: what comes later is a test after the training. Without an epoch to compare with, a name printed again is left out,
   * and so is one that stands in different company on two lines: a total, and then a row for each class.
   */
  #print(at: number, number: Named, company: string): void {
    const name = number.name.toLowerCase();
    if (this.#doubted.has(name)) return;
    const before = this.#prints.get(name);
    const times = (before?.times ?? 0) + 1;
    this.#prints.set(name, { times, company });
    const expected = this.#printsBefore?.get(name)?.times ?? 1;
    const isOnlyEpoch = this.#printsBefore === null;
    const isOther = before !== undefined && before.company !== company && (isOnlyEpoch || times <= expected);
    if (isOther || (times > 1 && isOnlyEpoch && this.#at === this.#of)) {
      if (isOther) this.#doubted.add(name);
      this.#book.forget(name);
    } else if (isOnlyEpoch || times <= expected) this.#book.set(at, number);
  }

  /** A program may write `Loss` on one line and `loss` on another; the book takes them for the same. */
  #isSettled = ({ name }: Named): boolean => this.#settled.has(name.toLowerCase());

  #settle(at: number, number: Named): void {
    this.#settled.add(number.name.toLowerCase());
    this.#book.set(at, number);
  }

  #isKnown(name: string): boolean {
    return (
      this.#book.has(name) || this.#passing?.numbers.has(name) === true || this.#earlier.some((book) => book.has(name))
    );
  }

  #keepPassing(x: number, share: number | null, numbers: readonly Named[]): void {
    const before = this.#passing?.x === x ? this.#passing.numbers : new Map<string, Named>();
    if (numbers.length === 0 && before.size === 0) return;
    this.#passing = { x, share, numbers: new Map([...before, ...numbers.map((one) => [one.name, one] as const)]) };
  }

  /** The epoch is over: what was printed last inside it is what is known of it. */
  #settlePassing(): void {
    const passing = this.#passing;
    this.#passing = null;
    if (passing === null) return;
    for (const number of passing.numbers.values()) {
      if (!this.#isSettled(number)) this.#book.set(passing.x, number);
    }
  }

  /** What is known now; null when the log says nothing of a training. */
  read(): Progress | null {
    this.#readWaiting();
    const passing = this.#passing;
    const isNearlyDone = passing !== null && ((passing.share ?? 0) >= NEARLY_DONE || this.#at === this.#of);
    if (isNearlyDone || (passing !== null && this.#book.isEmpty)) this.#settleForNow();
    if (this.#unit === null || this.#at === null) return this.#readFolds();
    const series = this.#finals.beside(this.#book.read(this.#earlier), this.#fold !== null, this.#unit === 'epoch');
    const fold = this.#fold === null ? {} : { fold: { ...this.#fold } };
    return { unit: this.#unit, at: this.#at, of: this.#of, ...fold, series, paceMs: this.#pace.ms };
  }

  #settleForNow(): void {
    for (const number of this.#passing?.numbers.values() ?? []) {
      if (!this.#isSettled(number)) this.#book.set(this.#passing?.x ?? 0, number);
    }
  }

  #readFolds(): Progress | null {
    if (this.#fold === null) {
      const series = this.#finals.beside([], false);
      return series.length === 0 ? null : { unit: 'step', at: null, of: null, series, paceMs: null };
    }
    const series = this.#finals.beside(this.#ofFolds.read([]), true);
    return { unit: 'fold', at: this.#fold.at, of: this.#fold.of, series, paceMs: null };
  }
}
