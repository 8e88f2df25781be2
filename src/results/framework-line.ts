import type { Mark } from './marks.ts';
import { betterOf, isMetric, phaseIn } from './metric-name.ts';
import { type Named, namedNumbers } from './named-numbers.ts';

/** Lines whose shape a framework fixes, and which no reading of free text gets right. */
export type FrameworkLine = {
  readonly epoch: Mark | null;
  readonly step: Mark | null;
  readonly numbers: readonly Named[];
  /** The numbers are those of an earlier step: of the best iteration. */
  readonly isPast: boolean;
};

const NUMBER = String.raw`[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?`;
/** XGBoost and LightGBM: `[12]\ttrain-rmse:0.31`. */
const BOOSTING = /^\[(\d+)\][\t ]+(?=\S{1,60}(?: \S{1,40})?\s?:\s?[-+\d.naif])/;
const BEST_FOLLOWS = /\bbest iteration(?: is)?:\s*$/i;
/** CatBoost: `12:\tlearn: 0.6921\ttest: 0.6911\tbest: 0.69 (11)\ttotal: …`. */
const CATBOOST = /^(\d+):\s+(?=(?:learn|test|total): )/;
const CATBOOST_TRACK = /\b(learn|test\d*|best): ([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)/g;
const CATBOOST_BEST = new RegExp(`^bestTest = (${NUMBER})$`);
const CATBOOST_BEST_AT = /^bestIteration = (\d+)$/;
/** timm: `Train: 12 [ 100/1000 ( 10%)]  Loss: 0.31`. */
const TIMM = /^Train: (\d+) \[\s*(\d+)\/(\d+)/;
/** mmengine: `Epoch(train)  [1][ 10/196]  lr: …`, `Epoch(val) [1][10/10]    accuracy: 20.2`; by iterations: `Iter(train) [ 50/4000]`. */
const MMENGINE = /\b(Epoch|Iter)\((train|val|test)\)\s{1,4}\[\s*(\d+)(?:\/(\d+))?\](?:\[\s*(\d+)(?:\/(\d+))?\])?/;
/** The example of a GAN in PyTorch's tutorials: `[1/5][0/1583]\tLoss_D: 1.74`. */
const TWO_BRACKETS = /^\[\s*(\d{1,6})\/(\d{1,6})\s*\]\s?\[\s*(\d{1,8})\/(\d{1,8})\s*\](?=\s)/;
const OPTUNA = new RegExp(
  String.raw`\bTrial (\d+) finished with value: (${NUMBER})(?=[\s.,]|$)(?:.{0,2000}\bBest is trial \d+ with value: (${NUMBER})(?=\.?$))?`,
);

const NONE = { epoch: null, step: null, numbers: [], isPast: false };

function directionOf(now: string, best: string | undefined): 'lower' | 'higher' | null {
  if (best === undefined || Number(best) === Number(now)) return null;
  return Number(best) > Number(now) ? 'higher' : 'lower';
}

const mark = (at: string | undefined, of?: string): Mark => ({
  at: Number(at),
  of: of === undefined || Number(of) < Number(at) ? null : Number(of),
});

/** Reads them one after the other: what a line means may depend on the one above. */
export class FrameworkLines {
  #isBestNext = false;
  #best: string | null = null;
  #hasManyTests = false;
  #iteration: Mark | null = null;

  /** @returns null when the line is none of these */
  read(line: string): FrameworkLine | null {
    const isBest = this.#isBestNext;
    this.#isBestNext = line.endsWith(':') && BEST_FOLLOWS.test(line);
    const first = line.charCodeAt(0);
    // `[` or a digit: the boosters; of other lines a word tells.
    if (first === 91 || (first >= 48 && first <= 57)) {
      const found = this.#boosting(line, isBest) ?? this.#brackets(line) ?? this.#catboost(line);
      if (found !== null) return found;
    }
    if (line.startsWith('best')) return this.#catboostBest(line);
    if (line.includes('Trial ')) return this.#optuna(line);
    if (line.startsWith('Train: ')) return this.#timm(line);
    return line.includes('(train)') || line.includes('(val)') || line.includes('(test)') ? this.#mmengine(line) : null;
  }

  #boosting(line: string, isPast: boolean): FrameworkLine | null {
    const match = BOOSTING.exec(line);
    if (match === null) return null;
    return { ...NONE, step: mark(match[1]), numbers: namedNumbers(line.slice(match[0].length)), isPast };
  }

  #catboost(line: string): FrameworkLine | null {
    const match = CATBOOST.exec(line);
    if (match === null) return null;
    this.#best = null;
    const tracks = [...line.matchAll(CATBOOST_TRACK)].map(([, name = '', text = '']) => ({ name, text }));
    const best = tracks.find(({ name }) => name === 'best')?.text;
    this.#hasManyTests = tracks.some(({ name }) => /\d/.test(name));
    const numbers = tracks.flatMap(({ name, text }) => {
      if (name === 'best') return [];
      const better = name === 'test' && !this.#hasManyTests ? directionOf(text, best) : null;
      return [{ name, value: Number(text), text, better }];
    });
    return { ...NONE, step: mark(match[1]), numbers };
  }

  #catboostBest(line: string): FrameworkLine | null {
    this.#best = CATBOOST_BEST.exec(line)?.[1] ?? this.#best;
    const at = CATBOOST_BEST_AT.exec(line);
    const text = this.#best;
    if (at === null || text === null || this.#hasManyTests) return null;
    return { ...NONE, step: mark(at[1]), numbers: [{ name: 'test', value: Number(text), text }], isPast: true };
  }

  #brackets(line: string): FrameworkLine | null {
    const match = TWO_BRACKETS.exec(line);
    if (match === null) return null;
    const numbers = namedNumbers(line.slice(match[0].length)).filter(({ name }) => betterOf(name) !== null);
    const [, at, of, step, steps] = match;
    if (numbers.length === 0 || Number(at) > Number(of) || Number(step) > Number(steps)) return null;
    return { ...NONE, epoch: mark(at, of), step: mark(step, steps), numbers };
  }

  #optuna(line: string): FrameworkLine | null {
    const match = OPTUNA.exec(line);
    if (match === null) return null;
    const [, at, text = '', best] = match;
    const number = { name: 'value', value: Number(text), text, better: directionOf(text, best) };
    return { ...NONE, step: mark(at), numbers: [number] };
  }

  #timm(line: string): FrameworkLine | null {
    const match = TIMM.exec(line);
    if (match === null) return null;
    return { ...NONE, epoch: mark(match[1]), step: mark(match[2], match[3]), numbers: namedNumbers(line) };
  }

  #mmengine(line: string): FrameworkLine | null {
    const match = MMENGINE.exec(line);
    if (match === null) return null;
    const [whole, kind, phase = '', at, of, step, steps] = match;
    const rest = line.slice(match.index + whole.length);
    const numbers = namedNumbers(rest).filter(({ name }) => isMetric(name));
    if (phase === 'train') {
      const marks = kind === 'Epoch' ? { epoch: mark(at, of), step: mark(step, steps) } : { step: mark(at, of) };
      this.#iteration = kind === 'Iter' ? mark(at, of) : null;
      return { ...NONE, ...marks, numbers };
    }
    const held = numbers.map((one) => (phaseIn(one.name) === null ? { ...one, name: `${phase}_${one.name}` } : one));
    // While it validates, the line names a place in the validation alone.
    if (kind === 'Iter') return { ...NONE, step: held.length === 0 ? null : this.#iteration, numbers: held };
    return { ...NONE, epoch: step === undefined ? null : mark(at), numbers: held };
  }
}
