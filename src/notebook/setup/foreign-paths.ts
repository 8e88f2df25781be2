import type { Finding } from '../../domain/finding.ts';
import { cutEnd, inlineCode } from '../../domain/words.ts';
import type { Command } from './commands.ts';
import { findingAt, type Program, textOf } from './program.ts';
import { UNKNOWN } from './strings.ts';

/** Places of other machines. `/root`, `/tmp` and `/usr` exist in a session; `/home/jovyan`, `/Users`, `C:\` and `/content` do not. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/^(?:file:\/\/\/?)?[A-Za-z]:(?:\\\\?|\/)(?![/*])[\w .()~-]*(?:[\\/]|$)/, 'a place on Windows'],
  [/^\/content(?:\/|$)/, 'a place on Colab'],
  [/^\/(?:home|Users)\/[^/\s]+(?:\/|$)/, "a place on somebody's own machine"],
  [/^\/(?:mnt|media|Volumes)\/[^/\s]+\//, "a place on somebody's own machine"],
  [/^\/(?:scratch|gpfs|lustre|dbfs|storage|nfs)\/[^/\s]+/, "a place on somebody's own machine"],
  [
    /^~\/(?!\.(?:cache|kaggle|keras|config|local|torch|ssh|bashrc|profile|nltk|huggingface|jupyter|ipython|matplotlib|wandb))[\w.-]/,
    "a place on somebody's own machine",
  ],
];

const placeOf = (text: string): string | null =>
  text.length > 400 || text.includes('\n') ? null : (FOREIGN.find(([path]) => path.test(text))?.[1] ?? null);

/** Calls that make a place rather than expect it. */
const MAKES = /(?:^|\.)(?:makedirs|mkdir)$/;
const ASKS = /(?:^|\.)(?:exists|isdir|isfile|is_dir|is_file)$/;

/** Texts that look like a path but are asked for, matched or printed rather than opened. */
const SPEAKS =
  /(?:^|\.)(?:print|startswith|endswith|replace|format|match|search|sub|compile|write|append_text|warn|info|debug|Markdown|HTML)$/;

/** Absolute paths that exist on another machine and not on Kaggle. Each place once. */
export function foreignPaths(program: Program, commands: readonly Command[]): Finding[] {
  const made = new Set<string>();
  for (const statement of program.statements) {
    for (const call of statement.calls.filter((one) => MAKES.test(one.name))) {
      const path = textOf(program, statement, call.args[0] ?? null);
      if (path !== null) made.add(path.replace(/\/+$/, ''));
    }
  }
  // A repository that is cloned to /content, or anything else brought there, makes it.
  const brought = commands.filter((one) =>
    /^(?:git|wget|mkdir|unzip|cp|curl|gdown|ln|tar|mv)$/.test(one.words[0] ?? ''),
  );
  for (const one of brought)
    for (const word of one.words.slice(1)) if (word.startsWith('/')) made.add(word.replace(/\/+$/, ''));
  const isMade = (path: string): boolean => [...made].some((one) => one !== '' && `${path}/`.startsWith(`${one}/`));
  const seen = new Set<string>();
  const found: Finding[] = [];
  for (const statement of program.statements) {
    const texts =
      statement.kind === 'python'
        ? (program.texts.get(statement) ?? []).map((one) => ({ value: one.value, at: one.from, to: one.to }))
        : [
            ...statement.text.matchAll(
              /(?<![\w:/.\\#}-])(?:\/(?:content|home|Users)\/[^\s'"`;|&)]+|~\/[\w][^\s'"`;|&)]*)/g,
            ),
          ].map((one) => ({
            value: one[0],
            at: one.index,
            to: one.index,
          }));
    for (const { value, at, to } of texts) {
      const place = placeOf(value);
      if (place === null) continue;
      const around = statement.calls.filter((call) => call.from <= at && call.to >= to);
      const innermost = around.at(-1);
      if (innermost !== undefined && (SPEAKS.test(innermost.name) || MAKES.test(innermost.name))) continue;
      if (isMade(value) || (place.endsWith('Colab') && made.has('/content'))) continue;
      const tested = /\bif\b.*\belse\b/s.test(statement.code) || statement.calls.some((call) => ASKS.test(call.name));
      const key = value
        .split(/[\\/]+/)
        .slice(0, 5)
        .join('/');
      if (seen.has(key)) continue;
      const shown = inlineCode(cutEnd(value.replaceAll(UNKNOWN, '…'), 60));
      const here = findingAt(program, statement, at, {
        severity: tested ? 'hint' : 'warning',
        rule: 'foreign-path',
        sentence: `${shown} will not exist on Kaggle: it is ${place}.`,
      });
      if (here.length > 0) seen.add(key);
      found.push(...here);
    }
  }
  return [...found, ...colab(program)].slice(0, 6);
}

const COLAB_CALL =
  /^(?:colab\.)?(?:drive\.(?:mount|flush_and_unmount)|files\.(?:upload|download|view)|auth\.authenticate_user|userdata\.get|output\.eval_js)$/;

/** `google.colab` can be imported, the image builds on Colab's; what it does needs Colab. */
function colab(program: Program): Finding[] {
  const imports = program.imports.filter((one) => isColab(one.module, one.names));
  if (imports.length === 0) return [];
  const say = (what: string): string =>
    `${inlineCode(what)} works on Colab only; Kaggle has its inputs under ${inlineCode('/kaggle/input')}.`;
  const calls = program.statements.flatMap((statement) =>
    statement.calls
      .filter((call) => COLAB_CALL.test(call.name))
      .flatMap((call) =>
        findingAt(program, statement, call.from, {
          severity: 'warning',
          rule: 'colab',
          sentence: say(`${call.name}()`),
        }),
      ),
  );
  // The import alone does no harm; it only shows where the calls come from.
  const [first] = imports.flatMap(({ statement, offset }) =>
    findingAt(program, statement, offset, {
      severity: calls.length > 0 ? 'hint' : 'warning',
      rule: 'colab',
      sentence: say('google.colab'),
    }),
  );
  return [...(first === undefined ? [] : [first]), ...calls.slice(0, 3)];
}

const isColab = (module: string, names: readonly string[]): boolean =>
  module.startsWith('google.colab') || (module === 'google' && names.includes('colab'));
