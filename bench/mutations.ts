/** Breaks notebooks in the ways people do, and says where a run would stop. */
import { cellMagic, type LogicalLine, logicalLines } from '../src/notebook/python-lines.ts';

/** A broken notebook: where the fault is, or the name that is missing where it is used. */
export type Broken = {
  readonly cells: readonly string[];
  readonly at?: { readonly cell: number; readonly line: number };
  readonly name?: string;
};

export type Mutation = (cells: readonly string[], pick: <T>(list: readonly T[]) => T | undefined) => Broken | null;

type Placed = LogicalLine & { readonly cell: number };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const escaped = (name: string): RegExp => new RegExp(`(?<![\\w.])${name}(?![\\w]|\\s*=[^=])`);

/** The statements of Python of one physical line each. */
function linesOf(cells: readonly string[]): Placed[] {
  return cells.flatMap((cell, at) =>
    cellMagic(cell) !== null || /^\s/.test(cell)
      ? []
      : logicalLines(cell)
          .filter((one) => one.kind === 'python' && !one.text.trimStart().startsWith('%'))
          .map((one) => ({ ...one, cell: at + 1 })),
  );
}
const single = (one: Placed): boolean => !one.text.includes('\n') && !one.text.includes('\\');
const atTop = (one: Placed): boolean => one.indent === 0 && single(one);

function withLine(cells: readonly string[], one: Placed, text: string): string[] {
  return cells.map((cell, at) => {
    if (at !== one.cell - 1) return cell;
    const lines = cell.replace(/\r\n?/g, '\n').split('\n');
    lines[one.line - 1] = text;
    return lines.join('\n');
  });
}
const placed = (one: Placed, more = 0): { cell: number; line: number } => ({ cell: one.cell, line: one.line + more });

/** Changes one line that fits; the fault is in it. */
const inLine =
  (fits: (one: Placed) => boolean, change: (one: Placed) => string | null, more = 0): Mutation =>
  (cells, pick) => {
    const one = pick(linesOf(cells).filter((line) => fits(line) && change(line) !== null));
    const text = one === undefined ? null : change(one);
    return one === undefined || text === null ? null : { cells: withLine(cells, one, text), at: placed(one, more) };
  };

/** Puts a text before a statement at the top of a cell; the fault is in the first new line. */
const before = (text: string, more = 0): Mutation => inLine(atTop, (one) => `${text}\n${one.text}`, more);

const cutAt = (text: string, at: number): string | null => (at < 0 ? null : text.slice(0, at) + text.slice(at + 1));
const isHeader = (one: Placed): boolean =>
  single(one) && /^\s*(?:if|for|while|with|def|class|else|try)\b/.test(one.code) && one.code.trimEnd().endsWith(':');

