import { createHash, randomBytes } from 'node:crypto';
import type { GuildSettings } from '../../db/guilds.ts';
import { DEFAULT_ACCELERATOR } from '../domain/accelerator.ts';
import { closest } from '../domain/closest.ts';
import { formatInput, type InputRef, parseInputs } from '../domain/input.ts';
import { formatKernel } from '../domain/kernel.ts';
import { parseLimit } from '../domain/limit.ts';
import type { Run, RunSettings } from '../domain/run.ts';
import { UserError } from '../domain/user-error.ts';
import { clean, cutEnd } from '../domain/words.ts';
import { type Credential, KaggleError } from '../kaggle/kaggle.ts';
import { withMarker } from '../notebook/marker.ts';
import { explainKaggle } from './explain.ts';
import type { Needs } from './needs.ts';
import type { CommitOrder } from './order.ts';
import { type OrderSource, readOrderedFile, type SourceNeeds, sourceOf } from './order-source.ts';
import { acceleratorSaid, ceilingOf, NOTHING, type OrderFacts, problemsWith, together } from './problems.ts';

export type SubmitNeeds = SourceNeeds & Pick<Needs, 'accounts' | 'guilds' | 'health' | 'log' | 'storage'>;

/** The person has no Kaggle account linked: whoever asked offers to link one and to go on. */
export class NotLinkedError extends UserError {
  constructor() {
    super('Link your Kaggle account first.', `\`/link\` does it. ${NOTHING}`);
  }
}

/** What room there is belongs to the runs that are under way. */
class StorageFullError extends UserError {
  constructor() {
    super(
      'The storage of this bot is full.',
      `${NOTHING} Whoever runs it has to free some space; runs under way are followed.`,
    );
  }
}

const NOTE_MAX = 500;
const INPUTS_AT_A_TIME = 4;

/**
 * Accepts an order as a run, after everything that can be checked beforehand was checked. The same interaction twice gives
 * the same run (`isNew` false then).
 * @returns the run and how long the checks took, in ms.
 * @throws UserError that names every problem (NotLinkedError when no account is linked); then nothing is stored.
 */
export async function submit(
  order: CommitOrder,
  needs: SubmitNeeds,
): Promise<{ run: Run; isNew: boolean; checkedMs: number }> {
  const { runs, accounts, guilds, clock, health, settings } = needs;
  const begun = clock.mono();
  const known = runs.ofInteraction(order.interactionId);
  if (known !== null) return { run: known, isNew: false, checkedMs: 0 };
  if (needs.storage.isFull) throw new StorageFullError();
  readOrderedFile(order);
  const account = accounts.of(order.user.id);
  if (account === null) throw new NotLinkedError();
  try {
    const source = await sourceOf(order, account.kaggleUser, account.credential, needs);
    const guild = guilds.settings(order.place.kind === 'guild' ? order.place.guildId : null);
    const { wrong, ...chosen } = settingsOf(order, source, guild, settings.sessionHours);
    const facts: OrderFacts = {
      account: account.kaggleUser,
      name: source.name,
      kind: chosen.kind,
      kernel: chosen.kernel,
      title: chosen.title,
      existing: source.existing,
      accelerator: chosen.accelerator,
      sessionHours: settings.sessionHours,
      wrongInputs: wrong,
      inputs: await inputFacts(account.credential, chosen.inputs, needs),
    };
    const problems = problemsWith(order, facts);
    if (problems.length > 0) throw together(problems);
    health.answered();
    return { ...accept(order, source, chosen, needs), checkedMs: Math.max(0, clock.mono() - begun) };
  } catch (error) {
    if (needs.storage.tells(error)) throw new StorageFullError();
    if (!(error instanceof KaggleError)) throw error;
    if (error.kind === 'unavailable' || error.kind === 'unreadable') health.failed(clock.now());
    throw explainKaggle(error, { downSince: health.downSince, nothing: NOTHING });
  }
}

