import { createRequire } from 'node:module';
import { STAND_IN } from './mask.ts';

/** One thing the linter says; rows and columns are 1-based, columns in UTF-16 units. */
export type Diagnostic = {
  readonly code: string | null;
  readonly message: string;
  readonly start_location: { readonly row: number; readonly column: number };
};

/** `syntax`: whether it is Python; `names`: undefined names alone; `all`: both and everything that stops a run. */
export type Lint = (code: string, rules: 'syntax' | 'names' | 'all') => readonly Diagnostic[];

/** Python of Kaggle's image (Kaggle/docker-python). */
export const TARGET = 'py312';

/** What IPython puts among a notebook's names, and what the masked magics are given. */
const OF_IPYTHON = [
  'display',
  'get_ipython',
  'In',
  'Out',
  'exit',
  'quit',
  '_',
  '__',
  '___',
  '_i',
  '_ii',
  '_iii',
  '_ih',
  '_dh',
  '_oh',
  '_exit_code',
  '__session__',
  STAND_IN,
];

/**
 * Only what raises when it is reached: syntax, `break`, `return` and `yield` out of place, wrong counts in formats, repeated
 * arguments, `print >> x`, undefined names. What is merely untidy (unused imports, redefinitions) wastes no night.
 */
const STOPS =
  'E9 F502 F503 F505 F506 F507 F508 F509 F501 F521 F524 F525 F621 F622 F633 F701 F702 F704 F706 F707 F821 F823 F405 F403 PLE0117 PLE0118 PLE0241 PLE1132 PLE1300 PLE1307 PLE1142'.split(
    ' ',
  );

type Ruff = typeof import('@astral-sh/ruff-wasm-nodejs');

/** Loads ruff; a notebook's tenth of a gigabyte for it, so only the child does. @throws when it can not be loaded */
export function loadLint(): Lint {
  const { Workspace, PositionEncoding } = createRequire(import.meta.url)('@astral-sh/ruff-wasm-nodejs') as Ruff;
  const workspace = (select: readonly string[]): InstanceType<Ruff['Workspace']> =>
    new Workspace({ 'target-version': TARGET, builtins: OF_IPYTHON, lint: { select } }, PositionEncoding.Utf16);
  const made = { syntax: workspace([]), names: workspace(['F821', 'F405']), all: workspace(STOPS) };
  return (code, rules) => made[rules].check(code) as Diagnostic[];
}
