import { describe, expect, test } from 'vitest';
import { isAccepted, next } from '../../src/domain/next.ts';
import { noticesFor } from '../../src/domain/notice.ts';
import type { EventType, Phase, Pushed, RunEvent, RunState } from '../../src/domain/run.ts';

const pushed: Pushed = {
  kernel: { owner: 'mara-k', slug: 'leaf' },
  version: 3,
  page: null,
  at: 100,
  inputsDropped: [],
};

const states: { [P in Phase]: Extract<RunState, { phase: P }> } = {
  accepted: { phase: 'accepted' },
  waiting: { phase: 'waiting', reason: { for: 'slot', said: 'both in use' }, since: 50 },
  pushing: { phase: 'pushing', baseVersion: 2, since: 90, doubt: null },
  queued: { phase: 'queued', pushed },
  running: { phase: 'running', pushed, startedAt: 200, stopping: false },
  finishing: { phase: 'finishing', pushed, startedAt: 200, endedAt: 300, end: 'complete', message: null },
  complete: { phase: 'complete', pushed, startedAt: 200, endedAt: 300 },
  error: { phase: 'error', why: 'failed', pushed, startedAt: 200, endedAt: 300, message: null },
  cancelled: { phase: 'cancelled', how: 'stopped', by: null, pushed, startedAt: 200, endedAt: 300 },
  lost: { phase: 'lost', why: 'gone', pushed, startedAt: 200, since: 300, givenUp: false },
};

const events: { [T in EventType]: Extract<RunEvent, { type: T }> } = {
  pushStarted: { type: 'pushStarted', at: 1000, baseVersion: 2 },
  pushDeferred: { type: 'pushDeferred', at: 1000, reason: { for: 'hours', said: 'used up' } },
  pushRefused: { type: 'pushRefused', at: 1000, message: 'no' },
  pushDoubted: { type: 'pushDoubted', at: 1000 },
  pushNotFound: { type: 'pushNotFound', at: 1000 },
  pushAbsent: { type: 'pushAbsent', at: 1000 },
  pushed: { type: 'pushed', at: 1000, pushed },
  twinSeen: { type: 'twinSeen', at: 1000, version: 4 },
  seenQueued: { type: 'seenQueued', at: 1000 },
  seenRunning: { type: 'seenRunning', at: 1000, stopping: false },
  ended: { type: 'ended', at: 1000, end: 'complete', message: null },
  finished: { type: 'finished', at: 1000 },
  withdrawn: { type: 'withdrawn', at: 1000, by: '7' },
  lostSight: { type: 'lostSight', at: 1000, why: 'gone' },
  lookAgain: { type: 'lookAgain', at: 1000 },
  givenUp: { type: 'givenUp', at: 1000 },
};

/** The table once more, by hand: where each event leads from each phase; a missing pair is refused. */
const leads: { [P in Phase]: { [T in EventType]?: Phase } } = {
  accepted: {
    pushStarted: 'pushing',
    pushDeferred: 'waiting',
    pushRefused: 'error',
    withdrawn: 'cancelled',
    lostSight: 'lost',
  },
  waiting: {
    pushStarted: 'pushing',
    pushDeferred: 'waiting',
    pushRefused: 'error',
    withdrawn: 'cancelled',
    lostSight: 'lost',
  },
  pushing: {
    pushed: 'queued',
    pushDeferred: 'waiting',
    pushRefused: 'error',
    pushDoubted: 'pushing',
    pushNotFound: 'pushing',
    pushAbsent: 'accepted',
    lostSight: 'lost',
  },
  queued: { twinSeen: 'queued', seenQueued: 'queued', seenRunning: 'running', ended: 'finishing', lostSight: 'lost' },
  running: {
    twinSeen: 'running',
    seenQueued: 'running',
    seenRunning: 'running',
    ended: 'finishing',
    lostSight: 'lost',
  },
  finishing: { finished: 'complete', lostSight: 'lost' },
  complete: {},
  error: {},
  cancelled: {},
  lost: { lookAgain: 'running', givenUp: 'lost' },
};

const pairs = Object.keys(states).flatMap((phase) =>
  Object.keys(events).map((type) => ({
    phase: phase as Phase,
    type: type as EventType,
    leadsTo: leads[phase as Phase][type as EventType],
  })),
);

