import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** Events kept for browsers that lost the connection for a moment; older ones get the whole state again. */
const KEPT = 400;
const HEARTBEAT_MS = 15_000;

type Kept = { readonly number: number; readonly type: string; readonly data: string };

/**
 * Server-Sent Events for any number of open pages. Every event has an id `{start}-{number}`; a page that comes back names the last
 * one it saw (`Last-Event-ID`) and gets what it missed, or one `state` event with everything when that is not known any more.
 */
export class PageEvents {
  readonly #start = randomUUID().slice(0, 8);
  readonly #kept: Kept[] = [];
  readonly #listeners = new Set<ServerResponse>();
  readonly #state: () => unknown;
  #number = 0;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(state: () => unknown) {
    this.#state = state;
    this.#heartbeat = setInterval(() => {
      for (const response of this.#listeners) response.write(': still here\n\n');
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  get listening(): number {
    return this.#listeners.size;
  }

  send(type: string, data: unknown): void {
    this.#number += 1;
    const event = { number: this.#number, type, data: JSON.stringify(data) };
    this.#kept.push(event);
    if (this.#kept.length > KEPT) this.#kept.shift();
    for (const response of this.#listeners) this.#write(response, event);
  }

  /** Answers with the stream and keeps it open until the page goes away. */
  open(response: ServerResponse, lastEventId: string | undefined): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    const missed = this.#after(lastEventId);
    if (missed === null) {
      this.#write(response, { number: this.#number, type: 'state', data: JSON.stringify(this.#state()) });
    } else {
      for (const event of missed) this.#write(response, event);
    }
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const response of this.#listeners) response.end();
    this.#listeners.clear();
  }

  /** What came after that id; null when it is of another start or too long ago. */
  #after(lastEventId: string | undefined): readonly Kept[] | null {
    const match = /^([\w]+)-(\d+)$/.exec(lastEventId ?? '');
    if (match === null || match[1] !== this.#start) return null;
    const number = Number(match[2]);
    const oldest = this.#kept[0]?.number ?? this.#number + 1;
    return number > this.#number || number < oldest - 1 ? null : this.#kept.filter((event) => event.number > number);
  }

  #write(response: ServerResponse, event: Kept): void {
    response.write(`id: ${this.#start}-${event.number}\nevent: ${event.type}\ndata: ${event.data}\n\n`);
  }
}
