import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  clean,
  codeBlock,
  codePoints,
  cutColumns,
  cutEnd,
  cutMiddle,
  displayWidth,
  escapeMarkdown,
  escapeText,
  inlineCode,
  link,
} from '../../src/domain/words.ts';

/** Letters, and everything that has a meaning somewhere. */
const hostile = fc.string({
  unit: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...'\\*_~|`<>[]()#-+@:/.!1aB \n\t'.split('')) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '\u202e',
        '\u2068',
        '\u200b',
        '\x1b[31m',
        '\ufeff',
        '葉',
        '👩‍💻',
        '\u0301',
        '\ud800',
        '\x00',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '@everyone',
        '<@1>',
        '<t:1:R>',
        '</a:1>',
        '```',
        'https://evil.example/x',
        '[a](http://b)',
      ),
    },
  ),
  maxLength: 80,
});

describe('cleaning', () => {
  test.each([
    ['a\x1b[31mred\x1b[0m', 'ared'],
    ['a\x1b]8;;http://evil\x07link\x1b]8;;\x07', 'alink'],
    ['\x9b1mx', 'x'],
    ['one\r\ntwo\tthree', 'one two three'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['\u2066a\u2069', 'a'],
    ['z\u200be\u200dr\ufeffo\u00ad', 'zero'],
    ['tag\u{e0041}\u{e007f}', 'tag'],
    ['\u0000\u0007bell', 'bell'],
    ['\ud800', '\ufffd'],
    ['ＡＢ 葉の病害', 'ＡＢ 葉の病害'],
    ['Zoë é', 'Zoë é'],
  ])('%j becomes %j', (dirty, cleaned) => expect(clean(dirty)).toBe(cleaned));

  it('keeps marks of real scripts and cuts towers of them', () => {
    expect(clean('e\u0301')).toBe('e\u0301');
    expect(codePoints(clean(`a${'\u0301'.repeat(500)}`))).toBe(5);
  });
  it('leaves nothing that steers', () =>
    fc.assert(
      fc.property(hostile, (text) => {
        expect(clean(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/);
      }),
    ));
});

describe('escaping', () => {
  test.each([
    ['**bold** __u__ _i_ ~~s~~ ||sp||', '\\*\\*bold\\*\\* \\_\\_u\\_\\_ \\_i\\_ \\~\\~s\\~\\~ \\|\\|sp\\|\\|'],
    ['# heading', '\\# heading'],
    ['-# small', '\\-# small'],
    ['- item', '\\- item'],
    ['+ item', '\\+ item'],
    ['1. item', '1\\. item'],
    ['> quote', '\\> quote'],
    ['[text](https://evil.example)', '\\[text\\](https\\://evil.example)'],
    ['@everyone', '\\@everyone'],
    ['<@123> <@&1> <#2>', '\\<\\@123\\> \\<\\@&1\\> \\<#2\\>'],
    ['<t:1:R> </link:1> <a:x:2>', '\\<t\\:1\\:R\\> \\</link\\:1\\> \\<a\\:x\\:2\\>'],
    [':smile:', '\\:smile\\:'],
    ['discord.gg/abc', 'discord.gg\\/abc'],
    ['`code` \\', '\\`code\\` \\\\'],
    ['mara-k/leaf-disease', 'mara-k/leaf-disease'],
  ])('%s', (text, escaped) => expect(escapeMarkdown(text)).toBe(escaped));

  it('isolates, and never is empty', () => {
    expect(escapeText('val_acc')).toBe('\u2068val\\_acc\u2069');
    expect(escapeText(' \u200b ')).toBe('\u2068–\u2069');
  });
  it('shows what the text was: taking the backslashes away gives it back', () =>
    fc.assert(
      fc.property(hostile, (text) => {
        const one = clean(text);
        expect(escapeMarkdown(one).replace(/\\([^0-9A-Za-z\s])/g, '$1')).toBe(one);
      }),
    ));
  it('leaves no sign of formatting, mention or address unescaped', () =>
    fc.assert(
      fc.property(hostile, (text) => {
        const bare = escapeText(text).replace(/\\[^0-9A-Za-z\s]/g, '\ue000');
        expect(bare).not.toMatch(/[*_~|`<>[\]@]|:\/\/|^\u2068\s*[#+-]/);
      }),
    ));
});

describe('cutting', () => {
  it('counts graphemes, and the ellipsis as one', () => {
    expect(cutEnd('Leaf disease', 12)).toBe('Leaf disease');
    expect(cutEnd('Leaf disease', 11)).toBe('Leaf disea…');
    expect(cutEnd('葉の病害ベースライン', 5)).toBe('葉の病害…');
    expect(cutEnd('🇩🇪🇫🇷🇯🇵', 2)).toBe('🇩🇪…');
    expect(cutEnd('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
  });
  it('measures columns where lists are', () => {
    expect(displayWidth('葉の病害 ViT')).toBe(12);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(cutColumns('葉の病害 ViT ベースライン', 28)).toBe('葉の病害 ViT ベースライン');
    expect(cutColumns('葉の病害 ViT ベースライン', 12)).toBe('葉の病害 Vi…');
    expect(cutColumns('葉の病害', 4)).toBe('葉…');
  });
  it('cuts file names in the middle and keeps folder and extension', () => {
    expect(cutMiddle('fold_0/per_class_metrics_validation_at_threshold_0.50.csv', 42)).toBe(
      'fold_0/per_class_metrics_va…shold_0.50.csv',
    );
    expect(cutMiddle('model.pt', 48)).toBe('model.pt');
    expect(cutMiddle(`${'a'.repeat(40)}${'b'.repeat(40)}.tar.gz`, 20)).toBe('aaaaaaaa…bbbb.tar.gz');
    expect(cutMiddle(`${'deep/'.repeat(30)}model.safetensors`, 48)).toMatch(/^….*\/model\.safetensors$/);
  });
  it('keeps to its bound whatever the text', () =>
    fc.assert(
      fc.property(hostile, fc.integer({ min: 4, max: 60 }), (text, n) => {
        const one = clean(text);
        const graphemes = (shown: string): number => [...new Intl.Segmenter('en').segment(shown)].length;
        for (const cut of [cutEnd(one, n), cutMiddle(one, Math.max(n, 20))]) {
          expect(graphemes(cut)).toBeLessThanOrEqual(Math.max(n, 20));
          expect(codePoints(cut)).toBeLessThanOrEqual(2 * Math.max(n, 20));
        }
        expect(displayWidth(cutColumns(one, n))).toBeLessThanOrEqual(n);
      }),
    ));
  it('bounds what is one grapheme of very many code points', () => {
    expect(codePoints(cutEnd('\u1100'.repeat(5_000), 50))).toBeLessThanOrEqual(100);
    expect(codePoints(cutMiddle(`${'\u1100'.repeat(5_000)}.pt`, 48))).toBeLessThanOrEqual(96);
  });
  it('reads no more of a line of ten megabytes than it shows', () => {
    const line = 'x'.repeat(10_000_000);
    const before = performance.now();
    cutEnd(line, 90);
    cutColumns(line, 90);
    expect(performance.now() - before).toBeLessThan(100);
  });
});

describe('code', () => {
  it('cannot be ended from inside', () => {
    expect(codeBlock(['a```b', '\x1b[1mc'])).toBe('```\na`\u200b`\u200b`b\nc\n```');
    expect(codeBlock([])).toBe('');
    expect(codeBlock(['', ' '])).toBe('');
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 5 }), (lines) => {
        const block = codeBlock(lines);
        if (block !== '') expect(block.slice(3, -3)).not.toContain('``');
      }),
    );
  });
  it('keeps indents, of tabs too', () => expect(codeBlock(['\tx = 1'])).toBe('```\n    x = 1\n```'));
  it('stands in a line', () => {
    expect(inlineCode('a`b')).toBe('`aˋb`');
    expect(inlineCode('')).toBe('–');
  });
});

describe('links', () => {
  test.each([
    ['https://www.kaggle.com/code/a/b', '[t](https://www.kaggle.com/code/a/b)'],
    ['https://x.example/a)b(c?d=[e]', '[t](https://x.example/a%29b%28c?d=%5Be%5D)'],
    ['https://x.example/a b', '[t](https://x.example/a%20b)'],
    ['javascript:alert(1)', 't'],
    ['not an address', 't'],
    [`https://x.example/${'a'.repeat(600)}`, 't'],
    [null, 't'],
  ])('%s', (url, shown) => expect(link('t', url)).toBe(shown));
});