/** Names that one statement at the top binds and a later one reads: a few of them, as each is looked for everywhere. */
function bound(cells: readonly string[]): { name: string; by: Placed; use: Placed }[] {
  const all = linesOf(cells);
  const candidates = all.filter(atTop).flatMap((by) => {
    const name = /^(?:def\s+|import\s+(?:[\w.]+\s+as\s+)?)?([A-Za-z_]\w+)\s*(?:=(?!=)|\(.*:|$)/.exec(by.code)?.[1];
    const binds = /^\w+\s*=|^def\s|^import\s/.test(by.code);
    return name !== undefined && binds && NAME.test(name) ? [{ name, by }] : [];
  });
  const found: { name: string; by: Placed; use: Placed }[] = [];
  for (const { name, by } of candidates) {
    if (found.length >= 8) break;
    const mentions = all.filter((one) => one.code.includes(name));
    const again = new RegExp(
      `^\\s*(?:for|import|from|def|class|with|except|global)\\b.*(?<!\\w)${name}(?!\\w)|^[^=(]*(?<![\\w.])${name}(?!\\w)[^=(]*=(?!=)|(?<!\\w)${name}\\s*:=`,
    );
    if (mentions.some((one) => one !== by && again.test(one.code))) continue;
    const isAfter = (one: Placed): boolean => one.cell > by.cell || (one.cell === by.cell && one.line > by.line);
    const use = mentions.find((one) => isAfter(one) && one.indent === 0 && escaped(name).test(one.code));
    if (use !== undefined) found.push({ name, by, use });
  }
  return found;
}

/** A name without its last letters, or with two letters swapped, that stands nowhere else. */
function typo(name: string, cells: readonly string[]): string | null {
  const swapped = name.length > 3 ? `${name.slice(0, -2)}${name.at(-1)}${name.at(-2)}` : `${name}x`;
  const wrong = swapped === name ? `${name}x` : swapped;
  return cells.some((cell) => cell.includes(wrong)) ? null : wrong;
}

function calledFunctions(cells: readonly string[]): { def: Placed; body: Placed[] }[] {
  const all = linesOf(cells);
  return all.flatMap((def, at) => {
    const name = /^def\s+([A-Za-z_]\w*)/.exec(def.code)?.[1];
    if (name === undefined) return [];
    const called = all.some(
      (one) =>
        one.indent === 0 &&
        one !== def &&
        (one.cell > def.cell || one.line > def.line) &&
        new RegExp(`(?<![\\w.])${name}\\(`).test(one.code),
    );
    const body: Placed[] = [];
    for (const one of all.slice(at + 1)) {
      if (one.cell !== def.cell || one.indent === 0) break;
      body.push(one);
    }
    const step = body[0]?.indent ?? 0;
    return called ? [{ def, body: body.filter((one) => one.indent === step && single(one)) }] : [];
  });
}

/** Moves the cell that binds a name behind the last cell. */
const moveDown: Mutation = (cells, pick) => {
  const one = pick(bound(cells).filter(({ by, use }) => use.cell > by.cell));
  if (one === undefined) return null;
  const rest = cells.filter((_, at) => at !== one.by.cell - 1);
  return { cells: [...rest, cells[one.by.cell - 1] ?? ''], name: one.name };
};

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'colon left out': inLine(isHeader, (one) => cutAt(one.text, one.code.trimEnd().length - 1)),
  'closing bracket left out': inLine(
    (one) => single(one) && /\)\s*$/.test(one.code),
    (one) => cutAt(one.text, one.code.trimEnd().length - 1),
  ),
  'opening bracket left out': inLine(
    (one) => single(one) && /\w\([^()]*\)\s*$/.test(one.code),
    (one) => cutAt(one.text, one.code.lastIndexOf('(')),
  ),
  'bracket too many': inLine(
    (one) => single(one) && /\)\s*$/.test(one.code),
    (one) => `${one.text.slice(0, one.code.trimEnd().length)})`,
  ),
  'quote left out': inLine(
    (one) =>
      single(one) &&
      /^[^"']*(?:'\s+'|"\s+")[^"']*$/.test(one.code) &&
      !/[A-Za-z]["']\s/.test(one.code) &&
      !one.text.includes('#'),
    (one) => cutAt(one.text, Math.max(one.code.lastIndexOf('"'), one.code.lastIndexOf("'"))),
  ),
  'triple quote left open': before('note = """unfinished'),
  'indent too deep': inLine(
    (one) => atTop(one) && one.line > 1 && !isHeader(one) && !/^(?:elif|else|except|finally|@)/.test(one.code),
    (one) => `x_ = 1\n   ${one.text}`,
    1,
  ),
  'body not indented': (cells, pick) => {
    const lines = linesOf(cells);
    const head = pick(
      lines.filter(
        (one, at) =>
          isHeader(one) && one.indent === 0 && lines[at + 1]?.cell === one.cell && (lines[at + 1]?.indent ?? 0) > 0,
      ),
    );
    const body = head === undefined ? undefined : lines[lines.indexOf(head) + 1];
    return body === undefined
      ? null
      : {
          cells: withLine(
            cells,
            body,
            body.text
              .split('\n')
              .map((line) => line.trimStart())
              .join('\n')
              .split('\n')[0] ?? '',
          ),
          at: placed(body),
        };
  },
  'tab between spaces': before('if True:\n        y_ = 1\n\ty_ = 2', 2),
  'comma left out': inLine(
    (one) => single(one) && /\(\w+, \w+\)/.test(one.code),
    (one) =>
      cutAt(
        one.text,
        /\(\w+, \w+\)/.exec(one.code) === null ? -1 : one.code.indexOf(',', one.code.search(/\(\w+, \w+\)/)),
      ),
  ),
  'right side left out': inLine(
    (one) => atTop(one) && /^\w+ = \S/.test(one.code),
    (one) => one.text.slice(0, one.code.indexOf('=') + 1),
  ),
  'operator doubled': inLine(
    (one) => atTop(one) && /^\w+ = \S/.test(one.code),
    (one) => one.text.replace('= ', '= = '),
  ),
  'keyword misspelt': inLine(
    (one) => single(one) && /^(?:import|from|def|for) \w/.test(one.code),
    (one) => one.text.replace(/^(\w)(\w)/, '$2$1'),
  ),
  'assignment in a condition': before('if x_ = 1:\n    pass'),
  'else without if': before('else:\n    pass'),
  'print of Python 2': before('print "done"'),
  'except of Python 2': before('try:\n    pass\nexcept ValueError, e:\n    pass', 2),
  'merge conflict': before('<<<<<<< HEAD\nx_ = 1\n=======\nx_ = 2\n>>>>>>> other'),
  'typographic quotes': before('x_ = \u201ctext\u201d'),
  'return at the top': before('return 5'),
  'break at the top': before('break'),
  'argument twice': before('print("a", end="", end="")'),
  'format with too few values': before('print("%s %s" % (1,))'),
  'format with a missing field': before('print("{} {}".format(1))'),
  'name of Python 2': before('for i_ in xrange(3):\n    pass'),
  'file name in a notebook': before('import os\nprint(os.path.dirname(__file__))', 1),
  'magic under a comment': (cells, pick) => {
    const at = pick(
      [...cells.keys()].filter(
        (index) =>
          linesOf([cells[index] ?? '']).length > 0 &&
          cellMagic(cells[index] ?? '') === null &&
          !/^\s|^[>I]/.test(cells[index] ?? ''),
      ),
    );
    return at === undefined
      ? null
      : {
          cells: cells.map((cell, index) => (index === at ? `# timed\n%%time\n${cell}` : cell)),
          at: { cell: at + 1, line: 2 },
        };
  },
  'shell command without its mark': before('pip install pandas'),
  'number with a leading zero': before('x_ = 0123'),
  'typo where a variable is read': (cells, pick) => {
    const one = pick(
      bound(cells).filter(
        ({ name, use }) =>
          single(use) && name.length > 2 && !/^\s*(?:if|elif|else)|\b(?:and|or|if|lambda)\b|del\b/.test(use.code),
      ),
    );
    const wrong = one === undefined ? null : typo(one.name, cells);
    if (one === undefined || wrong === null) return null;
    const at = escaped(one.name).exec(one.use.code)?.index ?? 0;
    return {
      cells: withLine(cells, one.use, one.use.text.slice(0, at) + wrong + one.use.text.slice(at + one.name.length)),
      at: placed(one.use),
    };
  },
  'typo where a variable is set': (cells, pick) => {
    const one = pick(bound(cells).filter(({ by }) => /^\w+\s*=/.test(by.code)));
    const wrong = one === undefined ? null : typo(one.name, cells);
    return one === undefined || wrong === null
      ? null
      : { cells: withLine(cells, one.by, wrong + one.by.text.slice(one.name.length)), name: one.name };
  },
  'function renamed': (cells, pick) => {
    const one = pick(bound(cells).filter(({ by }) => by.code.startsWith('def ')));
    return one === undefined
      ? null
      : { cells: withLine(cells, one.by, one.by.text.replace(one.name, `${one.name}_new`)), name: one.name };
  },
  'import left out': (cells, pick) => {
    const one = pick(bound(cells).filter(({ by }) => by.code.startsWith('import ')));
    return one === undefined ? null : { cells: withLine(cells, one.by, ''), name: one.name };
  },
  'cell left out': (cells, pick) => {
    const one = pick(bound(cells).filter(({ by, use }) => use.cell > by.cell));
    return one === undefined
      ? null
      : { cells: cells.map((cell, at) => (at === one.by.cell - 1 ? '' : cell)), name: one.name };
  },
  'cell moved to the end': moveDown,
  'variable deleted before it is read': (cells, pick) => {
    const one = pick(
      bound(cells).filter(({ use }) => atTop(use) && !/^(?:elif|else|except|finally|@|def|class)/.test(use.code)),
    );
    return one === undefined
      ? null
      : { cells: withLine(cells, one.use, `del ${one.name}\n${one.use.text}`), name: one.name };
  },
  'undefined name in a function that is called': (cells, pick) => {
    const one = pick(calledFunctions(cells).filter(({ body }) => body.length > 1));
    const line = one?.body.find((each) => !/^\s*(?:elif|else|except|finally|["'@])/.test(each.code));
    if (line === undefined) return null;
    return {
      cells: withLine(cells, line, `${line.text.slice(0, line.text.search(/\S/))}print(undefined_name_)\n${line.text}`),
      at: placed(line),
    };
  },
  'global set only after the call': (cells, pick) => {
    const one = pick(calledFunctions(cells).filter(({ body }) => body.length > 1));
    const line = one?.body.find((each) => !/^\s*(?:elif|else|except|finally|["'@])/.test(each.code));
    if (line === undefined) return null;
    const changed = withLine(
      cells,
      line,
      `${line.text.slice(0, line.text.search(/\S/))}print(late_name_)\n${line.text}`,
    );
    return { cells: [...changed, 'late_name_ = 1'], name: 'late_name_' };
  },
};
