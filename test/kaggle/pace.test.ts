import { expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/clock.ts';
import { lookAgainIn } from '../../src/domain/look-again.ts';
import { retryIn } from '../../src/domain/retry.ts';
import { KaggleError } from '../../src/kaggle/kaggle.ts';
import { Pace } from '../../src/kaggle/pace.ts';
import { HandClock } from '../hand-clock.ts';

/** Evenly spread numbers that are the same each time. */
function seeded(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const ok = async (): Promise<void> => {};
const fails =
  (status: number, retryAfterMs: number | null = null) =>
  async (): Promise<void> => {
    throw new KaggleError(status === 429 ? 'limited' : 'unavailable', 'session', { status, retryAfterMs });
  };

async function outcome(
  call: Promise<void>,
): Promise<'made' | { kind: string; status: number | null; inMs: number | null }> {
  try {
    await call;
    return 'made';
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    return { kind: error.kind, status: error.status, inMs: error.retryAfterMs };
  }
}

test('an account is asked five times at once, then every three seconds; those sent away hear different times', async () => {
  const pace = new Pace(new HandClock());
  const look = () => outcome(pace.run('mara-k', 'background', 'session', ok));
  for (let n = 0; n < 5; n++) expect(await look()).toBe('made');
  expect(await look()).toEqual({ kind: 'limited', status: null, inMs: 3 * SECOND });
  expect(await look()).toEqual({ kind: 'limited', status: null, inMs: 6 * SECOND });
});

test('what a person waits for goes although the looks are used up, and looks make up for it', async () => {
  const clock = new HandClock();
  const pace = new Pace(clock);
  for (let n = 0; n < 5; n++) await pace.run('mara-k', 'background', 'session', ok);
  for (let n = 0; n < 20; n++) expect(await outcome(pace.run('mara-k', 'urgent', 'push', ok))).toBe('made');
  expect(await outcome(pace.run('mara-k', 'background', 'session', ok))).toMatchObject({ inMs: 63 * SECOND });
  expect(await outcome(pace.run('jun-l', 'background', 'session', ok))).toBe('made');
});

test('a 429 halves the rate, which comes back by a tenth a minute; what Retry-After says comes first', async () => {
  const clock = new HandClock();
  const pace = new Pace(clock);
  await outcome(pace.run('mara-k', 'background', 'session', fails(429, 90 * SECOND)));
  expect(pace.perMinute('mara-k').own).toBe(10);
  expect(await outcome(pace.run('mara-k', 'urgent', 'push', ok))).toMatchObject({ kind: 'limited', inMs: 90 * SECOND });
  clock.advance(90 * SECOND);
  expect(await outcome(pace.run('mara-k', 'urgent', 'push', ok))).toBe('made');
  clock.advance(30 * SECOND);
  expect(pace.perMinute('mara-k').own).toBe(14);
  clock.advance(3 * MINUTE);
  expect(pace.perMinute('mara-k').own).toBe(20);
  await outcome(pace.run('mara-k', 'background', 'session', fails(429, 60 * MINUTE)));
  expect(await outcome(pace.run('mara-k', 'urgent', 'push', ok))).toMatchObject({ inMs: 15 * MINUTE });
});

test('half of twenty calls failing opens the breaker of that account alone; a probe each 30 s finds out when it is over', async () => {
  const clock = new HandClock();
  const pace = new Pace(clock);
  let made = 0;
  const broken = async (): Promise<void> => {
    made += 1;
    return fails(503)();
  };
  for (let n = 0; n < 40; n++) {
    await outcome(pace.run('mara-k', 'urgent', 'outputs', broken));
    await pace.run('jun-l', 'urgent', 'outputs', ok);
  }
  expect(made).toBe(20);
  expect(pace.hostDownSince).toBeNull();
  for (let second = 0; second < 90; second++) {
    clock.advance(SECOND);
    await outcome(pace.run('mara-k', 'urgent', 'outputs', broken));
  }
  expect(made).toBe(23);
  clock.advance(30 * SECOND);
  expect(await outcome(pace.run('mara-k', 'urgent', 'outputs', ok))).toBe('made');
  expect(await outcome(pace.run('mara-k', 'urgent', 'outputs', ok))).toBe('made');
});

test('several accounts failing open the breaker of all, and the first answer closes it', async () => {
  const clock = new HandClock();
  const pace = new Pace(clock);
  for (let n = 0; n < 20; n++) await outcome(pace.run(`user-${n % 4}`, 'background', 'session', fails(502)));
  expect(pace.hostDownSince).toBe(clock.now());
  expect(await outcome(pace.run('jun-l', 'urgent', 'push', ok))).toMatchObject({ kind: 'unavailable', status: null });
  clock.advance(30 * SECOND);
  expect(await outcome(pace.run('jun-l', 'urgent', 'push', ok))).toBe('made');
  expect(pace.hostDownSince).toBeNull();
});

test('calls that are repeated are a tenth of all and ten, no more', async () => {
  const clock = new HandClock();
  const pace = new Pace(clock);
  const some = (): number => {
    let granted = 0;
    while (pace.mayRetry()) granted += 1;
    return granted;
  };
  expect(some()).toBe(10);
  for (let n = 0; n < 55; n++) await pace.run(`user-${n}`, 'urgent', 'session', ok);
  expect(some()).toBe(5);
});

type Looked = { readonly account: string; dueAt: number; startedAt: number; wait: number | null };

/** Runs that are polled on a virtual clock, as the look step polls them. `answer` is Kaggle. */
async function poll(options: {
  accounts: number;
  runsEach: number;
  minutes: number;
  answer: (account: string, mono: number) => () => Promise<void>;
}) {
  const random = seeded();
  const clock = new HandClock();
  const pace = new Pace(clock, random);
  const runs: Looked[] = Array.from({ length: options.accounts * options.runsEach }, (_, n) => ({
    account: `user-${n % options.accounts}`,
    dueAt: random() * MINUTE,
    startedAt: -random() * 60 * MINUTE,
    wait: null,
  }));
  const calls: { at: number; account: string; answered: boolean; late: number }[] = [];
  while (clock.mono() < options.minutes * MINUTE) {
    clock.advance(SECOND);
    const mono = clock.mono();
    for (const run of runs) {
      if (run.dueAt > mono) continue;
      const late = mono - run.dueAt;
      try {
        await pace.run(run.account, 'background', 'session', async () => {
          calls.push({ at: mono, account: run.account, answered: false, late });
          await options.answer(run.account, mono)();
        });
        const last = calls.at(-1);
        if (last !== undefined) last.answered = true;
        run.wait = null;
        const facts = {
          phase: 'running' as const,
          ageMs: mono - run.startedAt,
          earlierMs: [],
          followed: false,
          looksSinceLogEnd: null,
        };
        run.dueAt = mono + lookAgainIn(facts, random());
      } catch (error) {
        if (!(error instanceof KaggleError)) throw error;
        run.wait = retryIn(run.wait, error.retryAfterMs, random());
        run.dueAt = mono + (error.retryAfterMs !== null || pace.mayRetry() ? run.wait : Math.max(run.wait, MINUTE));
      }
    }
  }
  return calls;
}

const percentile = (values: number[], share: number): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

test('one of fifty accounts in a storm of 429 does not delay the others', async () => {
  const polled = (isStorm: boolean) =>
    poll({
      accounts: 50,
      runsEach: 7,
      minutes: 60,
      answer: (account) => (isStorm && account === 'user-7' ? fails(429) : ok),
    });
  const others = (calls: Awaited<ReturnType<typeof polled>>): { p99: number; count: number } => {
    const of = calls.filter(({ account }) => account !== 'user-7');
    return {
      p99: percentile(
        of.map(({ late }) => late),
        0.99,
      ),
      count: of.length,
    };
  };
  const calm = await polled(false);
  const storm = await polled(true);
  expect(others(storm).p99).toBeGreaterThanOrEqual(others(calm).p99 * 0.9);
  expect(others(storm).p99).toBeLessThanOrEqual(others(calm).p99 * 1.1);
  expect(Math.abs(others(storm).count / others(calm).count - 1)).toBeLessThan(0.02);
  const stormed = storm.filter(({ account }) => account === 'user-7').length;
  expect(stormed).toBeLessThan(0.5 * calm.filter(({ account }) => account === 'user-7').length);
});

test('ten minutes without Kaggle cost no more calls than ten minutes with it, and a minute after everybody is looked at again', async () => {
  const from = 20 * MINUTE;
  const until = 30 * MINUTE;
  const calls = await poll({
    accounts: 50,
    runsEach: 7,
    minutes: 35,
    answer: (_, mono) => (mono >= from && mono < until ? fails(503) : ok),
  });
  const normal = calls.filter(({ at }) => at >= from - 10 * MINUTE && at < from).length;
  const during = calls.filter(({ at }) => at >= from && at < until).length;
  expect(during).toBeLessThanOrEqual(1.1 * normal);
  const first = new Map<string, number>();
  for (const { at, account, answered } of calls)
    if (at >= until && answered && !first.has(account)) first.set(account, at - until);
  expect(first.size).toBe(50);
  expect(percentile([...first.values()], 0.99)).toBeLessThanOrEqual(MINUTE);
});
