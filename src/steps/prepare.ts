import type { GuildSettings } from '../../db/guilds.ts';
import { DEFAULT_ACCELERATOR } from '../domain/accelerator.ts';
import { closest } from '../domain/closest.ts';
import { formatInput, type InputRef, parseInputs } from '../domain/input.ts';
import { formatKernel } from '../domain/kernel.ts';
import { parseLimit } from '../domain/limit.ts';
import type { RunSettings } from '../domain/run.ts';
import { UserError } from '../domain/user-error.ts';
import { clean, cutEnd } from '../domain/words.ts';
import { type Credential, KaggleError } from '../kaggle/kaggle.ts';
import { explainKaggle } from './explain.ts';
import type { Needs } from './needs.ts';
import type { CommitOrder } from './order.ts';
import { type OrderSource, readOrderedFile, type SourceNeeds, sourceOf, sourceUnasked } from './order-source.ts';
import { acceleratorSaid, ceilingOf, NOTHING, type OrderFacts, problemsWith, together } from './problems.ts';

export type PrepareNeeds = SourceNeeds & Pick<Needs, 'accounts' | 'guilds' | 'health'>;

/** The person has no Kaggle account linked: whoever asked offers to link one and to go on. */
export class NotLinkedError extends UserError {
  constructor() {
    super('Link your Kaggle account first.', `\`/link\` does it. ${NOTHING}`);
  }
}

/** Kaggle does not answer now; the order may be good. */
export class KaggleAwayError extends UserError {}

/** An order of which all is known that a run needs, and of which nothing is wrong. */
export type Prepared = {
  readonly source: OrderSource;
  readonly settings: RunSettings;
  /** Whose hours and inputs count; null when Kaggle was not asked. */
  readonly asked: { readonly account: string; readonly credential: Credential } | null;
};

const NOTE_MAX = 500;
const INPUTS_AT_A_TIME = 4;

/**
 * Gathers what an order needs, and judges it. Nothing is stored.
 * @throws UserError that names every problem (NotLinkedError when no account is linked)
 */
export async function prepare(order: CommitOrder, needs: PrepareNeeds): Promise<Prepared> {
  const { accounts, guilds, clock, health, settings } = needs;
  readOrderedFile(order);
  const account = accounts.of(order.user.id);
  if (account === null) throw new NotLinkedError();
  try {
    const source = await sourceOf(order, account.kaggleUser, account.credential, needs);
    const { wrong, ...chosen } = settingsOf(order, source, guildOf(order, guilds), settings.sessionHours);
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
      web: settings.web,
    };
    const problems = problemsWith(order, facts);
    if (problems.length > 0) throw together(problems);
    health.answered(clock.now(), account.kaggleUser);
    return { source, settings: chosen, asked: { account: account.kaggleUser, credential: account.credential } };
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    if (error.kind === 'unavailable' || error.kind === 'unreadable') health.failed(clock.now(), account.kaggleUser);
    const { title, advice } = explainKaggle(error, { downSince: health.downSince, nothing: NOTHING });
    throw error.isOutage ? new KaggleAwayError(title, advice) : new UserError(title, advice);
  }
}

/**
 * The same without a word to Kaggle, for an order of a file: whether its inputs exist and what is there already is not known.
 * @throws UserError for what is wrong all the same
 */
export function prepareUnasked(order: CommitOrder, { guilds, settings }: PrepareNeeds): Prepared {
  const source = sourceUnasked(order);
  const { wrong, ...chosen } = settingsOf(order, source, guildOf(order, guilds), settings.sessionHours);
  const problems = problemsWith(order, {
    account: '',
    name: source.name,
    kind: chosen.kind,
    kernel: chosen.kernel,
    title: chosen.title,
    existing: null,
    accelerator: chosen.accelerator,
    sessionHours: settings.sessionHours,
    wrongInputs: wrong,
    inputs: [],
    web: settings.web,
  });
  if (problems.length > 0) throw together(problems);
  return { source, settings: chosen, asked: null };
}

const guildOf = ({ place }: CommitOrder, guilds: PrepareNeeds['guilds']): GuildSettings =>
  guilds.settings(place.kind === 'guild' ? place.guildId : null);

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
  { kaggle }: PrepareNeeds,
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
