import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Block,
  type Inline,
  isWebAddress,
  parseInline,
  parseMarkdown,
} from '../../src/playground/page/markdown.ts';
import { plainText } from '../../src/playground/page/plain-text.ts';

const names = { you: { id: '1', name: 'You' }, bot: { id: '2', name: 'Nightshift' } };
const plain = (text: string): string => plainText(text, names, () => true, 0);
const text = (value: string): Inline => ({ type: 'text', text: value });

describe('one line', () => {
  test.each<[string, readonly Inline[]]>([
    ['plain', [text('plain')]],
    [
      '**bold** and *slanted*',
      [{ type: 'bold', children: [text('bold')] }, text(' and '), { type: 'italic', children: [text('slanted')] }],
    ],
    [
      '__under__ ~~struck~~',
      [{ type: 'underline', children: [text('under')] }, text(' '), { type: 'strike', children: [text('struck')] }],
    ],
    ['||hidden||', [{ type: 'spoiler', children: [text('hidden')] }]],
    ['`a **b**`', [{ type: 'code', text: 'a **b**' }]],
    ['``a ` b``', [{ type: 'code', text: 'a ` b' }]],
    ['<@1> <@!2>', [{ type: 'user', id: '1' }, text(' '), { type: 'user', id: '2' }]],
    ['<#33>', [{ type: 'channel', id: '33' }]],
    ['</commit:81>', [{ type: 'command', name: 'commit', id: '81' }]],
    ['<t:1795467480:R>', [{ type: 'time', seconds: 1795467480, style: 'R' }]],
    ['<t:5>', [{ type: 'time', seconds: 5, style: 'f' }]],
    ['snake_case_name and 2 * 3 * 4', [text('snake_case_name and 2 * 3 * 4')]],
    ['\\*no\\* \\<@1>', [text('*no* <@1>')]],
    [
      'see http://127.0.0.1:9/a.',
      [
        text('see '),
        { type: 'link', url: 'http://127.0.0.1:9/a', children: [text('http://127.0.0.1:9/a')] },
        text('.'),
      ],
    ],
    ['[a](https://k.com/x_(1)?a=b)', [{ type: 'link', url: 'https://k.com/x_(1)?a=b', children: [text('a')] }]],
    ['[a](<https://k.com/x>)', [{ type: 'link', url: 'https://k.com/x', children: [text('a')] }]],
    [
      '**[T v1](https://k.com/x)**',
      [{ type: 'bold', children: [{ type: 'link', url: 'https://k.com/x', children: [text('T v1')] }] }],
    ],
    ['[a\\]b](https://k.com/x)', [{ type: 'link', url: 'https://k.com/x', children: [text('a]b')] }]],
  ])('%s', (source, expected) => {
    expect(parseInline(source)).toEqual(expected);
  });

  test.each([
    '[x](javascript:alert(1))',
    '[x](data:text/html,a)',
    '[x](//evil)',
    '<javascript:alert(1)>',
    '[x](https://a:99999/)',
  ])('makes no link of %s', (source) => {
    expect(JSON.stringify(parseInline(source))).not.toContain('"link"');
  });

  test('an address that a browser must not open is none', () => {
    expect(['https://a.b/c', 'http://127.0.0.1:1/'].every(isWebAddress)).toBe(true);
    expect(['javascript:x', 'ftp://a', 'https://', 'https:///x', 'nothing'].some(isWebAddress)).toBe(false);
  });
});

describe('a whole message', () => {
  const kinds = (source: string): string[] => parseMarkdown(source).map((block: Block) => block.type);

  test('headings, small print, lists, quotes and code stand as blocks', () => {
    expect(kinds('### 🔵 #1 running\n**b**\n-# small\n- one\n- two\n> q\n```py\nx = 1\n```\nend')).toEqual([
      'heading',
      'paragraph',
      'small',
      'list',
      'quote',
      'code',
      'paragraph',
    ]);
  });

  test('an empty line between blocks takes room', () => {
    expect(kinds('a\n\nb')).toEqual(['paragraph', 'gap', 'paragraph']);
  });

  test('a run number at the start of a line is no heading', () => {
    expect(kinds('#42 is running')).toEqual(['paragraph']);
  });

  test('a code block keeps its text as it is, with its language apart', () => {
    expect(parseMarkdown('```\nid  label\n**1**  a\n```')).toEqual([
      { type: 'code', language: '', text: 'id  label\n**1**  a' },
    ]);
    expect(parseMarkdown('```py\nx\n```')).toEqual([{ type: 'code', language: 'py', text: 'x' }]);
  });

  test('an open fence stays text', () => {
    expect(plain('```\nno end')).toContain('no end');
  });

  test('numbered and indented lists keep number and depth', () => {
    expect(parseMarkdown('3. c\n4. d')).toMatchObject([
      { ordered: true, start: 3, items: [{ depth: 0 }, { depth: 0 }] },
    ]);
    expect(parseMarkdown('- a\n  - b')).toMatchObject([{ ordered: false, items: [{ depth: 0 }, { depth: 1 }] }]);
  });

  test('a quote over the rest takes the rest', () => {
    expect(kinds('>>> a\nb\nc')).toEqual(['quote']);
  });

  test('whatever it is given, it ends and loses no word that carries no mark', () => {
    fc.assert(
      fc.property(
        fc.string({
          maxLength: 200,
          unit: fc.constantFrom(
            '*',
            '_',
            '`',
            '[',
            ']',
            '(',
            ')',
            '<',
            '>',
            '~',
            '|',
            '\\',
            '\n',
            '-',
            '#',
            ' ',
            'a',
            '1',
          ),
        }),
        (source) => {
          parseMarkdown(source);
          expect(plain(`${source}\n\nend`)).toContain('end');
        },
      ),
      { numRuns: 500 },
    );
  });

  test('the longest message a bot may send, of marks only, is read at once', () => {
    const began = performance.now();
    for (const mark of ['*', '_', '**a', '[', '`a', '||', '~~a ', '<t:', '> ', '- '])
      parseMarkdown(mark.repeat(4_000 / mark.length));
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

test('plain text keeps what matters and can carry the addresses', () => {
  const source = '### ✅ #42 complete\n- [a.pt](https://k.com/a) · 97.8 MB\n<@1> </log:3> \u2068title\u2069';
  expect(plain(source)).toBe('✅ #42 complete\n- a.pt · 97.8 MB\n@You /log title');
  expect(plainText(source, names, () => false, 0)).toContain('- a.pt (https://k.com/a) · 97.8 MB');
});
