import { describe, expect, it } from 'vitest';
import { summarizeTable } from '../../src/results/table-summary.ts';

const sum = (text: string | Buffer, name = 'a.csv', whole = true) => summarizeTable(name, Buffer.from(text), whole);

describe('the summary of a table', () => {
  it('tells rows, types, ranges and what is missing', async () => {
    const summary = await sum(
      'id,score,when,label,ok,none\n1,0.5,2026-01-02,cat,true,\n2,NaN,2026-03-01,,false,\n3,-1e-3,2025-12-31,3,true,\n',
    );
    expect(summary).toMatchObject({ rowsRead: 3, ragged: 0, preview: { rowCount: 3 } });
    expect(summary?.columns).toEqual([
      { name: 'id', type: 'whole', range: ['1', '3'], missing: 0 },
      { name: 'score', type: 'number', range: ['-0.001', '0.5'], missing: 1 },
      { name: 'when', type: 'date', range: ['2025-12-31', '2026-03-01'], missing: 0 },
      { name: 'label', type: 'text', range: null, missing: 1 },
      { name: 'ok', type: 'truth', range: null, missing: 0 },
      { name: 'none', type: 'empty', range: null, missing: 3 },
    ]);
  });

  it.each([
    ['semicolons', 'a;b\n1;x\n2;y\n', ['a', 'b'], 2],
    ['a byte order mark', '\ufeffa,b\n1,x\n2,y\n', ['a', 'b'], 2],
    ['line breaks inside quotes', 'a,b\n1,"x\ny\n\nz"\n2,"y, ""q"""\n', ['a', 'b'], 2],
    ['CRLF', 'a,b\r\n1,x\r\n2,y\r\n', ['a', 'b'], 2],
    ['empty lines', 'a,b\n\n1,x\n\n2,y\n\n\n', ['a', 'b'], 2],
  ])('is read with %s', async (_, text, columns, rows) => {
    const summary = await sum(text);
    expect([summary?.preview.columns, summary?.rowsRead]).toEqual([columns, rows]);
    expect(summary?.columns[0]).toEqual({ name: 'a', type: 'whole', range: ['1', '2'], missing: 0 });
  });

  it('is read from tabs and from Latin-1', async () => {
    expect((await sum('a\tb\n1\tx,y\n', 'a.tsv'))?.preview.rows).toEqual([['1', 'x,y']]);
    expect((await sum(Buffer.from('name\ncaf\u00e9\n', 'latin1')))?.preview.rows).toEqual([['café']]);
  });

  it('counts ragged rows and takes what is not there as missing', async () => {
    const summary = await sum('a,b,c\n1,2\n1,2,3,4\n1,2,3\n');
    expect(summary).toMatchObject({ ragged: 2, rowsRead: 3 });
    expect(summary?.columns[2]).toEqual({ name: 'c', type: 'whole', range: ['3', '3'], missing: 1 });
  });

  it('says nothing of a column that does not hold for every cell', async () => {
    expect((await sum('a\n1\n2\n3x\n'))?.columns[0]).toMatchObject({ type: 'text', range: null });
  });

  it('leaves out the last row of a part, which may be cut', async () => {
    expect(await sum('a\n1\n2\n99', 'a.csv', false)).toMatchObject({
      rowsRead: 2,
      columns: [{ range: ['1', '2'] }],
      preview: { rowCount: null },
    });
  });

  it('marks as text what a spreadsheet would take for a formula, but no number', async () => {
    const rows = (await sum('a\n=1+1\n@x\n-cmd|x\n+A1\n-5\n+.5\n-inf\n'))?.preview.rows.map(([cell]) => cell);
    expect(rows).toEqual(["'=1+1", "'@x", "'-cmd|x", "'+A1", '-5', '+.5', '-inf']);
  });

  it('is quick on a cell of 2 MB and on half a million rows', async () => {
    const start = performance.now();
    expect((await sum(`a,b\n"${'x'.repeat(2_000_000)}",1\n`))?.columns[1]?.range).toEqual(['1', '1']);
    const long = await sum(`a,b\n${'12,0.5\n'.repeat(500_000)}`);
    expect(long?.rowsRead).toBe(500_000);
    expect(performance.now() - start).toBeLessThan(6_000);
  });

  it.each(['', '\0\0\0'])('is nothing for what is no table: %j', async (text) => {
    expect(await sum(text)).toBeNull();
    expect(await sum(`${text}PAR1`, 'a.parquet')).toBeNull();
  });
});

