import { setImmediate as afterIo } from 'node:timers/promises';
import { openDatabase } from '../../db/open.ts';
import { openStores } from '../../db/stores.ts';
import { MINUTE, SECOND } from '../../src/clock.ts';
import type { Chat, Post } from '../../src/discord/chat.ts';
import { nonceOf } from '../../src/domain/notice.ts';
import { createGithub } from '../../src/github/github.ts';
import { Pace } from '../../src/kaggle/pace.ts';
import { silentLog } from '../../src/log.ts';
import { Keyring, Secret } from '../../src/secret.ts';
import { KaggleHealth } from '../../src/steps/health.ts';
import { LogFollower } from '../../src/steps/log-follower.ts';
import type { Needs } from '../../src/steps/needs.ts';
import { tick } from '../../src/tick.ts';
import { seeded } from '../../test/chaos/seeded.ts';
import { SimulatedKaggle } from './kaggle.ts';
import { exponential, lifeOf, notebookLaw } from './law.ts';
import { VirtualClock } from './virtual-clock.ts';

export type Simulated = {
  readonly runs: number;
  /** From the moment Kaggle's status tells of the end to our message, in seconds, ascending. The beat's second counts, the network's time does not. */
  readonly delays: readonly number[];
  /** Calls per run, by kind. */
  readonly calls: ReadonlyMap<string, number>;
  readonly edits: number;
  /** Virtual hours that passed. */
  readonly hours: number;
};

const GUILD = 'guild';
/** Between the end of a run and the next one of the same notebook. */
const PAUSE_MS = 20 * MINUTE;
const RUNS_PER_NOTEBOOK = 10;

/**
 * Lets the real steps follow so many runs on a virtual clock, with Kaggle and Discord played in memory.
 * Each person has one notebook and runs it ten times.
 */
export async function simulate(count: number, streams: boolean, seed = 7): Promise<Simulated> {
  const random = seeded(seed);
  const clock = new VirtualClock();
  const people = Math.ceil(count / RUNS_PER_NOTEBOOK);
  const laws = Array.from({ length: people }, () => notebookLaw(random));
  const endOf = new Map<string, number>();
  const pace = new Pace(clock, random);
  const kaggle = new SimulatedKaggle({
    clock,
    pace,
    random,
    streams,
    draw: (kernel) => lifeOf(laws[Number(/\d+/.exec(kernel)?.[0])] ?? notebookLaw(random), random),
    onEnd: (kernel, version, endsAt) => endOf.set(`${kernel}/${version}`, endsAt),
  });

  const delays: number[] = [];
  let edits = 0;
  let messages = 0;
  const waiting = new Map<string, { key: string; person: number }>();
  const later: { at: number; person: number }[] = [];
  const posted = (post: Post): void => {
    const run = waiting.get(post.nonce);
    if (run === undefined) return;
    waiting.delete(post.nonce);
    const state = stores.runs.byKey(run.key)?.state;
    if (state === undefined || !('pushed' in state) || state.pushed === null)
      throw new Error('an end without a version');
    const ended = endOf.get(`${userOf(run.person)}/notebook/${state.pushed.version}`);
    if (ended === undefined) throw new Error('the end of a version that was not pushed');
    delays.push((clock.mono() - ended) / SECOND);
    later.push({ at: clock.mono() + exponential(PAUSE_MS, random), person: run.person });
  };
  const chat: Chat = {
    post: async (post) => {
      posted(post);
      messages += 1;
      return String(messages);
    },
    edit: async () => {
      edits += 1;
    },
    directMessages: async (userId) => `dm-${userId}`,
    findOwn: async () => null,
    uploadLimit: () => 10_000_000,
    mention: (command) => `/${command}`,
    guildName: () => 'Night lab',
  };

  const db = openDatabase(':memory:');
  const stores = openStores(db, new Keyring([Buffer.alloc(32, 7)]));
  stores.accounts.checkKeys();
  for (let person = 0; person < people; person += 1)
    stores.accounts.link(
      idOf(person),
      userOf(person),
      { kind: 'token', token: new Secret(`KGAT_${person}`) },
      clock.now(),
    );
  const base = {
    ...stores,
    kaggle,
    chat,
    clock,
    log: silentLog,
    health: new KaggleHealth(),
    pace,
  };
  const follower = new LogFollower(base);
  const needs: Needs = {
    ...base,
    follower,
    settings: {
      web: 'https://www.kaggle.com',
      publicUrl: null,
      sessionHours: { gpu: 12, tpu: 9, cpu: 12 },
      playground: false,
      version: 'simulation',
    },
    checks: { code: async () => [], setup: async () => [] },
    github: createGithub('Nightshift/test', {
      api: 'http://127.0.0.1:9',
      raw: 'http://127.0.0.1:9',
      gistRaw: 'http://127.0.0.1:9',
    }),
    fetchAttachment: async () => Buffer.alloc(0),
  };

  const firstDue = db.prepare(
    `select min(coalesce((select min(due_at) from runs), 9e15), coalesce((select min(due_at) from notices), 9e15),
       coalesce((select min(due_at) from cards), 9e15)) as at`,
  );
  let accepted = 0;
  const ask = (person: number): void => {
    if (accepted >= count) return;
    const key = String(accepted).padStart(22, 'k');
    accepted += 1;
    const channelId = `channel-${person}`;
    stores.runs.accept(
      {
        key,
        interactionId: `asked-${accepted}`,
        place: { kind: 'guild', guildId: GUILD, channelId },
        launcher: { id: idOf(person), name: 'Somebody' },
        settings: {
          kernel: { owner: userOf(person), slug: 'notebook' },
          title: 'Notebook',
          kind: 'notebook',
          language: 'python',
          accelerator: 'NvidiaTeslaT4',
          inputs: [],
          internet: false,
          isPublic: false,
          limitMinutes: 720,
          note: null,
          origin: { from: 'attachment', name: 'notebook.ipynb', link: null },
          cells: 3,
        },
        sourceHash: 'simulated',
        acceptedAt: clock.now(),
      },
      '{}',
    );
    waiting.set(nonceOf({ key }, 'end', channelId), { key, person });
  };

  for (let person = 0; person < people; person += 1) later.push({ at: exponential(PAUSE_MS, random), person });
  while (delays.length < count) {
    const beat = clock.mono() + SECOND;
    await clock.goTo(beat, () => afterIo());
    for (let index = later.length - 1; index >= 0; index -= 1) {
      const one = later[index];
      if (one === undefined || one.at > beat) continue;
      later.splice(index, 1);
      ask(one.person);
    }
    // A beat in which nothing is due does nothing; most of the night is such.
    if ((firstDue.get() as { at: number }).at > clock.now()) continue;
    await tick(needs);
    await afterIo();
  }
  const hours = clock.mono() / (60 * MINUTE);
  await follower.stop();
  db.close();
  delays.sort((a, b) => a - b);
  return { runs: count, delays, calls: kaggle.calls, edits, hours };
}

const userOf = (person: number): string => `user-${person}`;
const idOf = (person: number): string => String(900_000_000_000_000_000n + BigInt(person));
