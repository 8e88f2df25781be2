import { describe, expect, it } from 'vitest';
import { previewTable } from '../../src/results/table.ts';

const preview = (text: string | Buffer, whole = true, name = 'a.csv') => previewTable(name, Buffer.from(text), whole);

describe('a preview', () => {
  it('has the columns, the first ten rows and the number of rows', async () => {
    const rows = Array.from({ length: 18_634 }, (_, n) => `te_${n},rust,0.${n}`).join('\n');
    const table = await preview(`image_id,label,p\n${rows}\n`);
    expect(table).toMatchObject({ name: 'a.csv', columns: ['image_id', 'label', 'p'], rowCount: 18_634 });
    expect(table?.rows).toHaveLength(10);
    expect(table?.rows[0]).toEqual(['te_0', 'rust', '0.0']);
  });

  it('of a part tells no number of rows and leaves out the row that is cut', async () => {
    const table = await preview('a,b\n1,2\n3,45', false);
    expect(table).toEqual({ name: 'a.csv', columns: ['a', 'b'], rows: [['1', '2']], rowCount: null });
  });

  it.each([
    ['semicolons', 'a;b\n1;2\n', ['a', 'b'], ['1', '2']],
    ['tabs', 'a\tb\n1\t2\n', ['a', 'b'], ['1', '2']],
    ['quotes with commas and line breaks', 'a,b\n"x, ""y""","1\n2"\n', ['a', 'b'], ['x, "y"', '1 2']],
    ['a byte order mark', '\ufeffa,b\n1,2\n', ['a', 'b'], ['1', '2']],
    ['ragged rows', 'a,b\n1\n1,2,3\n', ['a', 'b'], ['1']],
    ['Windows line ends', 'a,b\r\n1,2\r\n', ['a', 'b'], ['1', '2']],
    ['a single column', 'label\nrust\nscab\n', ['label'], ['rust']],
    ['numbers without a header', '1,2\n3,4\n', ['column 1', 'column 2'], ['1', '2']],
  ])('is made of %s', async (_, text, columns, row) => {
    const table = await preview(text);
    expect(table?.columns).toEqual(columns);
    expect(table?.rows[0]).toEqual(row);
  });

  it('reads tables that are not UTF-8', async () => {
    expect((await preview(Buffer.from([0x61, 0x0a, 0xe9, 0x0a])))?.rows[0]).toEqual(['é']);
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,b\n1,2\n', 'utf16le')]);
    expect((await preview(wide))?.rows[0]).toEqual(['1', '2']);
  });

  it('keeps a character that lies across two slices', async () => {
    const text = `a\n${'日'.repeat(40_000)}\n木\n`;
    expect((await preview(text))?.rows[1]).toEqual(['木']);
  });

  it('cuts what is too long and keeps no control characters', async () => {
    const table = await preview(`${'c'.repeat(500)}\n${'x'.repeat(500)}\u0000\u001b[31m\n`.replace('\u0000', ''));
    expect(table?.columns[0]).toHaveLength(80);
    expect(table?.rows[0]?.[0]).toHaveLength(80);
  });

  it.each([
    ['another kind of file', 'a,b\n1,2\n', 'a.parquet'],
    ['nothing', '', 'a.csv'],
    ['binary under a false name', 'PK\u0003\u0004\u0000\u0000', 'a.csv'],
    ['blank lines', '\n\n\n', 'a.csv'],
  ])('is not made of %s', async (_, text, name) => {
    expect(await preview(text, true, name)).toBeNull();
  });

  it('of 20 MB lets others work between its slices', async () => {
    const bytes = Buffer.from(`a,b,c\n${'12345,abcdefgh,0.123456\n'.repeat(870_000)}`);
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const table = await preview(bytes);
    clearInterval(timer);
    expect(table?.rowCount).toBe(870_000);
    expect(longest).toBeLessThan(250);
  });
});
