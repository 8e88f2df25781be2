import { inlineCode } from '../../domain/words.ts';
import { argument, type Call } from './calls.ts';
import { type Aliases, resolve } from './names-meant.ts';
import { type Program, textOf } from './program.ts';
import type { Statement } from './statement.ts';

/** One call as a rule sees it. */
type Seen = {
  readonly program: Program;
  readonly statement: Statement;
  readonly call: Call;
  readonly has: (name: string) => boolean;
  readonly text: (position: number | null, ...names: string[]) => string | null;
  readonly uses: (...roots: string[]) => boolean;
};

export type GoneCall = {
  readonly key: string;
  /** The package whose version decides. */
  readonly root: string;
  readonly at?: number;
  readonly sentence: (where: string) => string;
};

type Rule = {
  /** The call's full name where it is imported, else as it is written. */
  readonly name: RegExp;
  readonly root: string;
  /** What is refused, as it is shown, and what takes its place; null where nothing is wrong. */
  readonly gone: (seen: Seen) => readonly [shown: string, instead: string] | null;
};

const refused =
  (name: string, instead: string) =>
  (seen: Seen): readonly [string, string] | null =>
    seen.has(name) ? [`${name}=`, instead] : null;
/** The first of these arguments that is given. */
const oneOf =
  (names: Readonly<Record<string, string>>) =>
  (seen: Seen): readonly [string, string] | null => {
    const name = Object.keys(names).find((one) => seen.has(one));
    return name === undefined ? null : [`${name}=`, names[name] ?? ''];
  };
const value =
  (position: number | null, name: string, wrong: readonly string[], instead: string) =>
  (seen: Seen): readonly [string, string] | null => {
    const text = seen.text(position, name);
    return text !== null && wrong.includes(text) ? [`"${text}"`, instead] : null;
  };
const free = ({ call }: Seen): number => call.args.filter((one) => one.name === null).length;
const hasStar = ({ call, statement }: Seen): boolean => call.args.some((one) => statement.code[one.from] === '*');

const SK = (names: string): RegExp => new RegExp(`^sklearn\\.\\w+\\.(?:${names})$`);
const TAKES_ONE =
  /^seaborn\.(?:barplot|boxplot|boxenplot|violinplot|stripplot|swarmplot|pointplot|scatterplot|lineplot|countplot|catplot|relplot|regplot|lmplot|jointplot|residplot)$/;

/** A list's own `append` gives back nothing, so `x = x.append(y)` is pandas, as `ignore_index` is. */
function appends({ statement, call, has, program }: Seen): readonly [string, string] | null {
  const owner = call.name.slice(0, -'.append'.length);
  if (!program.imported.has('pandas') || /^(?:np|numpy|jnp|cp|tf)$/.test(owner)) return null;
  const assigned = /^\s*([A-Za-z_][\w.]*)\s*=(?!=)\s*/.exec(statement.code);
  const isWhole = assigned !== null && call.from <= assigned[0].length && owner !== '' && assigned[1] === owner;
  return has('ignore_index') || isWhole ? ['.append()', 'pd.concat'] : null;
}

