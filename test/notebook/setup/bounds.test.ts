import { expect, test } from 'vitest';
import { checkSetup } from '../../../src/notebook/check-setup.ts';
import { readSource, type Source } from '../../../src/notebook/read.ts';
import { check, short } from './table.ts';

const of = (source: Source) => checkSetup({ source, accelerator: 'none', inputs: [], internet: false });
const hostile = (...cells: string[]): Source => ({
  kind: 'notebook',
  language: 'python',
  text: '{"cells":[]}',
  cells: cells.length,
  fileName: 'a.ipynb',
  cellSources: cells,
});

test('a cell whose error Jupyter forgives blocks nothing', () => {
  const cells = ['import vllm', 'x = input()'].map((source) => ({
    cell_type: 'code',
    execution_count: null,
    metadata: { tags: ['raises-exception'] },
    outputs: [],
    source,
  }));
  const bytes = Buffer.from(JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  expect(short(of(readSource('a.ipynb', bytes)))).toEqual(['hint import-missing 1:1', 'hint asks-somebody 2:1']);
});

test('what comes from the notebook stands in code style, cut, and cannot leave it', () => {
  const path = `/kaggle/input/a\`@everyone\`${'b'.repeat(500)}/x`;
  const found = check([`open("${path}")`, `!wget https://example.com/\`@everyone\`[x](https://example.com)`]);
  for (const { sentence } of found) {
    expect(sentence.length).toBeLessThan(300);
    expect(sentence.replace(/`[^`]*`/g, '')).not.toMatch(/everyone|example/);
  }
  expect(found.length).toBeGreaterThan(0);
});

test.each([
  ['open brackets', '('.repeat(100_000)],
  ['calls in calls', 'f('.repeat(30_000) + ')'.repeat(30_000)],
  ['joins in joins', `${'os.path.join('.repeat(10_000)}"a"${', "b")'.repeat(10_000)}`],
  ['one long sum of texts', `x = ${'"a"+'.repeat(60_000)}"b"`],
  ['a text that doubles with every line', `x = "a"\n${'x = x + x\n'.repeat(200)}`],
  ['quotes', '"'.repeat(200_000)],
  ['one shell line', `!pip install ${'a '.repeat(100_000)}`],
  ['commands in one line', `!${'a;'.repeat(100_000)}`],
  ['one import line', `import ${'a,'.repeat(100_000)}b`],
  ['fields of an f-string', `x = f"${'{a}'.repeat(60_000)}"`],
  ['deep blocks', Array.from({ length: 1_500 }, (_, index) => `${' '.repeat(index)}if x:`).join('\n')],
])('%s are read in bounded time', (_, cell) => {
  const start = performance.now();
  expect(of(hostile(cell)).length).toBeLessThan(20);
  // Nothing here takes a second on a quiet machine; what is quadratic takes a minute.
  expect(performance.now() - start).toBeLessThan(10_000);
});

test('thousands of findings become what somebody would read', () => {
  const cells = Array.from(
    { length: 3_000 },
    (_, index) => `x = open("/kaggle/input/d${index}/a")\nimport m${index}\n!pip install p${index}`,
  );
  const found = of(hostile(...cells));
  expect(found.length).toBeLessThan(60);
  expect(short(found)).toContain('warning input-path 1:1');
});
