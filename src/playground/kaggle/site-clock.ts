import { type Clock, systemClock } from '../../clock.ts';

/**
 * Kaggle's own clock. It begins at the wall time of the given one and goes on with its monotonic time: a wall clock that is
 * set on this computer does not move Kaggle's. On the real clock it is the wall time, so that a computer that slept is right
 * again.
 */
export function siteClock(clock: Clock): Clock {
  if (clock === systemClock) return clock;
  const start = clock.now() - clock.mono();
  return { now: () => start + clock.mono(), mono: () => clock.mono(), sleep: (ms, signal) => clock.sleep(ms, signal) };
}
