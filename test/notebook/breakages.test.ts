import { beforeAll, describe, expect, it } from 'vitest';
import { findInCode } from '../../src/notebook/find-in-code.ts';
import { type Lint, loadLint } from '../../src/notebook/lint.ts';

let lint: Lint;
beforeAll(() => {
  lint = loadLint();
});

const plain = (text: string): string => text.replace(/[\u2066-\u2069\\]/g, '').replaceAll('\u00a0', ' ');
const check = (cells: readonly string[], kind: 'notebook' | 'script' = 'notebook'): string[] =>
  findInCode({ kind, cells, tags: [] }, lint).map(
    ({ severity, at, sentence }) => `${severity} ${at?.cell ?? '-'}:${at?.line} ${plain(sentence)}`,
  );

/** Each stops a run: what is written in the cells, and the place and words that are told. */
const BLOCKERS: readonly (readonly [string, readonly string[], string])[] = [
  [
    'a colon left out',
    ['x = 1', 'y = 2\nif x\n    y = 3'],
    '2:2 This is not valid Python: expected `:`, found newline.',
  ],
  ['a bracket never closed', ['x = max(1,\n\ny = 2\nz = 3'], '1:1 `(` is opened here and never closed.'],
  ['a bracket never closed at the end', ['a = 1\nb = [1, 2\n'], '1:2 `[` is opened here and never closed.'],
  ['a bracket too many', ['x = (1))'], '1:1 This is not valid Python'],
  ['a string never closed', ['x = "abc\ny = 1'], '1:1 A string begins here and is never closed.'],
  [
    'an f-string with half an expression',
    ['x = 1\nprint(f"{x+}")'],
    '1:2 This is not valid Python: expected an expression.',
  ],
  ['a body that is not indented', ['if True:\nprint(1)'], '1:2 This is not valid Python: expected an indented block'],
  ['an indent too deep', ['x = 1\n  y = 2'], '1:2 This is not valid Python: unexpected indentation.'],
  ['an indent that fits nothing', ['def f():\n        a = 1\n    b = 2'], '1:3 This is not valid Python'],
  ['tabs among spaces', ['if True:\n        a = 1\n\tb = 2\n'], '1:3 This is not valid Python'],
  ['a comma left out', ['x = max(\n    1\n    2,\n)'], '1:2 This is not valid Python: expected `,`'],
  ['an else without its if', ['if True:\n    pass', 'else:\n    pass'], '2:1 This is not valid Python'],
  [
    'an indented cell after an open block',
    ['for i in range(3):\n    x = i', '# next\n    y = x'],
    '2:2 This is not valid Python',
  ],
  ['print of Python 2', ['print "a"'], '1:1 `print` without brackets is Python 2.'],
  ['exec of Python 2', ['exec "x = 1"'], '1:1 `exec` without brackets is Python 2.'],
  ['except of Python 2', ['try:\n    pass\nexcept ValueError, e:\n    pass'], '1:3 `except A, e:` is Python 2'],
  ['a number of Python 2', ['x = 0777'], '1:1 This is not valid Python: invalid decimal integer literal.'],
  [
    'a merge conflict',
    ['x = 1\n<<<<<<< HEAD\ny = 1\n=======\ny = 2\n>>>>>>> b'],
    '1:2 A merge conflict is left in the code here.',
  ],
  ['typographic quotes', ['x = \u201ca\u201d'], '1:1 `\u201c` is a typographic character'],
  ['a no-break space', ['x = 1\nif x:\n\u00a0   y = 1'], '1:3 There is a no-break space here'],
  ['a shell command without its mark', ['import os\npip install timm'], '1:2 `pip install` is not Python'],
  [
    'a cell magic that does not stand first',
    ['# timed\n%%time\nx = 1'],
    '1:2 `%%time` must be the first line of its cell.',
  ],
  ['return at the top', ['x = 1\nreturn x'], '1:2 This is not valid Python: `return` statement outside'],
  ['yield at the top', ['yield 3'], '1:1 This is not valid Python: `yield` statement outside'],
  ['break at the top', ['break'], '1:1 This is not valid Python: `break` outside loop.'],
  ['continue at the top', ['if True:\n    continue'], '1:2 This is not valid Python: `continue` not properly in loop.'],
  [
    'await in a plain function',
    ['import asyncio\ndef f():\n    await asyncio.sleep(1)'],
    '1:3 This is not valid Python',
  ],
  [
    'an argument given twice',
    ['print("a", end="", end="")'],
    '1:1 This is not valid Python: duplicate keyword argument `end`.',
  ],
  ['a parameter named twice', ['def f(a, a):\n    pass'], '1:1 This is not valid Python: duplicate parameter'],
  ['an assignment in a condition', ['x = 1\nif x = 1:\n    pass'], '1:2 This is not valid Python'],
  ['an assignment to a call', ['max(1) = 2'], '1:1 This is not valid Python: invalid assignment target.'],
  ['nonlocal at the top', ['nonlocal x'], '1:1 This is not valid Python'],
  [
    'too few values for a format',
    ['x = 1\n"%s %s" % (x,)'],
    '1:2 `%`-format string has 2 placeholder(s) but 1 substitution(s).',
  ],
  ['a missing field of a format', ['"{} {}".format(1)'], '1:1 `.format` call is missing argument(s)'],
  ['a wrong type for a format', ['"%d" % "a"'], '1:1 Format type does not match argument type.'],
  [
    'a name defined in a later cell',
    ['x = 1', 'print(train_df)', 'train_df = x'],
    '2:1 `train_df` is used here but first defined in cell 3.',
  ],
  ['a name defined in a later line', ['print(a)\na = 1'], '1:1 `a` is used here but first defined in line 2.'],
  [
    'a name defined nowhere',
    ['food = 1', 'print(foood)'],
    '2:1 `foood` is not defined anywhere in this notebook. Did you mean `food`?',
  ],
  [
    'an import left out',
    ['x = np.zeros(3)'],
    '1:1 `np` is not defined anywhere in this notebook; `import numpy as np` is missing.',
  ],
  [
    'a function that was renamed',
    ['def train_model():\n    pass', 'train_mode1()'],
    '2:1 `train_mode1` is not defined anywhere in this notebook. Did you mean `train_model`?',
  ],
  ['a name of Python 2', ['for i in xrange(3):\n    pass'], '1:1 `xrange` is Python 2; Python 3 calls it `range`.'],
  [
    'the file name of a notebook',
    ['import os\nhere = os.path.dirname(__file__)'],
    '1:2 `__file__` does not exist in a notebook.',
  ],
  [
    'a name that was deleted',
    ['x = 1', 'del x', 'print(x)'],
    '3:1 `x` is not defined here any more; cell 2 deletes it.',
  ],
  ['the error after its except', ['try:\n    pass\nexcept ValueError as e:\n    pass\nprint(e)'], '1:5 `e` is'],
  [
    'an undefined name in a function that is called',
    ['def f():\n    return foo\nf()'],
    '1:2 `foo` is not defined anywhere',
  ],
  [
    'an undefined name in a class that is made',
    ['class A:\n    def __init__(self):\n        self.x = foo', 'a = A()'],
    '1:3 `foo` is not defined anywhere',
  ],
  [
    'an undefined name in a method that is called',
    ['class A:\n    def go(self):\n        return foo', 'a = A()\na.go()'],
    '1:3 `foo` is not defined anywhere',
  ],
  ['an undefined default value', ['def f(a=foo):\n    pass'], '1:1 `foo` is not defined anywhere'],
  ['an undefined base class', ['class A(Foo):\n    pass'], '1:1 `Foo` is not defined anywhere'],
  ['an undefined decorator', ['@foo\ndef f():\n    pass'], '1:1 `foo` is not defined anywhere'],
  ['an undefined name in an f-string', ['print(f"{foo!r:>10}")'], '1:1 `foo` is not defined anywhere'],
  ['an undefined name under %time', ['%time foo.fit(1)'], '1:1 `foo` is not defined anywhere'],
  ['an undefined name under %%time', ['%%time\n\nfoo.fit(1)'], '1:3 `foo` is not defined anywhere'],
  [
    'a call before what it needs is defined',
    ['def train():\n    return rate * 2', 'train()', 'rate = 1'],
    '2:1 `train` is called here but needs `rate`, which is first defined in cell 3.',
  ],
  [
    'a call through another function',
    ['def a():\n    return rate\ndef b():\n    return a()', 'b()', 'rate = 1'],
    '2:1 `b` is called here but needs `rate`',
  ],
  [
    'a call before the function it calls',
    ['def a():\n    return helper()', 'a()', 'def helper():\n    return 1'],
    '2:1 `a` is called here but needs `helper`, which is first defined in cell 3.',
  ],
  [
    'a call after what it needs is deleted',
    ['rate = 1\ndef train():\n    return rate', 'del rate', 'train()'],
    '3:1 `train` is called here but needs `rate`, which is not defined at this point.',
  ],
  ['a local name read too early', ['n = 1\ndef f():\n    print(n)\n    n = 2\nf()'], '1:3 `n`'],
];

