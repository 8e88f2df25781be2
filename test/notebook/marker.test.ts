import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markerOf, withMarker } from '../../src/notebook/marker.ts';

const A = 'Ab3_-Ab3_-Ab3_-Ab3_-Ab';
const B = 'Zz9_-Zz9_-Zz9_-Zz9_-Zz';
const notebook = { kind: 'notebook', text: '{"cells":[],"metadata":{"kept":1},"nbformat":4}' } as const;
const script = (text: string) => ({ kind: 'script', text }) as const;

describe('the mark of a run', () => {
  it('stands in the metadata of a notebook, beside what was there', () => {
    const marked = withMarker(notebook, A);
    expect(JSON.parse(marked)).toEqual({ cells: [], metadata: { kept: 1, nightshift: { run: A } }, nbformat: 4 });
    expect(markerOf(marked)).toBe(A);
  });

  it('is the last comment line of a script', () => {
    expect(withMarker(script('print(1)'), A)).toBe(`print(1)\n# nightshift run: ${A}\n`);
    expect(withMarker(script('print(1)\r\n'), A)).toBe(`print(1)\r\n# nightshift run: ${A}\r\n`);
    expect(withMarker({ kind: 'script', language: 'rmarkdown', text: '# Title\n' }, A)).toBe(
      `# Title\n<!-- nightshift run: ${A} -->\n`,
    );
  });

  it('takes the place of an older one', () => {
    for (const source of [
      notebook,
      script('print(1)\n'),
      { kind: 'script', language: 'rmarkdown', text: 'a\n' } as const,
    ]) {
      const once = withMarker(source, A);
      const again = withMarker({ ...source, text: once }, B);
      expect(markerOf(again)).toBe(B);
      expect(again).not.toContain(A);
      expect(again).toBe(withMarker(source, B));
    }
  });

  it('of any script is found again, and marking twice is marking once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const marked = withMarker(script(text), A);
        expect(markerOf(marked)).toBe(A);
        expect(withMarker(script(marked), A)).toBe(marked);
        expect(marked.startsWith(text)).toBe(true);
      }),
    );
  });

  it('is null where there is none, or only something like it', () => {
    for (const text of [
      '',
      '{}',
      '[]',
      'print(1)\n',
      '{"metadata":{"nightshift":7}}',
      '{"metadata":{"nightshift":{"run":"a b"}}}',
      '# nightshift run: a b',
      `# nightshift run: ${A}\nprint(2)\n`,
      `x = "# nightshift run: ${A}"`,
    ]) {
      expect(markerOf(text)).toBeNull();
    }
  });

  it('is never made of a key that could be more than a key', () => {
    expect(() => withMarker(script('a'), 'x\nimport os')).toThrow();
    expect(() => withMarker(script('a'), '')).toThrow();
  });
});
