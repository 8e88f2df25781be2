import type { EventOf, EventType, Phase, Pushed, RunEvent, RunState, StateOf } from './run.ts';

type Row<P extends Phase> = { [T in EventType]?: (state: StateOf<P>, event: EventOf<T>) => RunState };

const deferred = (state: StateOf<'accepted' | 'waiting' | 'pushing'>, event: EventOf<'pushDeferred'>): RunState => ({
  phase: 'waiting',
  reason: event.reason,
  // The line is joined once: a second refusal does not send anybody to its end.
  since: state.phase === 'waiting' ? state.since : event.at,
});

const refused = (_: RunState, event: EventOf<'pushRefused'>): RunState => ({
  phase: 'error',
  why: 'refused',
  pushed: null,
  startedAt: null,
  endedAt: event.at,
  message: event.message,
});

const withdrawn = (_: RunState, event: EventOf<'withdrawn'>): RunState => ({
  phase: 'cancelled',
  how: 'withdrawn',
  by: event.by,
  pushed: null,
  startedAt: null,
  endedAt: event.at,
});

const pushStarted = (_: RunState, event: EventOf<'pushStarted'>): RunState => ({
  phase: 'pushing',
  baseVersion: event.baseVersion,
  since: event.at,
  doubt: null,
});

const queued = (_: RunState, event: EventOf<'pushed'>): RunState => ({ phase: 'queued', pushed: event.pushed });

const running = (state: StateOf<'queued' | 'running'>, event: EventOf<'seenRunning'>): RunState => ({
  phase: 'running',
  pushed: state.pushed,
  startedAt: state.phase === 'running' ? state.startedAt : event.at,
  stopping: event.stopping,
});

const ended = (state: StateOf<'queued' | 'running'>, event: EventOf<'ended'>): RunState => ({
  phase: 'finishing',
  pushed: state.pushed,
  startedAt: state.phase === 'running' ? state.startedAt : null,
  endedAt: event.at,
  end: event.end,
  message: event.message,
});

function finished(state: StateOf<'finishing'>): RunState {
  const { pushed, startedAt, endedAt, end, message } = state;
  if (end === 'complete') return { phase: 'complete', pushed, startedAt, endedAt };
  if (end === 'stopped') return { phase: 'cancelled', how: 'stopped', by: null, pushed, startedAt, endedAt };
  return { phase: 'error', why: end, pushed, startedAt, endedAt, message };
}

const lost = (state: RunState, event: EventOf<'lostSight'>): RunState => ({
  phase: 'lost',
  why: event.why,
  pushed: 'pushed' in state ? state.pushed : null,
  startedAt: 'startedAt' in state ? state.startedAt : null,
  since: event.at,
  givenUp: false,
});

const followedAgain = (pushed: Pushed, startedAt: number | null): RunState =>
  startedAt === null ? { phase: 'queued', pushed } : { phase: 'running', pushed, startedAt, stopping: false };

/** The one table of accepted events (design.md 3). A pair without a row changes nothing and is a mistake of the caller. */
const accepts: { readonly [P in Phase]: Row<P> } = {
  accepted: { pushStarted, pushDeferred: deferred, pushRefused: refused, withdrawn, lostSight: lost },
  waiting: { pushStarted, pushDeferred: deferred, pushRefused: refused, withdrawn, lostSight: lost },
  pushing: {
    pushed: queued,
    pushDeferred: deferred,
    pushRefused: refused,
    pushDoubted: (state, event) => ({ ...state, doubt: state.doubt ?? { since: event.at, looks: 0 } }),
    pushNotFound: (state, event) => ({
      ...state,
      doubt: { since: state.doubt?.since ?? event.at, looks: (state.doubt?.looks ?? 0) + 1 },
    }),
    pushAbsent: () => ({ phase: 'accepted' }),
    lostSight: lost,
  },
  queued: { seenQueued: (state) => state, seenRunning: running, ended, lostSight: lost },
  running: { seenQueued: (state) => state, seenRunning: running, ended, lostSight: lost },
  finishing: { finished, lostSight: lost },
  complete: {},
  error: {},
  cancelled: {},
  lost: {
    lookAgain: (state) =>
      state.pushed === null ? { phase: 'accepted' } : followedAgain(state.pushed, state.startedAt),
    givenUp: (state) => ({ ...state, givenUp: true }),
  },
};

/** Whether the table has a row for this pair. */
export const isAccepted = (phase: Phase, type: EventType): boolean => accepts[phase][type] !== undefined;

/**
 * What becomes of a run.
 * @throws Error when the table has no row for this pair: a step that sends such an event has a mistake.
 */
export function next(state: RunState, event: RunEvent): RunState {
  const row = accepts[state.phase][event.type] as ((state: RunState, event: RunEvent) => RunState) | undefined;
  if (row === undefined) throw new Error(`a run that is ${state.phase} does not accept ${event.type}`);
  return row(state, event);
}
