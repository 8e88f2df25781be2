import { describe, expect, it } from 'vitest';
import { type LogChunk, LogReading, storedChunks } from '../../src/results/log.ts';

const out = (text: string, time = 0): LogChunk => ({ stream: 'stdout', time, text });
const err = (text: string, time = 0): LogChunk => ({ stream: 'stderr', time, text });

function reading(...chunks: readonly (LogChunk | string)[]): LogReading {
  const log = new LogReading();
  for (const chunk of chunks) log.push(typeof chunk === 'string' ? out(chunk) : chunk);
  return log;
}

const record = (text: string, time: number): object => ({ stream_name: 'stdout', time, data: text });

describe('a stored log', () => {
  const records = [
    record('epoch 1\n', 1.5),
    { stream_name: 'stderr', time: 2.25, data: 'warn}"{\\\n' },
    record('ep', 3),
  ];
  const stored = JSON.stringify(records);

  it('is an array of chunks with their stream and time', () => {
    expect(storedChunks(stored)).toEqual([
      { stream: 'stdout', time: 1.5, text: 'epoch 1\n' },
      { stream: 'stderr', time: 2.25, text: 'warn}"{\\\n' },
      { stream: 'stdout', time: 3, text: 'ep' },
    ]);
  });

  it('gives its whole records when it is cut off, wherever that is', () => {
    const whole = storedChunks(stored);
    for (let length = 0; length < stored.length; length += 1) {
      const cut = storedChunks(stored.slice(0, length));
      if (length > 4) expect(whole.slice(0, cut.length)).toEqual(cut);
    }
    expect(storedChunks(stored.slice(0, -2))).toHaveLength(2);
    expect(storedChunks(stored.slice(0, -1))).toHaveLength(3);
  });

  it('is plain text when it is no such array', () => {
    expect(storedChunks('Traceback\n[1, 2]\n')).toEqual([{ stream: 'stdout', time: 0, text: 'Traceback\n[1, 2]\n' }]);
    expect(storedChunks('[12:00] started\n')).toEqual([{ stream: 'stdout', time: 0, text: '[12:00] started\n' }]);
    expect(storedChunks('')).toEqual([]);
    expect(storedChunks('[]')).toEqual([]);
  });

  it('leaves out records that are none', () => {
    expect(storedChunks('[{"stream_name":"stdout","time":"x","data":"a"},{"data":7},null,{}]')).toEqual([
      { stream: 'stdout', time: 0, text: 'a' },
    ]);
  });
});

describe('lines', () => {
  const shown: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['pieces of a line', ['ep', 'och 1\nepoch', ' 2\n'], ['epoch 1', 'epoch 2']],
    ['the line that is not ended yet', ['one\ntw'], ['one', 'tw']],
    ['a carriage return that overwrites', ['  5%|▌   |\r 10%|█   |\r100%|████|\n'], ['100%|████|']],
    ['what a shorter text leaves of a longer one, as a terminal does', ['abcdef\rXY\n'], ['XYcdef']],
    ['Windows line ends', ['one\r\ntwo\r\n'], ['one', 'two']],
    ['backspaces', ['loss: 0.9\b\b\b0.3\n'], ['loss: 0.3']],
    ['colours', ['\u001b[1;31mred\u001b[0m and \u001b[38;5;12mblue\u001b[m\n'], ['red and blue']],
    ['an escape sequence that is cut in two', ['a\u001b[3', '1mb\u001b', '[0mc\n'], ['abc']],
    ['erasing the rest of a line', ['a long line\r\u001b[Kshort\n'], ['short']],
    ['links and titles of a terminal', ['\u001b]8;;http://x.example\u0007text\u001b]8;;\u0007\n'], ['text']],
    ['an escape that never ends', ['\u001b]0;no end\nnext\n'], [']0;no end', 'next']],
    ['NUL and bells', ['a\u0000b\u0007c\n'], ['abc']],
  ];

  it.each(shown)('are read from %s', (_, pieces, lines) => {
    expect(reading(...pieces).tail(10)).toEqual(lines);
  });

  it('of the two streams do not run into each other', () => {
    expect(reading(out('epoch '), err('warning\n'), out('1\n')).tail(9)).toEqual(['warning', 'epoch 1']);
  });

  it('that every run prints are not in the tail, but in the whole text', () => {
    const log = reading(
      err('0.00s - Debugger warning: It seems that frozen modules are being used, which may\n'),
      out('epoch 1\n'),
      err("/x/mistune.py:435: SyntaxWarning: invalid escape\n  cells[i] = re.sub('a')\n"),
      err('[NbConvertApp] Converting notebook __notebook__.ipynb to html\n'),
    );
    expect(log.tail(9)).toEqual(['epoch 1']);
    expect(log.lineCount).toBe(1);
    expect(log.text(9_999).split('\n')).toHaveLength(6);
  });

  it('that are blank do not end a tail, but stand inside it', () => {
    expect(reading('a\n\nb\n\n \n').tail(9)).toEqual(['a', '', 'b']);
  });

  it('are counted, with the one that is being written', () => {
    expect(reading('a\nb\nc').lineCount).toBe(3);
    expect(reading('a\nb\nc\n').lineCount).toBe(3);
    expect(reading('').lineCount).toBe(0);
  });

  it('carry no secret, even one that comes in pieces', () => {
    const token = 'KGAT_0123456789abcdef0123456789abcdef';
    const log = reading(`token ${token.slice(0, 9)}`, `${token.slice(9)} end\nopen ${token}`);
    expect(log.tail(9)).toEqual(['token [hidden] end', 'open [hidden]']);
    expect(log.text(9_999)).not.toContain(token.slice(0, 12));
  });
});

