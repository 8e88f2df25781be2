import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/domain/user-error.ts';
import { withMarker } from '../../src/notebook/marker.ts';
import { MAX_SOURCE_BYTES, readPulled, readSource, type Source } from '../../src/notebook/read.ts';

const KEY = 'Ab3_-Ab3_-Ab3_-Ab3_-Ab';
const bytes = (text: string): Buffer => Buffer.from(text);
const notebook = (
  more: object = {},
  cells: readonly object[] = [{ cell_type: 'code', source: 'x = 1', metadata: {}, outputs: [] }],
): string => JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells, ...more });
const read = (text: string, name = 'train.ipynb'): Source => readSource(name, bytes(text));

/** What a person reads, without the marks that isolate a name. */
function refusal(name: string, content: string | Uint8Array): string {
  try {
    readSource(name, typeof content === 'string' ? bytes(content) : content);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `**${error.title}** ${error.advice}`
      .trim()
      .replace(/[\u2068\u2069\\]/g, '')
      .replaceAll('\u00a0', ' ');
  }
  return 'taken';
}

describe('a notebook', () => {
  it('may have cells whose metadata is null', () => {
    const source = read(notebook({}, [{ cell_type: 'code', source: 'x = 1', metadata: null, outputs: [] }]));
    expect(JSON.parse(source.text).cells[0].metadata).toEqual({});
  });
  it('is of another language when only the name of its kernel says so', () => {
    const metadata = { kernelspec: { name: 'julia-1.9', display_name: 'Julia 1.9' } };
    expect(refusal('a.ipynb', notebook({ metadata }))).toBe(
      '**a.ipynb is written in julia;** Kaggle runs Python and R.',
    );
  });
  it('can not reach what all objects share', () => {
    read(notebook({}).replace('"metadata":{}', '"metadata":{"__proto__":{"reached":1}}'));
    expect('reached' in {}).toBe(false);
  });
  it('is normalised as Kaggle’s own client does it', () => {
    const source = read(
      notebook(
        {
          metadata: { kernelspec: { name: 'python3', display_name: 'Mine', language: 'python', extra: 1 }, title: 'x' },
        },
        [
          {
            cell_type: 'markdown',
            source: ['# A\n', 'b'],
            attachments: { 'a.png': { 'image/png': 'aGk=' } },
            metadata: {},
          },
          {
            cell_type: 'code',
            id: 'c1',
            source: ['a = 1\n', 'a'],
            execution_count: 7,
            outputs: [{ output_type: 'odd' }],
            metadata: { tags: ['t'] },
          },
        ],
      ),
    );
    expect(JSON.parse(source.text)).toEqual({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { kernelspec: { name: 'python3', display_name: 'Mine', language: 'python', extra: 1 }, title: 'x' },
      cells: [
        { cell_type: 'markdown', source: '# A\nb', attachments: { 'a.png': { 'image/png': 'aGk=' } }, metadata: {} },
        {
          cell_type: 'code',
          id: 'c1',
          source: 'a = 1\na',
          execution_count: null,
          outputs: [],
          metadata: { tags: ['t'] },
        },
      ],
    });
    expect(source).toMatchObject({
      kind: 'notebook',
      language: 'python',
      cells: 1,
      cellSources: ['a = 1\na'],
      fileName: 'train.ipynb',
    });
  });

  it('that is read again is the same', () => {
    const first = read(notebook());
    expect(read(first.text)).toEqual(first);
  });

  it.each([
    ['none at all', {}, 'python', 'python3'],
    [
      'a local conda name',
      { kernelspec: { name: 'conda-env-vision-py', display_name: 'Python [conda]', language: 'python' } },
      'python',
      'python3',
    ],
    ['a venv name and no language', { kernelspec: { name: '.venv', display_name: 'x' } }, 'python', 'python3'],
    ['only language_info', { language_info: { name: 'ipython3' } }, 'python', 'python3'],
    ['R by its kernel', { kernelspec: { name: 'ir', display_name: 'R' } }, 'r', 'ir'],
    ['R by its language', { kernelspec: { name: 'conda-env-r-r', language: 'R' } }, 'r', 'ir'],
    ['a kernelspec that is none', { kernelspec: 7 }, 'python', 'python3'],
  ])('gets a kernel that Kaggle has, from %s', (_, metadata, language, kernel) => {
    const source = read(notebook({ metadata }));
    expect(source.language).toBe(language);
    const { kernelspec } = (JSON.parse(source.text) as { metadata: { kernelspec: object } }).metadata;
    expect(kernelspec).toMatchObject({ name: kernel });
  });

  it('loses the state of its widgets, which belongs to the outputs', () => {
    expect(read(notebook({ metadata: { widgets: { 'application/x': { state: {} } }, kept: 1 } })).text).not.toContain(
      'widgets',
    );
  });

  it('keeps fields nobody here knows, also dangerous ones', () => {
    const text =
      '{"nbformat":4,"nbformat_minor":2,"__proto__":{"x":1},"own":[1],"metadata":{},"cells":[{"cell_type":"code","source":"1","metadata":{},"outputs":[],"zz":{"a":null}}]}';
    const source = read(text);
    expect(source.text).toContain('"own":[1]');
    expect(source.text).toContain('"zz":{"a":null}');
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('is known by its content, whatever it is called', () => {
    expect(read(notebook(), 'train.ipynb.txt').kind).toBe('notebook');
    expect(read(notebook(), 'train.json').kind).toBe('notebook');
    expect(read(notebook(), 'train.py').kind).toBe('notebook');
    expect(read(notebook(), 'TRAIN.IPYNB').kind).toBe('notebook');
  });

  it('may begin with a byte order mark', () => {
    expect(read(`\ufeff${notebook()}`).cells).toBe(1);
  });

  it('is measured after its outputs are cleared', () => {
    const outputs = [{ output_type: 'stream', name: 'stdout', text: 'x'.repeat(3_000_000) }];
    expect(read(notebook({}, [{ cell_type: 'code', source: '1', metadata: {}, outputs }])).cells).toBe(1);
  });

  it('is measured in bytes of UTF-8 with the mark in it: exactly the limit is taken, one byte more is not', () => {
    const sized = (length: number): string =>
      notebook({}, [{ cell_type: 'code', source: `木${'x'.repeat(length)}`, metadata: {}, outputs: [] }]);
    const rest = Buffer.byteLength(withMarker(read(sized(0)), KEY));
    const most = sized(MAX_SOURCE_BYTES - rest);
    expect(Buffer.byteLength(withMarker(read(most), KEY))).toBe(MAX_SOURCE_BYTES);
    expect(refusal('a.ipynb', sized(MAX_SOURCE_BYTES - rest + 1))).toBe(
      '**a.ipynb is 1,000,001 bytes without outputs; Kaggle takes 1,000,000 bytes.**',
    );
  });
});

describe('a script', () => {
  it.each([
    ['a.py', 'python'],
    ['a.R', 'r'],
    ['a.Rmd', 'rmarkdown'],
  ])('%s is read as it is', (name, language) => {
    const text = 'print("木")\r\n';
    expect(readSource(name, bytes(text))).toEqual({
      kind: 'script',
      language,
      text,
      cells: 1,
      fileName: name,
      cellSources: [text],
    });
  });
});

const deep = `${'['.repeat(200_000)}1${']'.repeat(200_000)}`;

describe('refused, with the thing, the reason and what to do:', () => {
  const zip = Buffer.from('PK\u0003\u0004rest');
  const tar = Buffer.concat([Buffer.alloc(257, 0x61), Buffer.from('ustar\0')]);
  it.each<[string, string, string | Uint8Array, string]>([
    ['a zip', 'results.zip', zip, '**results.zip is not a notebook.** Attach an `.ipynb` or `.py` file.'],
    ['a zip under a false name', 'x.ipynb', zip, '**x.ipynb is not a notebook.** Attach an `.ipynb` or `.py` file.'],
    ['gzip', 'x.ipynb', gzipSync('{}'), '**x.ipynb is not a notebook.** Attach an `.ipynb` or `.py` file.'],
    ['tar', 'x.py', tar, '**x.py is not a notebook.** Attach an `.ipynb` or `.py` file.'],
    [
      'a picture',
      'x.ipynb',
      Buffer.from([0x89, 0x50, 0x4e, 0x47]),
      '**x.ipynb is not a notebook.** Attach an `.ipynb` or `.py` file.',
    ],
    ['a PDF', 'x.py', '%PDF-1.7', '**x.py is not a notebook.** Attach an `.ipynb` or `.py` file.'],
    ['text of no kind', 'notes.txt', 'hello', '**notes.txt is not a notebook.** Attach an `.ipynb` or `.py` file.'],
    ['JSON of no kind', 'data.json', '{"a":1}', '**data.json is not a notebook.** Attach an `.ipynb` or `.py` file.'],
    [
      'broken JSON',
      'x.ipynb',
      '{\n "cells": [\n  {"a": 1}\n  {"b": 2}\n ]\n}',
      '**x.ipynb is not readable as a notebook:** line 4, column 3: a comma is missing.',
    ],
    [
      'a merge conflict',
      'x.ipynb',
      '{\n<<<<<<< HEAD\n "cells": []}',
      '**x.ipynb is not readable as a notebook:** line 2, column 1: a name in double quotes is missing.',
    ],
    [
      'a cut file',
      'x.ipynb',
      notebook().slice(0, -5),
      '**x.ipynb is not readable as a notebook:** line 1, column 118: the file ends too early.',
    ],
    ['nothing', 'x.ipynb', '', '**x.ipynb is not readable as a notebook:** it is empty.'],
    ['an empty script', 'x.py', ' \n', '**x.py is not readable as a script:** it is empty.'],
    [
      'a web page',
      'x.ipynb',
      '<!DOCTYPE html><html>',
      '**x.ipynb is not readable as a notebook:** it is a web page, not the file behind it.',
    ],
    [
      'bytes that are no text',
      'x.ipynb',
      Buffer.from([0x7b, 0xff, 0x7d]),
      '**x.ipynb is not readable as a notebook:** it is not UTF-8 text.',
    ],
    [
      'UTF-16',
      'x.py',
      Buffer.from('\ufeffx = 1', 'utf16le'),
      '**x.py is not readable as a script:** it is UTF-16 text; save it as UTF-8.',
    ],
    ['a NUL in a script', 'x.py', 'x = 1\0', '**x.py is not readable as a script:** it contains a NUL byte.'],
    [
      'format 3',
      'x.ipynb',
      '{"nbformat":3,"worksheets":[]}',
      '**x.ipynb is not readable as a notebook:** it is in the old format 3. Open it in Jupyter and save it once.',
    ],
    [
      'format 5',
      'x.ipynb',
      '{"nbformat":5,"cells":[]}',
      '**x.ipynb is not readable as a notebook:** it is in format 5, which Kaggle does not know. Open it in Jupyter and save it once.',
    ],
    [
      'JSON that is no notebook',
      'x.ipynb',
      '{"a":1}',
      '**x.ipynb is not readable as a notebook:** `nbformat` is missing or not as notebook format 4 has it.',
    ],
    [
      'a list',
      'x.ipynb',
      '[]',
      '**x.ipynb is not readable as a notebook:** the whole is missing or not as notebook format 4 has it.',
    ],
    [
      'a cell without a source',
      'x.ipynb',
      notebook({}, [{ cell_type: 'code', source: 'a' }, { cell_type: 'code' }]),
      '**x.ipynb is not readable as a notebook:** `cells[1].source` is missing or not as notebook format 4 has it.',
    ],
    [
      'no code cells',
      'x.ipynb',
      notebook({}, [{ cell_type: 'markdown', source: 'hi' }]),
      '**x.ipynb has no code cells.**',
    ],
    [
      'empty code cells',
      'x.ipynb',
      notebook({}, [{ cell_type: 'code', source: ' \n' }]),
      '**x.ipynb has no code cells.**',
    ],
    [
      'code cells of comments only',
      'x.ipynb',
      notebook({}, [{ cell_type: 'code', source: '# nothing\n\n  # more' }]),
      '**x.ipynb has no code cells.**',
    ],
    ['a script of comments only', 'x.py', '# nothing\r\n\n\t# more\n', '**x.py has no code.**'],
    // In each of them a line could begin; what looks at all that follows is at it for an hour.
    ['a million of old line ends', 'x.py', `${'\r'.repeat(900_000)}#`, '**x.py has no code.**'],
    ['a million of paragraph ends', 'x.py', `${'\u2029'.repeat(300_000)}#`, '**x.py has no code.**'],
    [
      'another language',
      'x.ipynb',
      notebook({ metadata: { kernelspec: { name: 'julia-1.10', language: 'julia' } } }),
      '**x.ipynb is written in julia;** Kaggle runs Python and R.',
    ],
    [
      'too many cells',
      'x.ipynb',
      notebook(
        {},
        Array.from({ length: 5_001 }, () => ({ cell_type: 'code', source: 'a' })),
      ),
      '**x.ipynb has 5,001 cells;** at most 5,000 are taken.',
    ],
    [
      'a notebook that is too large',
      'x.ipynb',
      notebook({}, [{ cell_type: 'code', source: 'x'.repeat(1_400_000) }]),
      '**x.ipynb is 1.4 MB without outputs; Kaggle takes 1 MB.**',
    ],
    ['a script that is too large', 'x.py', 'x'.repeat(2_340_000), '**x.py is 2.3 MB; Kaggle takes 1 MB.**'],
    [
      'nested without end',
      'x.ipynb',
      deep,
      '**x.ipynb is not readable as a notebook:** line 1, column 33: it is nested deeper than 32 levels.',
    ],
  ])('%s', (_, name, content, expected) => {
    expect(refusal(name, content)).toBe(expected);
  });

  it('a file whose name would break the sentence, with the name made harmless', () => {
    const said = refusal(`@everyone ](http://x.example)\u202e${'a'.repeat(300)}.zip`, zip);
    expect(said.length).toBeLessThan(200);
    expect(said).not.toContain('\u202e');
  });
});

describe('JSON of a stranger', () => {
  it.each([
    '{"a":1,}',
    '{"a":1',
    '[1,]',
    '{"a" 1}',
    "{'a':1}",
    '{"a":01}',
    '{"a":+1}',
    '{"a":NaN}',
    '"\u0001"',
    '{"a":"\\x"}',
    '{"a":tru}',
    '[1 2]',
    '{}x',
    ']',
    '{"a":}',
    '{,}',
    '[,]',
    '-',
    '{"a":1e}',
    '"unended',
  ])('that JSON.parse refuses is refused with a place: %j', (text) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(refusal('x.ipynb', text)).toMatch(/^\*\*x.ipynb is not readable as a notebook:\*\* line 1, column \d+: /);
  });

  it('is read in a time that grows with its length only', () => {
    const start = performance.now();
    refusal('x.ipynb', `{"a":"${'\\'.repeat(2_000_000)}`);
    refusal('x.ipynb', `${' '.repeat(2_000_000)}x`);
    refusal('x.ipynb', `[${'1,'.repeat(1_000_000)}`);
    expect(performance.now() - start).toBeLessThan(4_000);
  });
});

describe('a source Kaggle gives back', () => {
  it('is read as a notebook or as a script of its language', () => {
    expect(readPulled('notebook', 'python', notebook(), 'mara-k/leaf')).toMatchObject({
      kind: 'notebook',
      fileName: 'mara-k/leaf',
    });
    expect(readPulled('script', 'python', 'x = 1', 'mara-k/leaf')).toMatchObject({
      kind: 'script',
      language: 'python',
    });
    expect(readPulled('script', 'rmarkdown', 'x', 'mara-k/leaf').language).toBe('rmarkdown');
    expect(readPulled('script', 'R', 'x', 'mara-k/leaf').language).toBe('r');
    expect(() => readPulled('notebook', 'python', 'x = 1', 'mara-k/leaf')).toThrow(UserError);
  });
});