describe('a breakage is found with its cell and line:', () => {
  it.each(BLOCKERS)('%s', (_, cells, expected) => {
    const found = check(cells);
    expect(found.filter((one) => one.startsWith('blocker'))).toHaveLength(1);
    expect(found.join('\n')).toContain(`blocker ${expected}`);
  });
});

/** All of this runs. */
const FINE: readonly (readonly [string, readonly string[]])[] = [
  [
    'magics and shell lines',
    [
      '%matplotlib inline\n!pip install -q x \\\n  y\n%cd /kaggle/working\n!!ls',
      'files = !ls\nwhere = %pwd\nprint(files, where)',
    ],
  ],
  ['help', ['x = 1\nx?\n?x\nx??\nlen?']],
  ['auto-calls', ['x = [1]', '/len x', ',print a b', ';print a b']],
  ['magics without their mark', ['pip install x', 'ls -l', 'cd ..', 'pwd', 'time print(1)']],
  [
    'cells in other languages',
    [
      '%%bash\nfor i in *; do echo $i; done',
      '%%html\n<b>x</b>',
      '%%javascript\nalert(1)',
      '%%writefile a.py\nimport b\nprint(c)',
      '%%latex\n$$x$$',
    ],
  ],
  ['captured output', ['%%capture out\n%%time\nx = 1', 'out.show()\nprint(x)']],
  [
    'await at the top',
    ['import asyncio\nawait asyncio.sleep(0)\nasync with asyncio.Lock():\n    pass\nx = [i async for i in aiter([])]'],
  ],
  ['IPython’s own names', ['display(1)\nget_ipython()\nprint(_, __, In, Out)\nexit']],
  ['a function that uses what a later cell defines', ['def f():\n    return rate', 'rate = 1', 'f()']],
  ['a name that is deleted after the calls', ['def f():\n    return rate\nrate = 1\nf()', 'del rate']],
  ['a name that may not exist', ['try:\n    old\nexcept NameError:\n    old = 1', 'print(old)']],
  ['a cell indented as a whole', ['    x = 1\n    y = 2', 'print(x, y)']],
  ['pasted prompts', ['>>> x = 1\n>>> if x:\n...     y = 2', 'print(y)']],
  ['an annotation that is only text', ['def f(a: "Foo") -> "Bar":\n    b: Baz = a\n    return b\nf(1)']],
  [
    'a conditional import',
    ['try:\n    import cudf as df_lib\nexcept ImportError:\n    import pandas as df_lib\ndf_lib.DataFrame()'],
  ],
  ['f-strings of Python 3.12', ['x = {"a": 1}\nprint(f"{x["a"]}")']],
  ['print at the end with a semicolon', ['x = 1;\nprint(x);']],
  ['a future import in a later cell', ['x = 1', 'from __future__ import annotations\ny = 2']],
  ['a global statement in a later cell', ['x = 1', 'global x\nx = 2']],
  [
    'match statements and type aliases',
    ['x = 1\nmatch x:\n    case 1:\n        y = 2\n    case _:\n        y = 3\ntype T = int'],
  ],
  ['walrus, star and comprehension targets', ['if (n := 3) > 2:\n    a, *b = [n, 1]\nprint([c for c in b], a, n)']],
  ['Windows line ends', ['x = 1\r\nif x:\r\n    print(x)\r\n']],
  ['empty cells and comments', ['', '# nothing', '\n\n', 'x = 1']],
  ['a % and a ! inside brackets and strings', ['x = 5\ny = (x\n  % 3)\nz = """\n!ls\n%time\n"""\nw = x != 3']],
];

