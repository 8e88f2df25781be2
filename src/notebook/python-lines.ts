import { scanPython } from './python-scan.ts';

/**
 * One logical line of a cell: a statement of Python with all its physical lines, or what IPython takes instead of one.
 * Blank lines and lines with nothing but a comment are none.
 */
export type LogicalLine = {
  /** 1-based: its first physical line in the cell. */
  readonly line: number;
  /** As it stands there, indent too, physical lines joined by `\n`. */
  readonly text: string;
  /**
   * As long as `text`. Of Python: comments and everything between quotes (fields of f-strings too) are spaces, quotes and
   * line breaks stay, and the `%time` of `%time model.fit(x)` is blank. Anything else: the same as `text`.
   */
  readonly code: string;
  /** Columns of white space before it; a tab counts to the next multiple of 8, as in Python. */
  readonly indent: number;
  /** `magic`: `%x`, `x = %y`, `/f`, `,f`, `;f` and the first line of a `%%x` cell. `shell`: `!x`, `x = !y`, lines of `%%bash`. */
  readonly kind: 'python' | 'magic' | 'shell' | 'help';
};

/** Cell magics that run what follows as Python in the notebook's own names. */
const PYTHON_BODY: ReadonlySet<string> = new Set(
  'time timeit capture prun memit mprun lprun wandb snakeviz heat memray_flamegraph cudf.pandas nbtime scalene skip_exec'.split(
    ' ',
  ),
);
const SHELL_BODY: ReadonlySet<string> = new Set(['bash', 'sh', '!', 'sx', 'system', 'cmd']);
const STATEMENT_MAGIC = /^%(?:time|timeit|prun|memit)(?=[ \t])/;
/** Options of %timeit and %prun: `-n 10 -r3 -q`. */
const OPTION = /[ \t]+-(?:[nrpslT][ \t]*[\w.]+|[a-z]+)(?=[ \t])/y;

/** `%%time` under `%%capture` is common; a hundred thousand of them are not. */
const MOST_NESTED = 5;

const IPYTHON_PROMPT = /^(?:(?:(?:\[nav\]|\[ins\])? )?In \[\d+\]: |\s*\.{3,}: ?)/;
const PYTHON_PROMPT = /^(?:>>>|\.\.\.)(?: |$)/;

/**
 * The physical lines of a cell as IPython reads them: an indent that the whole cell has and pasted prompts (`>>> `,
 * `In [3]: `) are taken off, as IPython's own input transformers do. One line out for each line in.
 */
export function plainLines(cell: string): string[] {
  const lines = cell.replace(/\r\n?/g, '\n').split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first === -1) return lines;
  const indent = /^[ \t]+/.exec(lines[first] ?? '')?.[0] ?? '';
  const flush =
    indent === '' ? lines : lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
  const [head = '', second = ''] = flush.slice(first, first + 2);
  if (/^>>>(?: |$)/.test(head)) return flush.map((line) => line.replace(PYTHON_PROMPT, ''));
  if (IPYTHON_PROMPT.test(head) && !/^\s*\.{3}$/.test(second))
    return flush.map((line) => line.replace(IPYTHON_PROMPT, ''));
  return flush;
}

/**
 * The magic a whole cell is given to: `%%bash -e` is `{ name: 'bash', args: '-e' }`. Null when the cell is Python, also for
 * `%%x?`, which asks for help, and for a `%%x` that does not stand first.
 */
export function cellMagic(cell: string): { name: string; args: string } | null {
  return magicAt(plainLines(cell), 0);
}

/** The same for the lines from `from` on, as IPython reads a `%%time` under a `%%capture`. */
export function magicAt(lines: readonly string[], from: number): { name: string; args: string } | null {
  const first = lines.slice(from).find((line) => line.trim() !== '');
  const magic = /^%%([^\s?]+)(?:[ \t]+(.*))?$/.exec(first?.trimEnd() ?? '');
  return magic === null ? null : { name: magic[1] ?? '', args: magic[2] ?? '' };
}

/** Whether what stands below `%%name` is Python that runs among the notebook's names. */
export const hasPythonBody = (name: string): boolean => PYTHON_BODY.has(name);

/** Whether what stands below `%%name` is given to a shell. */
export const hasShellBody = (name: string): boolean => SHELL_BODY.has(name);

function columns(space: string): number {
  let at = 0;
  for (const char of space) at = char === '\t' ? at + 8 - (at % 8) : at + 1;
  return at;
}