/** By the release notes of the packages at the versions in image.json. Only what raises an error. */
const RULES: readonly Rule[] = [
  { name: /(?:^|\.)append$/, root: 'pandas', gone: appends },
  {
    name: /\.(?:iteritems|as_matrix)$/,
    root: 'pandas',
    gone: ({ uses, call }) =>
      !uses('pandas')
        ? null
        : call.name.endsWith('iteritems')
          ? ['.iteritems()', '.items()']
          : ['.as_matrix()', '.to_numpy()'],
  },
  { name: /\.has_key$/, root: 'os', gone: () => ['.has_key()', 'in'] },
  {
    name: /\.drop$/,
    root: 'pandas',
    gone: (seen) =>
      seen.uses('pandas') && free(seen) === 2 && /^[01]$/.test(codeOf(seen, 1))
        ? ['a second argument without a name', 'axis=']
        : null,
  },
  {
    name: /^pandas\.concat$/,
    root: 'pandas',
    gone: (seen) =>
      free(seen) === 2 && /^[01]$/.test(codeOf(seen, 1)) ? ['a second argument without a name', 'axis='] : null,
  },
  { name: /\.to_csv$/, root: 'pandas', gone: refused('line_terminator', 'lineterminator=') },
  {
    name: /^pandas\.read_(?:csv|table)$/,
    root: 'pandas',
    gone: oneOf({
      error_bad_lines: 'on_bad_lines=',
      warn_bad_lines: 'on_bad_lines=',
      squeeze: '.squeeze()',
      mangle_dupe_cols: '',
      prefix: '',
    }),
  },
  {
    name: /^pandas\.set_option$/,
    root: 'pandas',
    gone: (seen) => (/max_colwidth$/.test(seen.text(0) ?? '') && codeOf(seen, 1) === '-1' ? ['-1', 'None'] : null),
  },
  {
    name: /^matplotlib\.(?:pyplot\.)?style\.use$/,
    root: 'matplotlib',
    gone: (seen) => {
      const style = seen.text(0, 'style');
      if (style === null || !/^seaborn(?!-v0_8)/.test(style)) return null;
      return [`"${style}"`, style.replace('seaborn', 'seaborn-v0_8')];
    },
  },
  { name: /(?:^|\.)hist$/, root: 'matplotlib', gone: refused('normed', 'density=') },
  {
    name: TAKES_ONE,
    root: 'seaborn',
    gone: (seen) => (free(seen) > 1 && !hasStar(seen) ? ['a second argument without a name', 'x=, y='] : null),
  },
  {
    name: SK('mean_squared_error|mean_squared_log_error'),
    root: 'sklearn',
    gone: refused('squared', 'root_mean_squared_error'),
  },
  {
    name: SK('OneHotEncoder'),
    root: 'sklearn',
    gone: oneOf({ sparse: 'sparse_output=', categorical_features: 'ColumnTransformer', n_values: 'categories=' }),
  },
  {
    name: SK('(?:AdaBoost|Bagging)\\w+|CalibratedClassifierCV|RFECV'),
    root: 'sklearn',
    gone: refused('base_estimator', 'estimator='),
  },
  { name: SK('AgglomerativeClustering'), root: 'sklearn', gone: refused('affinity', 'metric=') },
  {
    name: SK('(?:RandomForest|ExtraTrees|GradientBoosting)\\w+|DecisionTree\\w+|ExtraTree\\w+'),
    root: 'sklearn',
    gone: (seen) =>
      value(null, 'max_features', ['auto'], '"sqrt"')(seen) ??
      value(null, 'loss', ['deviance'], '"log_loss"')(seen) ??
      value(null, 'loss', ['ls', 'lad'], '"squared_error"')(seen) ??
      value(null, 'criterion', ['mse', 'mae'], '"squared_error"')(seen),
  },
  { name: SK('LogisticRegression'), root: 'sklearn', gone: value(0, 'penalty', ['none'], 'None') },
  { name: SK('SGDClassifier'), root: 'sklearn', gone: value(0, 'loss', ['log'], '"log_loss"') },
  {
    name: SK('LinearRegression|Ridge|RidgeCV|Lasso|LassoCV|ElasticNet|ElasticNetCV|Lars|LassoLars'),
    root: 'sklearn',
    gone: refused('normalize', 'StandardScaler'),
  },
  { name: SK('KMeans'), root: 'sklearn', gone: oneOf({ n_jobs: '', precompute_distances: '' }) },
  { name: SK('IsolationForest'), root: 'sklearn', gone: refused('behaviour', '') },
  {
    name: SK('KFold|StratifiedKFold'),
    root: 'sklearn',
    gone: (seen) =>
      seen.has('random_state') &&
      !seen.has('shuffle') &&
      free(seen) < 2 &&
      !hasStar(seen) &&
      argumentCode(seen, 'random_state') !== 'None'
        ? ['random_state= without shuffle=', 'shuffle=True']
        : null,
  },
  {
    name: /\.get_feature_names$/,
    root: 'sklearn',
    gone: ({ uses, program }) =>
      uses('sklearn') && !program.imported.has('category_encoders')
        ? ['.get_feature_names()', '.get_feature_names_out()']
        : null,
  },
  {
    name: /\.fit_sample$/,
    root: 'imblearn',
    gone: ({ uses }) => (uses('imblearn') ? ['.fit_sample()', '.fit_resample()'] : null),
  },
  {
    name: /^lightgbm\.(?:train|cv)$/,
    root: 'lightgbm',
    gone: oneOf({
      early_stopping_rounds: 'lgb.early_stopping',
      verbose_eval: 'lgb.log_evaluation',
      evals_result: 'lgb.record_evaluation',
    }),
  },
  ...(['xgboost', 'lightgbm'] as const).map(
    (root): Rule => ({
      name: /(?:^|\.)fit$/,
      root,
      gone: (seen) =>
        seen.uses(root) && !seen.uses('catboost', 'keras', 'tensorflow', 'pytorch_tabnet', 'ngboost')
          ? refused(
              'early_stopping_rounds',
              root === 'xgboost' ? 'XGBClassifier(early_stopping_rounds=)' : 'lgb.early_stopping',
            )(seen)
          : null,
    }),
  ),
  {
    name: /^(?:tensorflow\.)?keras\.optimizers\.(?:Adam|SGD|RMSprop|Adagrad|Adadelta|Adamax|Nadam)$/,
    root: 'keras',
    gone: refused('lr', 'learning_rate='),
  },
  {
    name: /\.(?:fit_generator|predict_generator|evaluate_generator|predict_classes)$/,
    root: 'keras',
    gone: ({ uses, call }) => {
      const method = call.name.split('.').at(-1) ?? '';
      return uses('keras', 'tensorflow') ? [`.${method}()`, `.${method.split('_')[0]}()`] : null;
    },
  },
  {
    name: /^gensim\.models\.(?:\w+\.)?(?:Word2Vec|FastText|Doc2Vec)$/,
    root: 'gensim',
    gone: oneOf({ size: 'vector_size=', iter: 'epochs=' }),
  },
  {
    name: /^transformers\.(?:Seq2Seq)?TrainingArguments$/,
    root: 'transformers',
    gone: refused('evaluation_strategy', 'eval_strategy='),
  },
  {
    name: /^(?:pytorch_lightning|lightning\.pytorch|lightning)\.Trainer$/,
    root: 'pytorch_lightning',
    gone: oneOf({
      gpus: 'devices=',
      tpu_cores: 'devices=',
      progress_bar_refresh_rate: 'callbacks=',
      checkpoint_callback: 'enable_checkpointing=',
      weights_summary: 'callbacks=',
    }),
  },
  {
    name: /^cv2\.findContours$/,
    root: 'cv2',
    gone: ({ statement }) =>
      /^\s*\w+\s*,\s*\w+\s*,\s*\w+\s*=\s*cv2\./.test(statement.code) ? ['Three results', 'two results'] : null,
  },
];