/** What holds in the end: what was said, else what the source brings, else what the guild has set, else what is usual. */
function settingsOf(
  order: CommitOrder,
  { settings, own }: OrderSource,
  guild: GuildSettings,
  sessionHours: Needs['settings']['sessionHours'],
): RunSettings & { wrong: string[] } {
  const said = order.inputs === undefined ? null : parseInputs(order.inputs);
  const accelerator = acceleratorSaid(order, own?.accelerator ?? guild.accelerator ?? DEFAULT_ACCELERATOR);
  const ceiling = ceilingOf(accelerator, sessionHours);
  const limit = order.limit === undefined ? null : parseLimit(order.limit);
  const note = order.note === undefined ? (own?.note ?? null) : cutEnd(clean(order.note).trim(), NOTE_MAX);
  return {
    ...settings,
    accelerator,
    inputs: said?.inputs ?? own?.inputs ?? [],
    // Off unless asked for: most runs need none, code competitions refuse versions that had it, and an account without a
    // verified phone number is refused at the start of the session, long after the commit looked fine.
    internet: order.internet ?? own?.internet ?? guild.internet ?? false,
    isPublic: order.isPublic ?? own?.isPublic ?? false,
    limitMinutes: limit ?? Math.min(own?.limitMinutes ?? guild.limitMinutes ?? ceiling, ceiling),
    note: note === '' ? null : note,
    wrong: said?.wrong ?? [],
  };
}

async function inputFacts(
  credential: Credential,
  inputs: readonly InputRef[],
  { kaggle }: SubmitNeeds,
): Promise<OrderFacts['inputs'][number][]> {
  const facts: OrderFacts['inputs'][number][] = [];
  for (let from = 0; from < inputs.length; from += INPUTS_AT_A_TIME) {
    const some = inputs.slice(from, from + INPUTS_AT_A_TIME);
    facts.push(
      ...(await Promise.all(
        some.map(async (input) => {
          const seen = await kaggle.input(credential, input);
          return { input, seen, like: seen.kind === 'missing' ? await similar(credential, input, kaggle) : null };
        }),
      )),
    );
  }
  return facts;
}

/** What may have been meant by an input that is not there. A kindness, so its failure is none. */
async function similar(
  credential: Credential,
  { kind, ref }: InputRef,
  kaggle: Needs['kaggle'],
): Promise<string | null> {
  if (kind === 'model') return null;
  const search = async (word: string): Promise<string[]> => {
    if (kind === 'dataset') return (await kaggle.datasets(credential, word, 20)).map((one) => one.ref);
    if (kind === 'competition') return (await kaggle.competitions(credential, word, 20)).map(({ slug }) => slug);
    return (await kaggle.kernels(credential, word, 20)).map((one) => formatKernel(one.ref));
  };
  try {
    for (const word of searchable(ref)) {
      const like = closest(ref, await search(word));
      if (like !== null) return kind === 'kernel' ? formatInput({ kind, ref: like }) : like;
    }
    return null;
  } catch (error) {
    if (error instanceof KaggleError) return null;
    throw error;
  }
}

const WORDS_SEARCHED = 3;

/** What is searched for, one after the other: a slip of the pen in one word must not hide what another, or the owner, would find. */
function searchable(ref: string): string[] {
  const slash = ref.lastIndexOf('/');
  const words = ref
    .slice(slash + 1)
    .split(/[-_.]+/)
    .filter((word) => word !== '')
    .sort((a, b) => b.length - a.length)
    .slice(0, WORDS_SEARCHED);
  return slash > 0 ? [...words, ref.slice(0, slash)] : words;
}

function accept(
  order: CommitOrder,
  source: OrderSource,
  settings: RunSettings,
  { runs, clock, log }: SubmitNeeds,
): { run: Run; isNew: boolean } {
  const key = randomBytes(16).toString('base64url');
  const text = withMarker({ kind: settings.kind, language: settings.language, text: source.text }, key);
  const accepted = runs.accept(
    {
      key,
      interactionId: order.interactionId,
      place: order.place,
      launcher: order.user,
      settings,
      sourceHash: createHash('sha256').update(text).digest('hex'),
      acceptedAt: clock.now(),
    },
    text,
  );
  if (accepted.isNew) log.info({ run: key, kernel: formatKernel(settings.kernel) }, 'a run is accepted');
  return accepted;
}