describe('what runs is not touched:', () => {
  it.each(FINE)('%s', (_, cells) => {
    expect(check(cells)).toEqual([]);
  });
});

/** It may stop a run, or somebody else defines the name: never a blocker. */
const SOFT: readonly (readonly [string, readonly string[], string])[] = [
  ['a branch that may not run', ['import os\nif os.path.exists("x"):\n    foo()'], 'warning 1:3 `foo`'],
  ['one side of a condition', ['import os\nx = foo if os.path.exists("x") else 1'], 'warning 1:2 `foo`'],
  ['the right of an and', ['x = 0\ny = x and foo'], 'warning 1:2 `foo`'],
  ['an except that is rarely reached', ['try:\n    x = 1\nexcept ValueError:\n    foo()'], 'warning 1:4 `foo`'],
  ['what an except asks for', ['try:\n    x = 1\nexcept FooError:\n    pass'], 'warning 1:3 `FooError`'],
  ['a try that catches all', ['try:\n    foo()\nexcept Exception:\n    pass'], 'hint 1:2 `foo`'],
  ['code that never runs', ['if False:\n    foo()'], 'hint 1:2 `foo`'],
  ['code for type checkers', ['from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    foo()'], 'hint 1:3 `foo`'],
  ['a function that nothing calls', ['def f():\n    return foo'], 'hint 1:2 `foo`'],
  ['a function that is handed on', ['def f(x):\n    return foo\nmap(f, [1])'], 'warning 1:2 `foo`'],
  [
    'a method that a framework may call',
    ['class A:\n    def forward(self):\n        return foo', 'a = A()'],
    'warning 1:3 `foo`',
  ],
  [
    'a function that may return before',
    ['def f(x):\n    if x:\n        return 1\n    return foo\nf(1)'],
    'warning 1:4 `foo`',
  ],
  [
    'an import *',
    ['from fastai.vision.all import *', 'learn = Learner()'],
    'hint 2:1 `Learner` can only come from an `import *`.',
  ],
  [
    'a typo behind an import *',
    ['from fastai.vision.all import *\nlearner_one = 1', 'learner_oen.fit()'],
    'hint 2:1 `learner_oen` can only come from an `import *`. Did you mean `learner_one`?',
  ],
  [
    'a later cell behind an import *',
    ['from utils import *', 'print(rate)', 'rate = 1'],
    'warning 2:1 `rate` is used here but first defined in cell 3.',
  ],
  ['%run', ['%run setup.py', 'foo()'], 'hint 2:1 `foo` is not defined in this notebook, unless a magic in cell 1'],
  [
    'exec',
    ['exec(open("a.py").read())', 'foo()'],
    'hint 2:1 `foo` is not defined in this notebook, unless line 1 of cell 1',
  ],
  ['globals', ['globals()["foo"] = 1', 'foo'], 'hint 2:1 `foo`'],
  [
    'globals handed on',
    ['from learntools.core import binder\nbinder.bind(globals())', 'q_1.check()'],
    'hint 2:1 `q_1`',
  ],
  ['an unknown magic', ['%%cython\ndef foo(): pass', 'foo()'], 'hint 2:1 `foo`'],
  ['a magic that stores a table', ['%%bigquery foo\nselect 1', 'foo.head()'], 'hint 2:1 `foo`'],
  ['what comes after the end of the run', ['import sys\nsys.exit()', 'foo()'], 'warning 2:1 `foo`'],
  ['a name that a broken cell defines', ['foo = = 1', 'print(foo)'], 'blocker 1:1'],
];

