import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellMagic, type LogicalLine, logicalLines } from '../../src/notebook/python-lines.ts';

const short = (cell: string): string[] => logicalLines(cell).map((one) => `${one.line} ${one.kind} ${one.code.trim()}`);
const only = (cell: string): LogicalLine => {
  const [line, ...more] = logicalLines(cell);
  if (line === undefined || more.length > 0) throw new Error('not one line');
  return line;
};

describe('a logical line', () => {
  it('holds all physical lines of its brackets, strings and backslashes', () => {
    expect(short('f(1,\n  2)\ns = """a\n!ls\n"""\nx = 1 + \\\n  2\ny')).toEqual([
      '1 python f(1,\n  2)',
      '3 python s = """ \n   \n"""',
      '6 python x = 1 + \\\n  2',
      '8 python y',
    ]);
  });
  it('has no comments and no strings in its code, at the same columns', () => {
    const { text, code } = only('path = r"\\a" + "\\"#" # "no"');
    expect(text.length).toBe(code.length);
    expect(code.trimEnd()).toBe('path = r"  " + "   "');
  });
  it('knows f-strings with quotes, brackets and specs in their fields', () => {
    expect(short('x = f"{d["a"]!r:>{w}} {{ {[1, 2]}" # "\ny')).toEqual([
      `1 python x = f"${' '.repeat(27)}"`,
      '2 python y',
    ]);
    expect(short("f'{a:{'x'}}' + '('\ny")).toHaveLength(2);
  });
  it('ends at its line break when a string is not closed', () => {
    expect(short('x = "a\ny = f"{a\nz')[1]?.startsWith('2 python y')).toBe(true);
  });
  it('is none for blank lines and comments, which still count', () => {
    expect(short('\n# a\n\nx\n  # b\ny')).toEqual(['4 python x', '6 python y']);
  });
  it('counts its indent as Python does', () => {
    expect(logicalLines('if a:\n\tb\n    \tc').map((one) => one.indent)).toEqual([0, 8, 8]);
  });
});

describe('what IPython adds', () => {
  it('is told apart at the beginning of a logical line only', () => {
    expect(
      short('!ls -l \\\n  /x\n%cd a\nx = !ls\ny = %pwd\nz = a[\n  5\n  %3\n]\nlen?\n?len\n,f a\n/f\na ! b').map((one) =>
        one.split(' ').slice(0, 2).join(' '),
      ),
    ).toEqual([
      '1 shell',
      '3 magic',
      '4 shell',
      '5 magic',
      '6 python',
      '10 help',
      '11 help',
      '12 magic',
      '13 magic',
      '14 python',
    ]);
  });
  it('leaves the statement of %time as Python', () => {
    const line = only('%timeit -n 10 -r 3 fit("a")');
    expect(line.kind).toBe('python');
    expect(line.code.trim()).toBe('fit(" ")');
    expect(line.text).toBe('%timeit -n 10 -r 3 fit("a")');
  });
  it('takes an indent of the whole cell and pasted prompts off', () => {
    expect(short('   a\n   b')).toEqual(['1 python a', '2 python b']);
    expect(short('>>> if a:\n...     b')).toEqual(['1 python if a:', '2 python b']);
    expect(short('In [3]: a\n   ...: b')).toEqual(['1 python a', '2 python b']);
  });
  it('does not end a shell command at quotes and brackets', () => {
    expect(short("!echo it's (\nx")).toEqual(["1 shell !echo it's (", '2 python x']);
  });
});

describe('a cell with a magic of its own', () => {
  it('is known by name and arguments', () => {
    expect(cellMagic('\n%%bash -e\nls')).toEqual({ name: 'bash', args: '-e' });
    expect(cellMagic('# a\n%%bash')).toBeNull();
    expect(cellMagic('%%bash?')).toBeNull();
    expect(cellMagic('')).toBeNull();
  });
  it('is read on where its body is Python or a shell’s', () => {
    expect(short('%%capture out\n%%time\nx')).toEqual(['1 magic %%capture out', '2 magic %%time', '3 python x']);
    expect(short('%%bash\npip install a\n\nls')).toEqual(['1 magic %%bash', '2 shell pip install a', '4 shell ls']);
    expect(short('%%html\n<b>')).toEqual(['1 magic %%html']);
  });
});

it('keeps lengths and line numbers for any text', () => {
  const piece = fc.constantFrom(
    '"',
    "'",
    '"""',
    "'''",
    'f"',
    '{',
    '}',
    '(',
    ')',
    '\\',
    '\n',
    '#',
    '!',
    '%',
    '?',
    '=',
    'a',
    ' ',
    ':',
    '\t',
    '%%time',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const cell = pieces.join('');
      let before = 0;
      for (const one of logicalLines(cell)) {
        expect(one.code.length).toBe(one.text.length);
        expect(one.line).toBeGreaterThan(before);
        before = one.line + one.text.split('\n').length - 1;
      }
      expect(before).toBeLessThanOrEqual(cell.split('\n').length);
    }),
    { numRuns: 2_000 },
  );
});

it.each([
  ['brackets', '('.repeat(1e6)],
  ['f-strings in f-strings', 'f"{'.repeat(3e5)],
  ['quotes', "'".repeat(1e6)],
  ['backslashes', '\\\n'.repeat(5e5)],
  ['statements', 'a=1;'.repeat(25e4)],
  ['cell magics', '%%time\n'.repeat(1e5)],
  ['options', '%timeit -n '.repeat(1e5)],
  ['spaces', ' '.repeat(1e6)],
])('reads a megabyte of %s in time', (_, cell) => {
  const began = performance.now();
  logicalLines(cell);
  expect(performance.now() - began).toBeLessThan(5_000);
});
