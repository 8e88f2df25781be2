import { AgentTable } from './agent-table.ts';
import { barIn } from './bar.ts';
import { FrameworkLines } from './framework-line.ts';
import { type Mark, marksIn } from './marks.ts';
import { phaseIn, phaseOf } from './metric-name.ts';
import { MetricTable } from './metric-table.ts';
import { type Named, namedNumbers, phaseAnnounced } from './named-numbers.ts';
import { ValidationTable } from './validation-table.ts';

/** What one line says of the training. */
export type TrainingLine = {
  readonly epoch: Mark | null;
  readonly fold: Mark | null;
  readonly step: Mark | null;
  readonly numbers: readonly Named[];
  /** The numbers are those of a moment inside the epoch: a batch, a bar under way. `share` of the epoch, if known. */
  readonly passing: { readonly share: number | null } | null;
  /** How sure it is that a number without an epoch of its own is that of the present one: see `Loose`. */
  readonly loose: Loose;
  /** The line speaks of an epoch in passing: `Epoch 12: val_loss did not improve`. */
  readonly isAside: boolean;
  /** The bar counts epochs and shows at `n` what was measured in epoch `n`, but soon after also what comes next. */
  readonly firstCounts: boolean;
  /** The numbers are those of an earlier step, said again: the best iteration. */
  readonly isPast: boolean;
};

/** `bar`: the end of an epoch's bar, or a table; later ones are evaluations. `print`: a free line, which may be printed for each batch. */
export type Loose = 'bar' | 'print';

const NOTHING: TrainingLine = {
  epoch: null,
  fold: null,
  step: null,
  numbers: [],
  passing: null,
  loose: 'print',
  isAside: false,
  firstCounts: false,
  isPast: false,
};

/** Lines about the training that name numbers of other epochs, or of no epoch. */
const ASIDE =
  /\b(?:improved?|(?:in|de)creased|reduced (?:from|to|by)|lr changed|reducelronplateau|(?:reducing|adjusting) learning rate|final (?:results?|metrics|evaluation)|did not improve|(?:had|has|was|is|with) the (?:best|lowest|highest|smallest|largest)|early stopping|earlystopping|patience|restor(?:ing|ed)|sanity checking|best iteration|best epoch|train_runtime|eval_runtime_total|loaded|loading|downloading)\b/i;
const ASIDE_BAR = /download|loading|tokeniz|\bmap\b|generating|sanity|extract|upload|fetch|read|preprocess|predict/i;
const TOTAL = /^\W*(?:num epochs\s*=\s*([\d,]{1,9})|starting training for (\d{1,6}) epochs)/i;

/** Words that make a line tell something with some digits and nothing with others: `epoch 3/7` and `epoch 9/7`. */
const TELLING =
  /epoch|\bep\b|fold|step|iter|batch|\bit\b|loss|cost|acc|auc|f1|mse|mae|iou|dice|ppl|perplexity|err|map|prec|recall|bleu|reward|score|oof|\bcv\b|r2|r²|kappa|mcc|wandb|copypaste|finished with value/i;

export class TrainingLineReader {
  readonly #table = new MetricTable();
  readonly #validation = new ValidationTable();
  readonly #agent = new AgentTable();
  readonly #frameworks = new FrameworkLines();
  #announced: number | null = null;
  /** The phase a line above has announced: `Validation Results:`. */
  #phase: string | null = null;

  /** Reads one line, or the present state of one that is still being overwritten. */
  read(line: string, isOpen: boolean): TrainingLine {
    if (!isOpen && (line.startsWith('-') || this.#agent.isOpen)) {
      const box = this.#agent.read(line);
      if (box !== null) return box === 'inside' ? NOTHING : { ...NOTHING, ...box };
    }
    if (!isOpen) this.#phase = phaseAnnounced(line) ?? this.#phase;
    if (line.length < 3 || !/\d/.test(line)) {
      this.#table.openedBy(line);
      this.#validation.openedBy(line);
      if (line.endsWith(':')) this.#frameworks.read(line);
      return NOTHING;
    }
    if (this.#validation.openedBy(line)) return NOTHING;
    const measured = this.#validation.row(line);
    if (measured !== null) return { ...NOTHING, numbers: measured, loose: 'bar', ...open(isOpen) };
    const total = TOTAL.exec(line);
    if (total !== null) this.#announced = Number((total[1] ?? total[2] ?? '').replaceAll(',', ''));
    if (this.#table.openedBy(line)) return NOTHING;
    const row = this.#table.row(line);
    if (row !== null) return this.#complete({ ...NOTHING, ...row.marks, numbers: row.numbers, ...open(isOpen) });
    const framework = isOpen ? null : this.#framework(line);
    if (framework !== null) return framework;
    if (ASIDE.test(line) && !/%\|/.test(line)) return this.#aside(line);
    const bar = this.#bar(line, isOpen);
    if (bar !== null) return bar;
    return this.#complete(this.#plain(line, isOpen));
  }

  #framework(line: string): TrainingLine | null {
    const found = this.#frameworks.read(line);
    if (found === null) return null;
    const { epoch, step } = found;
    const isWithin = epoch !== null && step !== null && step.at !== step.of;
    const share = step === null || step.of === null ? null : step.at / step.of;
    return this.#complete({
      ...NOTHING,
      ...found,
      loose: epoch === null ? 'print' : 'bar',
      passing: isWithin ? { share } : null,
    });
  }

