import type { Finding } from '../../domain/finding.ts';
import type { InputRef } from '../../domain/input.ts';
import { cutEnd, inlineCode } from '../../domain/words.ts';
import { findingAt, type Program, textOf } from './program.ts';
import type { Statement } from './statement.ts';
import { UNKNOWN } from './strings.ts';

/**
 * What a path below the input folder asks for. Both layouts exist on Kaggle (kaggle-environment 1): `/kaggle/input/leaf/…`,
 * `/kaggle/input/datasets/mara/leaf/…`, `…/competitions/titanic/…`, `…/notebooks/mara/eda/…`, `…/models/google/gemma/…`.
 */
type Asked = {
  readonly slug: string;
  readonly owner: string | null;
  readonly kind: InputRef['kind'] | null;
  /** What `Attach` would take, when the path tells it wholly. */
  readonly input: string | null;
  /** The folder as it is shown. */
  readonly folder: string;
};

const ROOT =
  /^(?:file:\/\/)?(?:\/kaggle\/(?:working\/\.\.\/)?input|(?:\.\/)?\.\.\/input|\/kaggle\/working\/\.\.\/input)(?=\/|$)\/*/;
const SLUG = /^[A-Za-z0-9][\w.-]*$/;

const parts = (path: string): string[] => path.split(/\/+/).filter((one) => one !== '' && one !== '.');
const isName = (part: string | undefined): part is string => part !== undefined && SLUG.test(part);

function newLayout(root: string, rest: readonly string[]): Asked | null {
  const [area, first, second, framework, variation] = rest;
  if (area === 'competitions' && isName(first)) {
    return {
      slug: first,
      owner: null,
      kind: 'competition',
      input: `competitions/${first}`,
      folder: `${root}competitions/${first}`,
    };
  }
  if (!isName(first) || !isName(second)) return null;
  const folder = `${root}${area}/${first}/${second}`;
  if (area === 'datasets') return { slug: second, owner: first, kind: 'dataset', input: `${first}/${second}`, folder };
  if (area === 'notebooks')
    return { slug: second, owner: first, kind: 'kernel', input: `code/${first}/${second}`, folder };
  if (area !== 'models') return null;
  const input = isName(framework) && isName(variation) ? `models/${first}/${second}/${framework}/${variation}` : null;
  return { slug: second, owner: first, kind: 'model', input, folder };
}

/** What a followed text asks for; null when it is no input path, or no single one. */
export function askedBy(text: string): Asked | null {
  const root = ROOT.exec(text)?.[0];
  if (root === undefined) return null;
  const below = text.slice(root.length);
  const rest = parts(below);
  const shownRoot = root.endsWith('/') ? root : `${root}/`;
  const whole = /^(?:datasets|competitions|notebooks|models)$/.test(rest[0] ?? '');
  if (whole && rest.length > 1) {
    const read = newLayout(shownRoot, rest);
    if (read !== null) return read;
    if (rest.some((part) => part.includes(UNKNOWN) || part.includes('*'))) return null;
  }
  const [slug] = rest;
  if (!isName(slug) || whole) return null;
  // `/kaggle/input/train.csv` names no folder; nothing can be told of it by slug.
  const isFile = rest.length === 1 && /\.(?:csv|json|txt|zip|parquet|pkl|h5|png|jpe?g|tsv|xlsx?|pth?)$/i.test(slug);
  return { slug, owner: null, kind: null, input: null, folder: isFile ? text : `${shownRoot}${slug}` };
}

const slugOf = (input: InputRef): string =>
  (input.kind === 'model' ? input.ref.split('/')[1] : input.ref.split('/').at(-1)) ?? input.ref;
const ownerOf = (input: InputRef): string | null =>
  input.ref.includes('/') ? (input.ref.split('/')[0] ?? null) : null;

/** Whether an attached input provides it, whatever the layout: by slug, in the new layout also by owner and kind. */
function provides(input: InputRef, asked: Asked): boolean {
  const slug = asked.slug.toLowerCase();
  if (asked.owner !== null && ownerOf(input)?.toLowerCase() !== asked.owner.toLowerCase()) return false;
  if (slugOf(input).toLowerCase() === slug) return true;
  // Old layout of a name that two inputs share: `/kaggle/input/mara/leaf`.
  return asked.owner === null && ownerOf(input)?.toLowerCase() === slug;
}

type Use = { readonly asked: Asked; readonly statement: Statement; readonly offset: number };

const TESTS = /(?:^|\.)(?:exists|isdir|isfile|is_dir|is_file|lexists|access)$/;
const MAKES = /(?:^|\.)(?:makedirs|mkdir)$/;

/** The folders whose presence the notebook asks about itself before it relies on them. */
function tested(program: Program): ReadonlySet<string> {
  const found = new Set<string>();
  for (const statement of program.statements) {
    if (!statement.calls.some((call) => TESTS.test(call.name)) || /^\s*assert\b/.test(statement.code)) continue;
    for (const text of program.texts.get(statement) ?? []) {
      const asked = askedBy(text.value);
      if (asked !== null) found.add(asked.folder.toLowerCase());
    }
    for (const call of statement.calls.filter((one) => TESTS.test(one.name))) {
      const asked = askedBy(textOf(program, statement, call.args[0] ?? null) ?? '');
      if (asked !== null) found.add(asked.folder.toLowerCase());
    }
  }
  return found;
}