describe('every pair of state and event has a row', () => {
  test.each(pairs.filter(({ leadsTo }) => leadsTo !== undefined))(
    '$phase accepts $type and becomes $leadsTo',
    ({ phase, type, leadsTo }) => {
      expect(isAccepted(phase, type)).toBe(true);
      expect(next(states[phase], events[type]).phase).toBe(leadsTo);
    },
  );

  test.each(pairs.filter(({ leadsTo }) => leadsTo === undefined))('$phase refuses $type', ({ phase, type }) => {
    expect(isAccepted(phase, type)).toBe(false);
    expect(() => next(states[phase], events[type])).toThrow(`a run that is ${phase} does not accept ${type}`);
  });
});

describe('what a run keeps on its way', () => {
  test('a second refusal for capacity sends nobody to the end of the line', () => {
    expect(next(states.waiting, events.pushDeferred)).toMatchObject({ since: 50, reason: { for: 'hours' } });
    expect(next(states.accepted, events.pushDeferred)).toMatchObject({ since: 1000 });
  });

  test('a doubt keeps its beginning and counts the looks', () => {
    const doubted = next(states.pushing, events.pushDoubted);
    expect(doubted).toMatchObject({ baseVersion: 2, doubt: { since: 1000, looks: 0 } });
    expect(next(doubted, { type: 'pushNotFound', at: 2000 })).toMatchObject({ doubt: { since: 1000, looks: 1 } });
    expect(next(doubted, { type: 'pushDoubted', at: 3000 })).toMatchObject({ doubt: { since: 1000, looks: 0 } });
  });

  test('a run that is seen running twice keeps the time of its start', () => {
    expect(next(states.queued, events.seenRunning)).toMatchObject({ startedAt: 1000 });
    expect(next(states.running, { type: 'seenRunning', at: 1000, stopping: true })).toMatchObject({
      startedAt: 200,
      stopping: true,
    });
  });

  test.each([
    ['complete', { phase: 'complete' }],
    ['failed', { phase: 'error', why: 'failed', message: 'killed' }],
    ['timeLimit', { phase: 'error', why: 'timeLimit', message: 'killed' }],
    ['stopped', { phase: 'cancelled', how: 'stopped', by: null }],
  ] as const)('an end of kind %s is told as such', (end, expected) => {
    expect(next({ ...states.finishing, end, message: 'killed' }, events.finished)).toMatchObject({
      ...expected,
      pushed,
      endedAt: 300,
    });
  });

  test('a lost run goes on where it was: pushed again only if it never was', () => {
    expect(next(states.lost, events.lookAgain)).toMatchObject({ phase: 'running', startedAt: 200 });
    expect(next({ ...states.lost, startedAt: null }, events.lookAgain)).toEqual({ phase: 'queued', pushed });
    expect(next({ ...states.lost, pushed: null, startedAt: null }, events.lookAgain)).toEqual({ phase: 'accepted' });
  });
});

describe('which notices a change owes', () => {
  test.each([
    ['finishing', 'complete', ['end']],
    ['finishing', 'error', ['end']],
    ['accepted', 'error', ['end']],
    ['finishing', 'cancelled', ['end']],
    ['running', 'lost', ['lost']],
    ['accepted', 'pushing', []],
    ['pushing', 'queued', []],
    ['queued', 'running', []],
    ['running', 'running', []],
    ['running', 'finishing', []],
  ] as const)('%s → %s owes %j', (before, after, owed) => {
    expect(noticesFor(states[before], states[after])).toEqual(owed);
  });

  test('withdrawing and unlinking tell nobody', () => {
    expect(noticesFor(states.accepted, { ...states.cancelled, how: 'withdrawn', by: '7' })).toEqual([]);
    expect(noticesFor(states.running, { ...states.lost, why: 'unlinked' })).toEqual([]);
  });

  test('an input Kaggle dropped is told once, when the version is known', () => {
    const without = { ...states.queued, pushed: { ...pushed, inputsDropped: ['bob/cats'] } };
    expect(noticesFor(states.pushing, without)).toEqual(['inputDropped']);
    expect(noticesFor(states.lost, without)).toEqual([]);
  });
});
