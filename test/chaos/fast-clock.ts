import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../src/clock.ts';

/** So that two processes have the same time: where the fast clock stood at a moment of the real one, and how fast it goes. */
export type FastTime = { readonly rate: number; readonly real: number; readonly fast: number };

/**
 * A clock that goes `rate` times as fast as the real one. What the bot waits for (looks, settling, retries) goes by quickly;
 * sockets and their timeouts stay in real time, since no machine moves bytes any faster for it.
 */
export const fastClock = ({ rate, real, fast }: FastTime): Clock => ({
  now: () => Math.round(fast + (Date.now() - real) * rate),
  mono: () => Math.round(performance.now() * rate),
  sleep: (ms, signal) =>
    pause(ms / rate, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(() => undefined),
});
