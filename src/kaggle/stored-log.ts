import type { Readable } from 'node:stream';
import { KaggleError, type LogEvent } from './kaggle.ts';
import { recordOf } from './log-stream.ts';

/** A record longer than this is left out: memory must stay bounded. In UTF-16 units. */
const LONGEST_RECORD = 4 * 1024 * 1024;
/** So much of the beginning tells an array from plain text. */
const HEAD = 1_000;
const IS_ARRAY = /^\s*\[\s*(?:\]|\{\s*["}])/;
const MAY_BE_ARRAY = /^\s*(?:\[\s*(?:\{\s*)?)?$/;
/** Kaggle's errors are one small object. */
const IS_OBJECT = /^\s*\{/;
const LONGEST_ERROR = 4_000;

/**
 * Reads the stored log of a run that is over, as the stream's address answers then (source: Kaggle's own client), while it
 * comes: a JSON array of records, else plain text. An array that is cut off gives the records that are whole. However long the
 * log is, no more than a piece of it and one record are held. Without a single record it tells nothing, not even an end: the
 * run may still be queued.
 * @param idleMs Silence after which the answer counts as dead.
 * @param onBytes Told of the size of each piece.
 * @throws KaggleError `unavailable` when it breaks or goes silent, `unreadable` when it is an error in place of a log.
 */
export async function* readStoredLog(
  body: Readable,
  idleMs: number,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<LogEvent> {
  const idle = setTimeout(
    () => body.destroy(new KaggleError('unavailable', 'log', { said: 'the answer stopped in the middle' })),
    idleMs,
  );
  const decoder = new TextDecoder();
  const records = new Records();
  let head: string | null = '';
  let isArray = false;
  let isEmpty = true;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      idle.refresh();
      onBytes?.(piece.length);
      let text = decoder.decode(piece, { stream: true });
      if (head !== null) {
        head += text;
        if (head.length < HEAD && MAY_BE_ARRAY.test(head)) continue;
        if (head.length < LONGEST_ERROR && IS_OBJECT.test(head)) continue;
        isArray = IS_ARRAY.test(head);
        text = head;
        head = null;
      }
      for (const event of isArray ? eventsOf(records.push(text)) : text === '' ? [] : [plain(text)]) {
        isEmpty = false;
        yield event;
      }
    }
    if (head !== null && head.trim() !== '' && head.trim() !== '[') {
      const said = errorSaid(head);
      if (said !== null) throw new KaggleError('unreadable', 'log', { said });
      isEmpty = false;
      yield plain(head);
    }
    if (!isEmpty) yield { kind: 'end' };
  } catch (error) {
    throw error instanceof KaggleError ? error : new KaggleError('unavailable', 'log', { said: 'the log was cut' });
  } finally {
    clearTimeout(idle);
    body.destroy();
  }
}

/** The words of an answer that is one of Kaggle's errors (source: public reports); null when it is a log. */
function errorSaid(text: string): string | null {
  try {
    const value = JSON.parse(text) as { error?: unknown; code?: unknown; message?: unknown };
    if (value.error === undefined && (value.code === undefined || value.message === undefined)) return null;
    return 'an error in place of the log';
  } catch {
    return null;
  }
}

const plain = (text: string): LogEvent => ({ kind: 'chunk', stream: 'stdout', time: 0, text });

function* eventsOf(records: Iterable<string>): Generator<LogEvent> {
  for (const record of records) {
    const event = parse(record);
    if (event !== null) yield event;
  }
}

/** A record that is broken in itself is left out; the next one may be whole. */
function parse(record: string): LogEvent | null {
  try {
    return recordOf(JSON.parse(record));
  } catch {
    return null;
  }
}

/** Cuts text that comes in pieces into the JSON objects of an array; they hold strings and numbers, no objects. */
class Records {
  #text = '';
  /** Up to here it has been looked at; one behind the end after a backslash that closes a piece. */
  #at = 0;
  #begun = false;
  #inString = false;
  #tooLong = false;

  *push(piece: string): Generator<string> {
    this.#text += piece;
    for (let found = this.#next(); found !== null; found = this.#next()) if (found !== '') yield found;
  }

  /** The next whole record; empty for one that was too long; null when the piece is used up. */
  #next(): string | null {
    if (!this.#begun) {
      const start = this.#text.indexOf('{', this.#at);
      this.#text = start === -1 ? '' : this.#text.slice(start);
      this.#at = start === -1 ? 0 : 1;
      if (start === -1) return null;
      this.#begun = true;
    }
    while (this.#at < this.#text.length) {
      const mark = this.#inString ? /["\\]/g : /["}]/g;
      mark.lastIndex = this.#at;
      const found = mark.exec(this.#text);
      if (found === null) {
        this.#at = this.#text.length;
        break;
      }
      this.#at = found.index + 1;
      if (found[0] === '\\') this.#at += 1;
      else if (found[0] === '"') this.#inString = !this.#inString;
      else return this.#end();
    }
    if (this.#tooLong || this.#text.length > LONGEST_RECORD) {
      this.#tooLong = true;
      this.#at -= this.#text.length;
      this.#text = '';
    }
    return null;
  }

  #end(): string {
    const record = this.#tooLong ? '' : this.#text.slice(0, this.#at);
    this.#begun = false;
    this.#tooLong = false;
    return record;
  }
}
