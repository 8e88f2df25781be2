import type { Readable } from 'node:stream';
import { KaggleError, type LogEvent } from './kaggle.ts';
import { LogRecord } from './shapes.ts';

const END = 'END_OF_LOG';
/** A record longer than this is cut: nobody reads such a line, and memory must stay bounded. */
const MAX_LINE = 1024 * 1024;

/**
 * Reads Kaggle's log stream (source: Kaggle's own client). It is not quite server-sent events: each `data:` line stands alone,
 * and all other lines mean nothing. Ends without `end` when the stream is cut.
 * @param idleMs Silence after which the stream counts as dead.
 * @param onBytes Told of the size of each piece.
 * @throws KaggleError `unavailable` when it breaks or goes silent.
 */
export async function* readLogStream(
  body: Readable,
  idleMs: number,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<LogEvent> {
  const idle = setTimeout(
    () => body.destroy(new KaggleError('unavailable', 'log', { said: 'the stream went silent' })),
    idleMs,
  );
  const decoder = new TextDecoder();
  let rest = '';
  let cut = false;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      idle.refresh();
      onBytes?.(piece.length);
      rest += decoder.decode(piece, { stream: true });
      let from = 0;
      for (let at = rest.indexOf('\n'); at !== -1; at = rest.indexOf('\n', from)) {
        const line = rest.slice(from, at);
        from = at + 1;
        if (cut) {
          cut = false;
          continue;
        }
        const event = eventOf(line);
        if (event !== null) yield event;
        if (event?.kind === 'end') return;
      }
      rest = rest.slice(from);
      if (rest.length > MAX_LINE) {
        rest = '';
        cut = true;
      }
    }
    const last = eventOf(rest);
    if (last !== null) yield last;
  } catch (error) {
    throw error instanceof KaggleError ? error : new KaggleError('unavailable', 'log', { said: 'the stream was cut' });
  } finally {
    clearTimeout(idle);
    body.destroy();
  }
}

function eventOf(line: string): LogEvent | null {
  if (!line.startsWith('data:')) return null;
  const data = line.slice('data:'.length).trim();
  if (data === '') return null;
  if (data === END) return { kind: 'end' };
  try {
    return recordOf(JSON.parse(data)) ?? { kind: 'chunk', stream: 'stdout', time: 0, text: data };
  } catch {
    return { kind: 'chunk', stream: 'stdout', time: 0, text: `${data}\n` };
  }
}

export function recordOf(value: unknown): LogEvent | null {
  const record = LogRecord.safeParse(value);
  if (!record.success) return null;
  const { stream_name, time, data } = record.data;
  return { kind: 'chunk', stream: stream_name === 'stderr' ? 'stderr' : 'stdout', time, text: data };
}
