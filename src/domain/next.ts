import type { EarlierPush, EventOf, EventType, Phase, Pushed, RunEvent, RunState, StateOf } from './run.ts';

type Row<P extends Phase> = { [T in EventType]?: (state: StateOf<P>, event: EventOf<T>) => RunState };

/** What is known of an earlier push goes along until Kaggle has a version. */
const earlierOf = ({ earlier }: { readonly earlier?: EarlierPush }): { earlier?: EarlierPush } =>
  earlier === undefined ? {} : { earlier };

const deferred = (state: StateOf<'accepted' | 'waiting' | 'pushing'>, event: EventOf<'pushDeferred'>): RunState => ({
  phase: 'waiting',
  reason: event.reason,
  // The line is joined once: a second refusal does not send anybody to its end.
  since: state.phase === 'waiting' ? state.since : event.at,
  ...earlierOf(state),
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

const pushStarted = (state: StateOf<'accepted' | 'waiting'>, event: EventOf<'pushStarted'>): RunState => ({
  phase: 'pushing',
  baseVersion: event.baseVersion,
  since: event.at,
  doubt: null,
  ...earlierOf(state),
});

/** Only a push that may have reached Kaggle is one that may land yet; of several the first counts, for ours lies behind it. */
const absent = (state: StateOf<'pushing'>): RunState => {
  const { baseVersion, since, doubt } = state;
  return doubt === null || state.earlier !== undefined
    ? { phase: 'accepted', ...earlierOf(state) }
    : { phase: 'accepted', earlier: { baseVersion, at: since } };
};

const queued = (state: StateOf<'pushing'>, event: EventOf<'pushed'>): RunState => ({
  phase: 'queued',
  pushed: { ...event.pushed, ...earlierOf(state) },
});

const withTwin = <S extends StateOf<'queued' | 'running'>>(state: S, event: EventOf<'twinSeen'>): S => ({
  ...state,
  pushed: { ...state.pushed, twin: event.version },
});

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

function finished(state: StateOf<'finishing'>, { times }: EventOf<'finished'>): RunState {
  const { pushed, end, message } = state;
  const { startedAt, endedAt } = times ?? state;
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
  ...(state.phase === 'pushing' ? { inDoubt: { baseVersion: state.baseVersion, at: state.since } } : {}),
});

const followedAgain = (pushed: Pushed, startedAt: number | null): RunState =>
  startedAt === null ? { phase: 'queued', pushed } : { phase: 'running', pushed, startedAt, stopping: false };

/** The one table of accepted events. A pair without a row changes nothing and is a mistake of the caller. */
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
    pushAbsent: absent,
    lostSight: lost,
  },
  queued: { seenQueued: (state) => state, seenRunning: running, twinSeen: withTwin, ended, lostSight: lost },
  running: { seenQueued: (state) => state, seenRunning: running, twinSeen: withTwin, ended, lostSight: lost },
  finishing: { finished, lostSight: lost },
  complete: {},
  error: {},
  cancelled: {},
  lost: {
    lookAgain: (state, event) => {
      if (state.pushed !== null) return followedAgain(state.pushed, state.startedAt);
      if (state.inDoubt === undefined) return { phase: 'accepted' };
      const { baseVersion, at } = state.inDoubt;
      return { phase: 'pushing', baseVersion, since: at, doubt: { since: event.at, looks: 0 } };
    },
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