function usesIn(program: Program): { uses: Use[]; root: boolean } {
  const uses: Use[] = [];
  let root = false;
  for (const statement of program.statements) {
    if (statement.kind !== 'python') {
      // `!ls ../input/leaf`, `!unzip /kaggle/input/leaf/x.zip`
      for (const match of statement.text.matchAll(/(?:\/kaggle|\.\.)\/input(?:\/[^\s'";|&)]*)?/g)) {
        const asked = /[*{$]/.test(match[0].split('/')[match[0].startsWith('/') ? 3 : 2] ?? '*')
          ? null
          : askedBy(match[0]);
        if (asked === null) root = true;
        else uses.push({ asked, statement, offset: match.index });
      }
      continue;
    }
    for (const text of program.texts.get(statement) ?? []) {
      if (!ROOT.test(text.value)) continue;
      const asked = askedBy(text.value);
      if (asked === null) root = true;
      else uses.push({ asked, statement, offset: text.from });
    }
  }
  return { uses, root };
}

/** Paths below the input folder that nothing attached provides. The first place of each folder is told. */
export function unmetInputs(program: Program): Finding[] {
  const { uses } = usesIn(program);
  const asks = tested(program);
  const made = new Set(
    program.statements.flatMap((statement) =>
      statement.calls
        .filter((call) => MAKES.test(call.name))
        .map((call) => textOf(program, statement, call.args[0] ?? null) ?? '')
        .map((path) => askedBy(path)?.folder.toLowerCase() ?? ''),
    ),
  );
  const byFolder = new Map<string, Finding>();
  for (const { asked, statement, offset } of uses) {
    const key = asked.folder.toLowerCase();
    if (made.has(key) || byFolder.get(key)?.severity === 'warning') continue;
    if (program.inputs.some((one) => provides(one, asked))) continue;
    const folder = inlineCode(cutEnd(asked.folder.replaceAll(UNKNOWN, '…'), 80));
    const [found] = findingAt(program, statement, offset, {
      severity: asks.has(key) || isOneOfMany(statement) ? 'hint' : 'warning',
      rule: 'input-path',
      sentence: `${folder} is read, but no attached input provides it.`,
      ...(asked.input === null ? { missing: asked.slug } : { fix: { kind: 'attach', input: asked.input } }),
    });
    // A place that hardly counts does not hide a later one that does.
    if (found !== undefined && (found.severity === 'warning' || !byFolder.has(key))) byFolder.set(key, found);
  }
  return [...byFolder.values()];
}

/** `a if exists(a) else b`, and lists of places of which one will do. */
function isOneOfMany({ code, text, calls }: Statement): boolean {
  if (/\bif\b.*\belse\b/s.test(code) || calls.some((call) => TESTS.test(call.name))) return true;
  const places = text.match(/(?:\/kaggle|\.\.)\/input\b/g)?.length ?? 0;
  return (
    places > 1 &&
    /=\s*[[(]/.test(code) &&
    /candidate|possible|search|alternative|fallback|options|paths|roots|dirs|locations/i.test(code)
  );
}

/** Attached inputs that nothing in the code names. Silent as soon as the code looks into the input folder as a whole. */
export function unusedInputs(program: Program): Finding[] {
  const { uses, root } = usesIn(program);
  if (root || program.inputs.length === 0) return [];
  const text = program.source.cellSources.join('\n').toLowerCase();
  return program.inputs
    .filter(
      (input) => input.kind !== 'kernel' || !program.imports.some((one) => plain(one.module) === plain(slugOf(input))),
    )
    .filter((input) => !uses.some(({ asked }) => provides(input, asked)) && !text.includes(slugOf(input).toLowerCase()))
    .map((input) => ({
      severity: 'hint' as const,
      rule: 'input-unused',
      sentence: `${inlineCode(input.ref)} is attached, but nothing in the code reads it.`,
      at: null,
    }));
}

const plain = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '');

const HUB_CALLS: Readonly<Record<string, InputRef['kind']>> = {
  'kagglehub.dataset_download': 'dataset',
  'kagglehub.dataset_load': 'dataset',
  'kagglehub.competition_download': 'competition',
  'kagglehub.model_download': 'model',
  'kagglehub.notebook_output_download': 'kernel',
};

/**
 * kagglehub inside Kaggle asks for the source to be attached and waits for it without an end (kagglehub's
 * kaggle_cache_resolver); attached beforehand, its path is there at once.
 */
export function unmetHubCalls(program: Program): Finding[] {
  const seen = new Set<string>();
  return program.statements.flatMap((statement) =>
    statement.calls.flatMap((call) => {
      const kind = HUB_CALLS[call.name];
      if (kind === undefined) return [];
      const position =
        call.name.endsWith('_load') && call.args[0]?.name === null && /Adapter/.test(statement.code) ? 1 : 0;
      const handle = textOf(program, statement, call.args[position] ?? null);
      const ref = handle?.replace(/\/versions\/.*$/, '') ?? '';
      const size = { dataset: 2, kernel: 2, competition: 1, model: 4 }[kind];
      const words = ref.split('/');
      if (handle === null || handle.includes(UNKNOWN) || words.length < size || !words.every(isName) || seen.has(ref))
        return [];
      seen.add(ref);
      const bare = words.slice(0, size).join('/');
      const isSame = (one: InputRef): boolean =>
        one.kind === kind && one.ref.toLowerCase().startsWith(bare.toLowerCase());
      if (program.inputs.some(isSame)) return [];
      const prefix = { dataset: '', kernel: 'code/', competition: 'competitions/', model: 'models/' }[kind];
      return findingAt(program, statement, call.from, {
        severity: 'warning',
        rule: 'input-path',
        sentence: `${inlineCode(cutEnd(`${call.name}("${bare}")`, 80))} waits until that input is attached; it is not.`,
        fix: { kind: 'attach', input: `${prefix}${bare}` },
      });
    }),
  );
}