describe('the text of a log', () => {
  it('is all of it, or its end from a whole line on', () => {
    const log = reading('first\nsecond\nthird\n');
    expect(log.text(100)).toBe('first\nsecond\nthird\n');
    expect(log.text(13)).toBe('second\nthird\n');
    expect(log.text(12)).toBe('third\n');
    expect(log.text(3)).toBe('');
    expect(log.text(0)).toBe('');
  });

  it('is never more bytes than asked for, with characters of any width', () => {
    const log = reading('日本語の行\nämter\n🎉🎉\nopen 木');
    for (let most = 0; most < 60; most += 1) {
      const text = log.text(most);
      expect(text).not.toContain('\ufffd');
      if (most >= 9) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
    }
  });
});

describe('a log of fifty megabytes', () => {
  const MB = 1_000_000;

  function growthOf(feed: (log: LogReading) => void): { log: LogReading; held: number; took: number } {
    const log = new LogReading();
    global.gc?.();
    const before = process.memoryUsage();
    const start = performance.now();
    feed(log);
    const took = performance.now() - start;
    global.gc?.();
    const after = process.memoryUsage();
    return { log, took, held: after.arrayBuffers + after.external - before.arrayBuffers - before.external };
  }

  it('is read in bounded memory and time, and its end is kept', () => {
    const line = `Epoch 12/70: ${'some words that a training prints on every line of its log '.repeat(8)}\n`;
    const piece = line.repeat(100);
    const { log, held, took } = growthOf((reading) => {
      for (let bytes = 0; bytes < 50 * MB; bytes += piece.length) reading.push(out(piece, bytes / MB));
      reading.push(out('the end\n'));
    });
    expect(log.tail(1)).toEqual(['the end']);
    expect(log.lineCount).toBeGreaterThan(100_000);
    expect(Buffer.byteLength(log.text(20 * MB))).toBeLessThan(8.2 * MB);
    expect(held).toBeLessThan(40 * MB);
    expect(took).toBeLessThan(15_000);
  });

  it('may be one single line', () => {
    const { log, took } = growthOf((reading) => {
      for (let n = 0; n < 50; n += 1) reading.push(out('x'.repeat(MB)));
    });
    expect(log.tail(1)[0]?.length).toBeLessThan(5_000);
    expect(log.lineCount).toBe(1);
    expect(took).toBeLessThan(3_000);
  });

  it('may be one bar that is redrawn for ever', () => {
    const bar = '\r 45%|████▌     | 450/1000 [00:10<00:12, 45.0it/s, loss=0.3]';
    const piece = bar.repeat(1_000);
    const { log, took } = growthOf((reading) => {
      for (let bytes = 0; bytes < 20 * MB; bytes += piece.length) reading.push(out(piece, 1));
    });
    expect(log.lineCount).toBe(1);
    expect(took).toBeLessThan(6_000);
  });
});