  #plain(line: string, isOpen: boolean): TrainingLine {
    const read = plain(line, isOpen);
    if (read.epoch !== null || read.fold !== null || read.step !== null) {
      this.#phase = null;
      return read;
    }
    return { ...read, numbers: this.#ofPhase(this.#phase, read.numbers) };
  }

  #ofPhase(phase: string | null, numbers: readonly Named[]): readonly Named[] {
    if (phase === null) return numbers;
    return numbers.map((one) => {
      return phaseIn(one.name) === null ? { ...one, name: `${phase}_${one.name.toLowerCase()}` } : one;
    });
  }

  /** Whether no line that differs from this one in its digits alone tells anything now. */
  isDull(line: string, read: TrainingLine): boolean {
    const { epoch, fold, step, numbers } = read;
    if (epoch !== null || fold !== null || step !== null || numbers.length > 0) return false;
    return !this.isExpecting && !TELLING.test(line) && phaseAnnounced(line) === null;
  }

  /** A table is open: a line of digits alone may be its row. */
  get isExpecting(): boolean {
    return this.#table.isOpen || this.#validation.isOpen || this.#agent.isOpen;
  }

  #complete(line: TrainingLine): TrainingLine {
    const { epoch } = line;
    const announced = this.#announced;
    if (epoch === null || epoch.of !== null || announced === null || epoch.at > announced) return line;
    return { ...line, epoch: { at: epoch.at, of: announced } };
  }

  /** Such a line may still say which epoch it is: `Epoch 12: val_loss did not improve`. */
  #aside(line: string): TrainingLine {
    const { epoch, isElsewhere } = marksIn(line);
    return isElsewhere || !/^\W*epoch/i.test(line) ? NOTHING : { ...NOTHING, epoch, isAside: true };
  }

  #bar(line: string, isOpen: boolean): TrainingLine | null {
    const bar = barIn(line);
    if (bar === null) return null;
    if (ASIDE_BAR.test(bar.label)) return NOTHING;
    const { epoch, fold } = marksIn(bar.label);
    if (bar.behind !== null) return this.#complete(this.#plain(bar.behind, isOpen));
    const numbers = this.#ofPhase(bar.label === 'step' ? this.#phase : null, namedNumbers(bar.numbers));
    const { count } = bar;
    const isDone = count !== null && count.at === count.of;
    if (bar.counts === 'epochs' && epoch === null) {
      return { ...NOTHING, fold, epoch: count !== null && count.at > 0 ? count : null, numbers, firstCounts: true };
    }
    const share = count === null || count.of === null ? null : count.at / count.of;
    // While a bar runs, what it shows of the validation is still that of the epoch before.
    const current = isDone ? numbers : numbers.filter(({ name }) => !isHeldOut(name) || isHeldOut(bar.label));
    const passing = isDone && !isOpen ? null : { share };
    const says = numbers.length > 0 || /\b(?:train|step|iter|fit)/i.test(bar.label);
    return this.#complete({
      ...NOTHING,
      fold,
      epoch,
      step: bar.counts === 'steps' || !says ? null : count,
      numbers: current,
      passing,
      loose: 'bar',
    });
  }
}

const open = (isOpen: boolean): Pick<TrainingLine, 'passing'> => ({ passing: isOpen ? { share: null } : null });

function isHeldOut(text: string): boolean {
  const phase = phaseIn(text) ?? phaseOf(text);
  return phase !== null && phase !== 'train';
}

function plain(line: string, isOpen: boolean): TrainingLine {
  const marks = marksIn(line);
  if (marks.isElsewhere) return NOTHING;
  const { epoch, fold, step } = marks;
  // A line that was printed is what the program reports; of a bar it is only what happens to be there.
  const share = step === null || step.of === null ? (isOpen ? null : 1) : step.at / step.of;
  // On the line of a fold's end a count is that of its iterations: `Fold 1: AUC=0.73, iter=1439`.
  const isWithin = step !== null && step.at !== step.of && (epoch !== null || fold === null);
  return { ...NOTHING, epoch, fold, step, numbers: namedNumbers(line), passing: isOpen || isWithin ? { share } : null };
}