describe('what code may know better is no blocker:', () => {
  it.each(SOFT)('%s', (_, cells, expected) => {
    const found = check(cells);
    expect(found.join('\n')).toContain(expected);
    expect(found.filter((one) => one.startsWith('blocker'))).toHaveLength(expected.startsWith('blocker') ? 1 : 0);
  });
});

describe('a script', () => {
  it('is told with lines of the file', () => {
    expect(check(['x = 1\nprint(y)'], 'script')).toEqual(['blocker -:2 `y` is not defined anywhere in this script.']);
  });
  it('has no magics: Kaggle runs it as plain Python', () => {
    expect(check(['import os\n!pip install x'], 'script')).toEqual([
      'blocker -:2 `!pip install x` works in a notebook; Kaggle runs a script as plain Python and stops here.',
    ]);
    expect(check(['# %%\nx = 1\n# %% [markdown]\n# text\n%matplotlib inline'], 'script')[0]).toContain(
      '-:5 `%matplotlib inline`',
    );
  });
  it('may be of jupytext’s percent cells, and has a file name', () => {
    expect(
      check(['# %%\nimport os\nprint(os.path.dirname(__file__))\n# %% [markdown]\n# # Title\n'], 'script'),
    ).toEqual([]);
  });
  it('can not await at the top', () => {
    expect(check(['import asyncio\nawait asyncio.sleep(1)'], 'script')[0]).toContain('blocker -:2');
  });
});

it('does not let a broken cell hide the next one', () => {
  expect(check(['import os\nfoo = """a', 'print(foo)\nbar()', 'x = max(1,', 'baz()'])).toEqual([
    'blocker 1:2 A string begins here and is never closed.',
    'blocker 2:2 `bar` is not defined anywhere in this notebook.',
    'blocker 3:1 `(` is opened here and never closed.',
    'blocker 4:1 `baz` is not defined anywhere in this notebook.',
  ]);
});

it('says that the run ends early', () => {
  expect(check(['x = 1\nraise SystemExit("stop")', 'print(x)'])).toEqual([
    'warning 1:2 The run ends here: `raise SystemExit("stop")` keeps the cells below from running.',
  ]);
});

it('shows names and messages without letting them format a message', () => {
  const [finding] = findInCode({ kind: 'notebook', cells: ['__x__'], tags: [] }, lint);
  expect(finding?.sentence).toContain('`__x__`');
});
