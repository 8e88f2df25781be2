import type { Finding } from '../../domain/finding.ts';
import { cutEnd, inlineCode } from '../../domain/words.ts';
import { GONE_NAMES, IMPORTS, KERAS, PACKAGES, plainPackage } from './facts.ts';
import { goneCall } from './gone-calls.ts';
import type { Install } from './installs.ts';
import { type Aliases, aliasesOf, resolve } from './names-meant.ts';
import { findingAt, type Program } from './program.ts';
import type { Statement } from './statement.ts';

/** Import name to distribution, where they differ. */
const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  sklearn: 'scikit-learn',
  PIL: 'pillow',
  imblearn: 'imbalanced-learn',
};
const STANDARD: ReadonlySet<string> = new Set('collections time itertools inspect fractions string os cgi'.split(' '));
/** What stands directly below `sklearn` (scikit-learn's API reference, 1.6). */
const SKLEARN: ReadonlySet<string> = new Set(
  'base calibration cluster compose covariance cross_decomposition datasets decomposition discriminant_analysis dummy ensemble exceptions experimental externals feature_extraction feature_selection frozen gaussian_process impute inspection isotonic kernel_approximation kernel_ridge linear_model manifold metrics mixture model_selection multiclass multioutput naive_bayes neighbors neural_network pipeline preprocessing random_projection semi_supervised svm tree utils conftest callback set_config get_config config_context clone show_versions setup_module logger os random'.split(
    ' ',
  ),
);
const MOST_PATHS = 400;
const LONGEST = 20_000;

const distributionOf = (root: string): string => plainPackage(DISTRIBUTIONS[root] ?? root);

/** `scikit-learn 1.6.1`, `Python 3.12`. */
function where(root: string): string {
  if (STANDARD.has(root)) return 'Python 3.12';
  const name = distributionOf(root);
  const version = PACKAGES.get(name)?.replace(/\+.*$/, '');
  return version === undefined ? name : `${name} ${version}`;
}

/** Packages of which the notebook brings another version, or which it mends itself: nothing is known of them. */
function broughtAlong(program: Program, installs: readonly Install[]): (root: string) => boolean {
  const named = new Set(installs.flatMap((one) => one.packages));
  // A list may bring anything; a wheel or a folder, what it is called after.
  const unnamed = installs.filter((one) => one.opaque).map((one) => one.command.words.join(' ').toLowerCase());
  const anything = unnamed.some((words) => / -r |requirement|\*/.test(words));
  const text = program.source.cellSources.join('\n');
  const oldKeras = /TF_USE_LEGACY_KERAS|\btf_keras\b|disable_v2_behavior|tf_upgrade/.test(text);
  const mended = /\bsetattr\s*\(\s*(?:np|numpy|pd|pandas|tf|K|plt|collections)\b/.test(text);
  return (root) =>
    anything ||
    unnamed.some((words) => words.includes(distributionOf(root)) || words.includes(root.toLowerCase())) ||
    mended ||
    named.has(distributionOf(root)) ||
    (root === 'tensorflow' && (oldKeras || named.has('tensorflow-gpu') || named.has('tensorflow-cpu'))) ||
    (root === 'keras' && (oldKeras || named.has('tensorflow') || named.has('tensorflow-gpu')));
}

/** The longest part of a full name that is known to be gone. */
function goneOf(full: string): { name: string; instead: string } | null {
  const parts = full.split('.').slice(0, 6);
  for (let count = 2; count <= parts.length; count += 1) {
    const name = parts.slice(0, count).join('.');
    const instead = GONE_NAMES.get(name) ?? goneFromTf(name);
    if (instead !== undefined) return { name, instead };
  }
  return null;
}

/** `tensorflow.keras` is Keras 3 too, with a few old things of its own. */
function goneFromTf(name: string): string | undefined {
  if (!name.startsWith('tensorflow.keras.')) return undefined;
  const at = name.lastIndexOf('.');
  if (KERAS.get(name.slice(0, at))?.has(name.slice(at + 1)) === true || KERAS.has(name)) return undefined;
  return GONE_NAMES.get(name.slice('tensorflow.'.length));
}

/** A name below `keras` or `tensorflow.keras` that Keras 3 does not have; what is not public there is not judged. */
function unknownToKeras(full: string): string | null {
  const parts = full.replace(/^tensorflow\.keras(?=\.|$)/, 'keras').split('.');
  const isTf = full.startsWith('tensorflow.');
  if (parts[0] !== 'keras') return null;
  let module = 'keras';
  for (const part of parts.slice(1)) {
    const names = KERAS.get(module);
    const more = isTf ? KERAS.get(`tensorflow.${module}`) : undefined;
    if (names === undefined && more === undefined) return null;
    if (/^_|^(?:src|api|datasets)$/.test(part)) return null;
    const next = `${module}.${part}`;
    const known = names?.has(part) === true || more?.has(part) === true;
    if (!known && !KERAS.has(next) && !(isTf && KERAS.has(`tensorflow.${next}`))) return next;
    module = next;
  }
  return null;
}

type Place = { readonly statement: Statement; readonly offset: number; readonly shown: string; readonly full: string };

/** Everything that a statement takes out of a package: by import, and by a dotted name that begins with an imported one. */
function placesIn(program: Program, aliases: Aliases): Place[] {
  const found: Place[] = [];
  for (const { module, names, statement, offset } of program.imports) {
    if (module.startsWith('.')) continue;
    found.push({ statement, offset, shown: module, full: module });
    for (const name of names)
      if (name !== '*') {
        const at = statement.code.search(new RegExp(`(?<![\\w.])${/^\w+$/.test(name) ? name : 'import'}(?!\\w)`));
        found.push({ statement, offset: Math.max(at, offset), shown: `${module}.${name}`, full: `${module}.${name}` });
      }
  }
  for (const statement of program.statements) {
    if (statement.kind !== 'python' || statement.code.length > LONGEST || /^\s*(?:from|import)\b/.test(statement.code))
      continue;
    for (const match of [...statement.code.matchAll(/(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+/g)].slice(
      0,
      MOST_PATHS,
    )) {
      const full = resolve(aliases, match[0]);
      if (full !== null) found.push({ statement, offset: match.index, shown: match[0], full });
    }
  }
  return found;
}

/** What the notebook itself puts in place: `np.float = float`. */
function patched(program: Program, aliases: Aliases): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { kind, code } of program.statements) {
    const target = kind === 'python' ? /^\s*([A-Za-z_]\w*(?:\.\w+)+)\s*=(?!=)/.exec(code)?.[1] : undefined;
    const full = target === undefined ? null : resolve(aliases, target);
    if (full !== null) found.add(full);
  }
  return found;
}