/** Thrift's compact protocol, as much of it as a footer of Parquet needs. */
const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
const zigzag = (n: number): number[] => varint(n * 2);
const text = (of: string): number[] => [...varint(of.length), ...Buffer.from(of)];
type Field = readonly [id: number, type: number, bytes: readonly number[]];
const struct = (...fields: readonly Field[]): number[] => {
  let last = 0;
  const bytes = fields.flatMap(([id, type, value]) => {
    const head = ((id - last) << 4) | type;
    last = id;
    return [head, ...value];
  });
  return [...bytes, 0];
};
const list = (type: number, items: readonly (readonly number[])[]): number[] => [
  (items.length << 4) | type,
  ...items.flat(),
];
const [I32, I64, BINARY, LIST, STRUCT] = [5, 6, 8, 9, 12];

/** One column `id` of three 32-bit numbers, plain and unpacked, with its statistics. */
function parquet(): Buffer {
  const values = Buffer.alloc(12);
  for (const [at, value] of [7, 8, 9].entries()) values.writeInt32LE(value, at * 4);
  const page = struct(
    [1, I32, zigzag(0)],
    [2, I32, zigzag(values.length)],
    [3, I32, zigzag(values.length)],
    [5, STRUCT, struct([1, I32, zigzag(3)], [2, I32, zigzag(0)], [3, I32, zigzag(3)], [4, I32, zigzag(3)])],
  );
  const data = Buffer.concat([Buffer.from('PAR1'), Buffer.from(page), values]);
  const size = zigzag(data.length - 4);
  const int32 = (n: number): number[] => [4, n, 0, 0, 0];
  const statistics = struct([3, I64, zigzag(0)], [5, BINARY, int32(9)], [6, BINARY, int32(7)]);
  const column = struct(
    [1, I32, zigzag(1)],
    [2, LIST, list(I32, [zigzag(0)])],
    [3, LIST, list(BINARY, [text('id')])],
    [4, I32, zigzag(0)],
    [5, I64, zigzag(3)],
    [6, I64, size],
    [7, I64, size],
    [9, I64, zigzag(4)],
    [12, STRUCT, statistics],
  );
  const footer = struct(
    [1, I32, zigzag(1)],
    [
      2,
      LIST,
      list(STRUCT, [
        struct([4, BINARY, text('schema')], [5, I32, zigzag(1)]),
        struct([1, I32, zigzag(1)], [3, I32, zigzag(0)], [4, BINARY, text('id')]),
      ]),
    ],
    [3, I64, zigzag(3)],
    [
      4,
      LIST,
      list(STRUCT, [
        struct(
          [1, LIST, list(STRUCT, [struct([2, I64, zigzag(4)], [3, STRUCT, column])])],
          [2, I64, size],
          [3, I64, zigzag(3)],
        ),
      ]),
    ],
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([data, Buffer.from(footer), length, Buffer.from('PAR1')]);
}

describe('the summary of a Parquet file', () => {
  it('tells rows, types and ranges by its footer, and shows the first rows', async () => {
    expect(await summarizeTable('oof.parquet', parquet(), true)).toEqual({
      preview: { name: 'oof.parquet', columns: ['id'], rows: [['7'], ['8'], ['9']], rowCount: 3 },
      columns: [{ name: 'id', type: 'whole', range: ['7', '9'], missing: 0 }],
      rowsRead: 3,
      ragged: 0,
    });
  });

  it('is nothing of a part, which has no footer, or of a damaged one', async () => {
    const bytes = parquet();
    expect(await summarizeTable('a.parquet', bytes, false)).toBeNull();
    for (let at = 0; at < bytes.length; at += 3) {
      const broken = Buffer.from(bytes);
      broken[at] = 255 - (broken[at] ?? 0);
      await expect(summarizeTable('a.parquet', broken, true)).resolves.toSatisfy(
        (found) => found === null || typeof found === 'object',
      );
    }
  });
});
