import type { Runs } from '../db/runs.ts';
import { SECOND } from './clock.ts';
import { watchRuns } from './steps/alarms.ts';
import { announceNext } from './steps/announce.ts';
import { backUpNext } from './steps/back-up.ts';
import { editCardNext } from './steps/edit-card.ts';
import { finishNext } from './steps/finish.ts';
import { noteFollowing } from './steps/following.ts';
import type { InHand } from './steps/in-hand.ts';
import { lookNext } from './steps/look.ts';
import { memoryOf } from './steps/memory.ts';
import type { Needs } from './steps/needs.ts';
import { pushNext } from './steps/push.ts';
import { reconcileNext } from './steps/reconcile.ts';
import { recoverNext } from './steps/recover.ts';

type Step = (needs: Needs, inHand: InHand) => Promise<boolean>;

/** A wall clock that goes back by more than this was set; less is how clocks are kept right. */
const SET_BACK_MS = 5 * SECOND;

/**
 * One kind of work: its steps share what is in hand (an account, a channel), and each of its workers takes one item at a time.
 * There are never more workers than that, however often it is asked; one that hangs on a slow answer does not keep the next
 * beat from filling up the others.
 */
class Lane {
  readonly #steps: readonly Step[];
  readonly #most: number;
  readonly #inHand: InHand = new Set();
  #working = 0;

  constructor(most: number, ...steps: readonly Step[]) {
    this.#steps = steps;
    this.#most = most;
  }

  /** Works until nothing is found. @returns whether anything was done. */
  async run(needs: Needs): Promise<boolean> {
    const free = this.#most - this.#working;
    // All of them end before an error goes on, so that none works behind anybody's back.
    const ends = await Promise.allSettled(Array.from({ length: free }, () => this.#work(needs)));
    let worked = false;
    for (const end of ends) {
      if (end.status === 'rejected') throw end.reason;
      worked ||= end.value;
    }
    return worked;
  }

  async #work(needs: Needs): Promise<boolean> {
    this.#working += 1;
    try {
      let worked = false;
      for (let found = true; found; worked ||= found) {
        found = false;
        for (const step of this.#steps) if (await step(needs, this.#inHand)) found = true;
      }
      return worked;
    } finally {
      this.#working -= 1;
    }
  }
}

/** `first` alone while a restored database is compared with Kaggle: it may neither push nor say anything before. */
type Lanes = { readonly first: readonly Lane[]; readonly all: readonly Lane[] };
const lanes = new WeakMap<Runs, Lanes>();

function lanesOf({ runs }: Needs): Lanes {
  const known = lanes.get(runs);
  if (known !== undefined) return known;
  const first = [new Lane(1, reconcileNext), new Lane(8, lookNext), new Lane(4, finishNext)];
  const made = {
    first,
    all: [
      ...first,
      new Lane(4, recoverNext, pushNext),
      new Lane(1, watchRuns),
      new Lane(4, announceNext),
      new Lane(2, editCardNext),
      new Lane(1, backUpNext),
    ],
  };
  lanes.set(runs, made);
  return made;
}

/**
 * One beat: everything that is due is done, each step until it finds nothing; what one step makes due for another is done in
 * the same beat. An item that fails is logged and put off, and stops no other.
 * @throws ChatError `unauthorized` when Discord no longer takes the bot's token: then the program must end.
 */
export async function tick(needs: Needs): Promise<void> {
  const { storage, backups, clock, log } = needs;
  // What cannot be stored is not done either: Kaggle and Discord would be asked the same each second.
  if (!storage.isReady(clock.mono())) return;
  try {
    beforeBeat(needs);
    noteFollowing(needs);
    const { first, all } = lanesOf(needs);
    for (let worked = true; worked; ) {
      const free = backups.restoredFrom === null ? all : first;
      const found = await Promise.all(free.map((lane) => lane.run(needs)));
      worked = found.some((one) => one);
    }
  } catch (error) {
    if (!storage.tells(error)) throw error;
    log.error({}, 'the disk is full: nothing new is taken until there is room');
  }
}

function beforeBeat({ runs, cards, notices, clock, log }: Needs): void {
  const memory = memoryOf({ runs });
  const beat = { now: clock.now(), mono: clock.mono() };
  const last = memory.lastBeat;
  if (last === null) {
    // Whatever an earlier process followed is looked at now: its streams are gone, and the due times counted on them.
    runs.wakeAll(['queued', 'running'], null, beat.now);
    memory.lastBeat = beat;
    return;
  }
  memory.lastBeat = beat;
  const setBack = beat.mono - last.mono - (beat.now - last.now);
  if (setBack < SET_BACK_MS) return;
  log.warn({ ms: Math.round(setBack) }, 'the clock of this computer was set back');
  for (const rows of [runs, cards, notices]) rows.clockSetBack(Math.round(setBack));
}
