import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type CodeChecker, createCodeChecker } from '../../src/notebook/check-code.ts';
import { readSource, type Source } from '../../src/notebook/read.ts';

const notebook = (cells: readonly (string | { source: string; tags: string[] })[]): Source =>
  readSource(
    'train.ipynb',
    Buffer.from(
      JSON.stringify({
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {},
        cells: cells.map((cell) => ({
          cell_type: 'code',
          source: typeof cell === 'string' ? cell : cell.source,
          metadata: typeof cell === 'string' ? {} : { tags: cell.tags },
          outputs: [],
        })),
      }),
    ),
  );

const setupOf = (source: Source): Parameters<CodeChecker['setup']>[0] => ({
  source,
  accelerator: 'none',
  inputs: [],
  internet: false,
});

const checkers: CodeChecker[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(checkers.splice(0).map((one) => one.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
function checker(options: Parameters<typeof createCodeChecker>[0] = {}): CodeChecker {
  const made = createCodeChecker(options);
  checkers.push(made);
  return made;
}
/** A child that does something else than it should. */
function program(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightshift-child-'));
  folders.push(folder);
  const path = join(folder, 'child.mjs');
  writeFileSync(path, text);
  return path;
}

describe('reading code in a child process', () => {
  it('finds what is wrong, with cell and line', async () => {
    const found = await checker().check(notebook(['x = 1', 'print(x)\nprint(y)', 'if x\n  pass']));
    expect(found.map((one) => [one.severity, one.rule, one.at])).toEqual([
      ['blocker', 'undefined-name', { cell: 2, line: 2 }],
      ['blocker', 'syntax', { cell: 3, line: 1 }],
    ]);
  });
  it('answers several sources at once, each its own', async () => {
    const one = checker();
    const found = await Promise.all(['a', 'b', 'c'].map((name) => one.check(notebook([name]))));
    expect(found.map((list) => list[0]?.sentence.includes('defined'))).toEqual([true, true, true]);
    expect(found.map((list) => list[0]?.sentence[1])).toEqual(['a', 'b', 'c']);
  });
  it('looks at the tags of the cells', async () => {
    const found = await checker().check(
      notebook([
        { source: 'boom', tags: ['raises-exception'] },
        { source: 'x = 1\nif', tags: ['skip-execution'] },
        'x',
      ]),
    );
    expect(found.map((one) => [one.severity, one.at?.cell])).toEqual([
      ['hint', 1],
      ['blocker', 3],
    ]);
  });
  it('has nothing to say about R', async () => {
    expect(await checker().check(readSource('a.R', Buffer.from('x <- foo(y)')))).toEqual([]);
  });
  it('turns a checker that hangs, dies or can not start into a hint, and reads the next source', async () => {
    const hanging = checker({ longestMs: -9_900, program: program('process.on("message", () => { for (;;); });') });
    const dying = checker({ program: program('process.on("message", () => process.exit(3));') });
    const missing = checker({ program: join(tmpdir(), 'nightshift-no-such-file.mjs') });
    const source = notebook(['x']);
    for (const one of [hanging, dying, missing]) {
      for (let again = 0; again < 2; again++) {
        const found = [await one.check(source), await one.setup(setupOf(source))];
        expect(found.map((list) => list.map(({ severity, rule, at }) => ({ severity, rule, at })))).toEqual([
          [{ severity: 'hint', rule: 'not-checked', at: null }],
          [{ severity: 'hint', rule: 'not-checked', at: null }],
        ]);
      }
    }
  });
  it('reads what it would meet on Kaggle there too, so that a source made to be slow keeps nobody waiting', async () => {
    const one = checker({ longestMs: 300 });
    const found = await one.setup(setupOf(notebook(['x = open("/kaggle/input/leaf/a.csv")'])));
    expect(found.map(({ rule, at }) => [rule, at?.cell])).toEqual([['input-path', 1]]);
    // Each call is looked for in all statements: minutes for a file of this size.
    const slow = Array.from({ length: 30_000 }, (_, index) => `def f${index}():\n input()\n`).join('');
    let beats = 0;
    const beat = setInterval(() => (beats += 1), 10);
    const late = await one.setup(setupOf(readSource('a.py', Buffer.from(slow))));
    clearInterval(beat);
    expect(late).toEqual([
      {
        severity: 'hint',
        rule: 'not-checked',
        sentence: 'What it would meet on Kaggle could not be checked: it took too long.',
        at: null,
      },
    ]);
    // The bot itself went on all the while.
    expect(beats).toBeGreaterThan(10);
  });
  it('reads code while the other child hangs', async () => {
    const text =
      'process.on("message", ({ id, work }) => { if ("cells" in work) process.send({ id, findings: [] }); });';
    const one = checker({ program: program(text) });
    const hanging = one.setup(setupOf(notebook(['x'])));
    expect(await one.check(notebook(['x']))).toEqual([]);
    await one.stop();
    expect((await hanging)[0]?.rule).toBe('not-checked');
  });
  it('lets its child go when it is idle and starts another one', async () => {
    const one = checker({ idleMs: 1 });
    expect(await one.check(notebook(['x']))).toHaveLength(1);
    await new Promise((done) => setTimeout(done, 50));
    expect(await one.check(notebook(['x']))).toHaveLength(1);
  });
  it('answers what waits when it is stopped', async () => {
    const one = checker({ program: program('process.on("message", () => {});') });
    const waiting = [one.check(notebook(['x'])), one.check(notebook(['y']))];
    await one.stop();
    expect((await Promise.all(waiting)).flat().map((finding) => finding.rule)).toEqual(['not-checked', 'not-checked']);
    expect((await one.check(notebook(['x'])))[0]?.rule).toBe('not-checked');
  });
});
