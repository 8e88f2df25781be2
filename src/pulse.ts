import { type Clock, SECOND } from './clock.ts';
import type { Log } from './log.ts';
import type { Metric } from './metrics.ts';

const EVERY_MS = SECOND;
const SAID_ABOVE_MS = SECOND;
/** Discord's gateway and all interactions are lost by then. */
const STOOD_STILL_MS = 30 * SECOND;

/** Notices when the program could not run: something in it held the event loop, or the computer gave it no time. */
export class Pulse {
  readonly #clock: Clock;
  readonly #log: Log;
  #last: number | null = null;
  #longest = 0;
  #sum = 0;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** To be called each second; what is late is what was held up. */
  beat(): void {
    const now = this.#clock.mono();
    const late = this.#last === null ? 0 : now - this.#last - EVERY_MS;
    this.#last = now;
    if (late <= SAID_ABOVE_MS) return;
    this.#longest = Math.max(this.#longest, late);
    this.#sum += late;
    if (late > STOOD_STILL_MS) this.#log.error({ ms: late }, 'the program stood still: no beat could be done');
    else this.#log.warn({ ms: late }, 'the event loop was blocked');
  }

  start(): () => Promise<void> {
    const timer = setInterval(() => this.beat(), EVERY_MS).unref();
    return async () => clearInterval(timer);
  }

  metrics(): Metric[] {
    return [
      {
        name: 'nightshift_event_loop_blocked_seconds_total',
        help: 'Time in which the program could not run, in pieces of more than a second.',
        type: 'counter',
        values: [{ value: this.#sum / SECOND }],
      },
      {
        name: 'nightshift_event_loop_blocked_longest_seconds',
        help: 'The longest of these pieces since the start.',
        type: 'gauge',
        values: [{ value: this.#longest / SECOND }],
      },
    ];
  }
}