/** The statement `%time` and the like are given, everything before it blank; null for any other line. */
function statementOf(text: string, from: number): string | null {
  const magic = STATEMENT_MAGIC.exec(text.slice(from, from + 20));
  if (magic === null) return null;
  let at = from + magic[0].length;
  for (;;) {
    OPTION.lastIndex = at;
    const option = OPTION.exec(text);
    if (option === null) break;
    at += option[0].length;
  }
  const statement = text.slice(at);
  return statement.trim() === '' ? null : text.slice(0, from) + ' '.repeat(at - from) + statement;
}

/** Index of the line break that ends a magic or shell command, which a backslash carries over to the next line. */
function endOfCommand(text: string, from: number): number {
  let at = from;
  for (;;) {
    const newline = text.indexOf('\n', at);
    if (newline === -1) return text.length;
    if (text[newline - 1] !== '\\') return newline;
    at = newline + 1;
  }
}

function kindOfEscape(text: string, at: number): 'magic' | 'shell' | 'help' | null {
  const char = text[at];
  if (char === '!') return 'shell';
  if (char === '?') return 'help';
  if (char === '%' || char === ',' || char === ';' || char === '/') return 'magic';
  return null;
}

/** The logical lines of what is Python with IPython's additions; `text` begins in physical line `firstLine`. */
function read(text: string, firstLine: number): LogicalLine[] {
  const found: LogicalLine[] = [];
  let line = firstLine;
  let at = 0;
  const add = (from: number, end: number, code: string, indent: number, kind: LogicalLine['kind']): void => {
    const whole = text.slice(from, end);
    found.push({ line, text: whole, code, indent, kind });
    for (let newline = whole.indexOf('\n'); newline !== -1; newline = whole.indexOf('\n', newline + 1)) line += 1;
  };
  while (at < text.length) {
    let start = at;
    while (text[start] === ' ' || text[start] === '\t' || text[start] === '\f') start += 1;
    const space = text.slice(at, start);
    const char = text[start];
    if (char === '\n' || char === undefined) {
      at = start + 1;
      line += 1;
      continue;
    }
    const indent = columns(space);
    const special = kindOfEscape(text, start);
    if (special !== null) {
      const end = endOfCommand(text, start);
      const whole = text.slice(at, end);
      const statement = statementOf(whole, space.length);
      if (statement === null) add(at, end, whole, indent, special);
      else add(at, end, blankStrings(statement), indent, 'python');
      at = end + 1;
      line += 1;
      continue;
    }
    const scanned = scanPython(text, start);
    if (scanned.escapeAt !== null) {
      const end = endOfCommand(text, scanned.escapeAt);
      const whole = text.slice(at, end);
      const sign = text.slice(scanned.escapeAt + 1, end).trimStart()[0];
      add(at, end, whole, indent, sign === '!' ? 'shell' : 'magic');
      at = end + 1;
    } else {
      const code = space + scanned.code;
      if (code.trim() === '') {
        // A comment alone.
      } else if (!scanned.commented && code.trimEnd().endsWith('?'))
        add(at, scanned.end, text.slice(at, scanned.end), indent, 'help');
      else add(at, scanned.end, code, indent, 'python');
      at = scanned.end + 1;
    }
    line += 1;
  }
  return found;
}

function blankStrings(text: string): string {
  const start = text.length - text.trimStart().length;
  const { code, end } = scanPython(text, start);
  return text.slice(0, start) + code + text.slice(end);
}

/**
 * Reads a cell into logical lines, in order. Knows brackets, all kinds of strings, f-strings, backslashes, `!cmd \` over
 * several lines and pasted prompts. A `%%x` cell is its first line and, where the rest is Python or a shell's, those lines.
 * Never throws; time and memory are linear in the cell.
 */
export function logicalLines(cell: string): LogicalLine[] {
  const lines = plainLines(cell);
  const found: LogicalLine[] = [];
  let from = 0;
  while (found.length < MOST_NESTED) {
    const magic = magicAt(lines, from);
    if (magic === null) break;
    while (lines[from]?.trim() === '') from += 1;
    const text = lines[from] ?? '';
    found.push({ line: from + 1, text, code: text, indent: 0, kind: 'magic' });
    from += 1;
    if (hasShellBody(magic.name)) {
      const body = lines.slice(from).map((one, index): LogicalLine => {
        return { line: from + index + 1, text: one, code: one, indent: 0, kind: 'shell' };
      });
      return [...found, ...body.filter((one) => one.text.trim() !== '')];
    }
    if (!hasPythonBody(magic.name)) return found;
  }
  return [...found, ...read(lines.slice(from).join('\n'), from + 1)];
}