const codeOf = ({ call, statement }: Seen, position: number): string => {
  const given = call.args[position];
  return given === undefined || given.name !== null ? '' : statement.code.slice(given.from, given.to).trim();
};
const argumentCode = ({ call, statement }: Seen, name: string): string => {
  const given = argument(call, null, name);
  return given === null ? '' : statement.code.slice(given.from, given.to).trim();
};

/** What a call asks of a package whose version in the image refuses it; null when it is fine or not known. */
export function goneCall(program: Program, statement: Statement, call: Call, aliases: Aliases): GoneCall | null {
  const full = resolve(aliases, call.name) ?? call.name;
  const last = call.name.split('.').at(-1) ?? '';
  if (program.defined.has(last)) return null;
  const seen: Seen = {
    program,
    statement,
    call,
    has: (name) => call.args.some((one) => one.name === name),
    text: (position, ...names) => textOf(program, statement, argument(call, position, ...names)),
    uses: (...roots) => roots.some((root) => program.imported.has(root)),
  };
  for (const rule of RULES) {
    const gone = rule.name.test(full) ? rule.gone(seen) : null;
    if (gone !== null) return said(seen, rule.root, gone, last);
  }
  return null;
}

function said({ call }: Seen, root: string, gone: readonly [string, string], last: string): GoneCall {
  const [shown, instead] = gone;
  const name = call.args.find((one) => one.name !== null && shown === `${one.name}=`);
  // Whole words are no code.
  const what = / (?:without|results)/.test(shown) ? shown.charAt(0).toUpperCase() + shown.slice(1) : inlineCode(shown);
  const better = instead === '' ? '' : `; ${inlineCode(instead)} takes its place`;
  return {
    key: shown,
    root,
    ...(name === undefined ? {} : { at: name.from }),
    sentence: (where) =>
      shown.startsWith('.')
        ? `${what} does not exist in ${where}, which Kaggle has${better}.`
        : `${what} is refused by ${inlineCode(`${last}()`)} of ${where}, which Kaggle has${better}.`,
  };
}
