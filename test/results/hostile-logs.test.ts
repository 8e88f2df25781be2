import { describe, expect, it } from 'vitest';
import { LogReading } from '../../src/results/log.ts';

/** What begins a number, a name, a mark, a bar, a token or an escape sequence, over and over. */
const PIECES = [
  'eyJ-',
  'epoch 1 ',
  'Epoch: [',
  'loss ',
  'acc 0.5 ',
  'val - ',
  'INFO ',
  'tensor(',
  '://a:',
  'key = ',
  '-----BEGIN PRIVATE KEY-----',
  '\u001b[',
  '\u001b]0;',
  '\r',
  'x\b',
  '100%|',
  '1/2 ',
  'all 1 ',
  'a b c ',
  '${jndi:',
  '\u202e',
  '0.',
  'nan ',
];

describe('a log made to be slow', () => {
  it.each(PIECES)('costs little: %j without an end', (piece) => {
    const text = piece.repeat(Math.ceil(4_100 / piece.length));
    const reading = new LogReading();
    const begun = process.cpuUsage();
    for (const end of ['', '\n'])
      for (let line = 0; line < 40; line += 1) {
        reading.push({ stream: 'stdout', time: line, text: `${text}${end}` });
        reading.tail(5);
        reading.progress();
      }
    const { user, system } = process.cpuUsage(begun);
    // 330 kB: what is quadratic in a line of 4,000 characters takes minutes.
    expect((user + system) / 1_000).toBeLessThan(2_500);
  });
});
