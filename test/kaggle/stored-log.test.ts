import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../src/kaggle/kaggle.ts';
import { readStoredLog } from '../../src/kaggle/stored-log.ts';

async function read(log: string, pieceBytes: number): Promise<LogEvent[]> {
  const bytes = Buffer.from(log);
  function* pieces(): Generator<Buffer> {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  const events: LogEvent[] = [];
  for await (const event of readStoredLog(Readable.from(pieces(), { objectMode: false }), 1_000)) events.push(event);
  return events;
}

const chunk = (text: string, stream: 'stdout' | 'stderr' = 'stdout', time = 0): LogEvent => ({
  kind: 'chunk',
  stream,
  time,
  text,
});
const END: LogEvent = { kind: 'end' };
const record = (data: string, stream_name = 'stdout', time = 1.5): string =>
  JSON.stringify({ stream_name, time, data });

describe('a stored log, read while it comes', () => {
  const awkward = ['é “quoted” \\ \\" {', '}],[{', 'a\nb\\', ''];

  test.each([1, 2, 3, 7, 64, 100_000])('gives its records, in pieces of %i bytes', async (pieceBytes) => {
    const log = `[${awkward.map((text, at) => record(text, at % 2 === 0 ? 'stdout' : 'stderr')).join('\n,')}\n]`;
    expect(await read(log, pieceBytes)).toEqual([
      ...awkward.map((text, at) => chunk(text, at % 2 === 0 ? 'stdout' : 'stderr', 1.5)),
      END,
    ]);
  });

  test.each([5, 1_000])(
    'that is cut off gives the records that are whole, in pieces of %i bytes',
    async (pieceBytes) => {
      const cut = `[${record('one')},${record('two')},${record('three').slice(0, -4)}`;
      expect(await read(cut, pieceBytes)).toEqual([chunk('one', 'stdout', 1.5), chunk('two', 'stdout', 1.5), END]);
    },
  );

  test.each(['', ' ', '[]', '[ ]', '['])('“%s” is empty and tells no end: the run may still be queued', async (log) => {
    expect(await read(log, 1)).toEqual([]);
  });

  test.each([
    '{"code":404,"message":"Not Found"}',
    ' {"error":{"code":500,"message":"x"}}',
    '{"error":"Not available yet"}',
  ])('an error in place of a log is one, and no end: %s', async (log) => {
    await expect(read(log, 5)).rejects.toMatchObject({ name: 'KaggleError', kind: 'unreadable' });
  });

  test.each(['Traceback\n  x = {}\n', '[INFO] begun\n', '[{not json\n', '{"a":1}'])(
    'that is no array is plain text: %s',
    async (log) => {
      const events = await read(log, 4);
      expect(events.flatMap((event) => (event.kind === 'chunk' ? [event.text] : [])).join('')).toBe(log);
      expect(events.at(-1)).toEqual(END);
    },
  );

  test('leaves a record out that is too long or broken, and goes on behind it', async () => {
    const log = `[${record('one')},${record(`\\"${'x'.repeat(9_000_000)}`)},{"data":oh},${record('two')}]`;
    expect(await read(log, 65_536)).toEqual([chunk('one', 'stdout', 1.5), chunk('two', 'stdout', 1.5), END]);
  });

  test('that goes silent is Kaggle being away, not the end', async () => {
    const silent = new Readable({ read() {} });
    silent.push(`[${record('one')},`);
    const seen: LogEvent[] = [];
    const reading = (async () => {
      for await (const event of readStoredLog(silent, 20)) seen.push(event);
    })();
    await expect(reading).rejects.toMatchObject({ name: 'KaggleError', kind: 'unavailable' });
    expect(seen).toEqual([chunk('one', 'stdout', 1.5)]);
  });
});