/**
 * What the versions in Kaggle's image no longer have: names (`np.float`), modules (`sklearn.cross_validation`), arguments
 * and methods. A warning and no blocker, because a kernel may be pinned to an older environment. Each name once.
 */
export function goneApis(program: Program, installs: readonly Install[]): Finding[] {
  const aliases = aliasesOf(program);
  const isBrought = broughtAlong(program, installs);
  const own = patched(program, aliases);
  const found = new Map<string, Finding>();
  const add = (key: string, statement: Statement, offset: number, sentence: string): void => {
    if (found.has(key) && found.get(key)?.severity !== 'hint') return;
    const [finding] = findingAt(program, statement, offset, { severity: 'warning', rule: 'gone-api', sentence });
    if (finding !== undefined && (finding.severity !== 'hint' || !found.has(key))) found.set(key, finding);
  };
  for (const { statement, offset, shown, full } of placesIn(program, aliases)) {
    const root = full.split('.')[0] ?? '';
    if (!IMPORTS.has(root) || isBrought(root)) continue;
    const gone = goneOf(full);
    if (gone !== null) {
      if (own.has(gone.name)) continue;
      const instead = gone.instead === '' ? '' : `; ${inlineCode(gone.instead)} takes its place`;
      const cut = full.length - gone.name.length;
      const said = inlineCode(cutEnd(cut > 0 ? shown.slice(0, shown.length - cut) : shown, 60));
      add(gone.name, statement, offset, `${said} does not exist in ${where(root)}, which Kaggle has${instead}.`);
      continue;
    }
    const module = /^sklearn\.([a-z]\w*)/.exec(full)?.[1];
    if (module !== undefined && !SKLEARN.has(module)) {
      add(
        module,
        statement,
        offset,
        `${inlineCode(cutEnd(shown, 60))} does not exist in ${where(root)}, which Kaggle has.`,
      );
      continue;
    }
    const unknown = unknownToKeras(full);
    if (unknown === null || own.has(unknown)) continue;
    add(unknown, statement, offset, `${inlineCode(cutEnd(shown, 60))} does not exist in Keras 3, which Kaggle has.`);
  }
  for (const statement of program.statements) {
    const ix = statement.kind === 'python' && program.imported.has('pandas') ? statement.code.search(/\.ix\s*\[/) : -1;
    if (ix !== -1 && !isBrought('pandas')) {
      const sentence = `${inlineCode('.ix')} does not exist in ${where('pandas')}, which Kaggle has; ${inlineCode('.loc')} takes its place.`;
      add('.ix', statement, ix, sentence);
    }
    for (const call of statement.calls) {
      const said = goneCall(program, statement, call, aliases);
      if (said === null || isBrought(said.root)) continue;
      add(`${said.key} ${call.name}`, statement, said.at ?? call.from, said.sentence(where(said.root)));
    }
  }
  return [...found.values()];
}
