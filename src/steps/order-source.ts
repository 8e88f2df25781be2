import type { Accelerator } from '../domain/accelerator.ts';
import type { InputRef } from '../domain/input.ts';
import {
  formatKernel,
  type KernelRef,
  parseKernelRef,
  slugOf,
  TITLE_MAX,
  titleFromFileName,
} from '../domain/kernel.ts';
import { kernelPage } from '../domain/links.ts';
import { kernelOf, type RunSettings } from '../domain/run.ts';
import { UserError } from '../domain/user-error.ts';
import { clean, cutEnd, escapeText } from '../domain/words.ts';
import { type Credential, KaggleError, type KernelSeen } from '../kaggle/kaggle.ts';
import { readPulled, readSource } from '../notebook/read.ts';
import { withoutReceipt } from '../notebook/receipt.ts';
import { memoryOf } from './memory.ts';
import type { Needs } from './needs.ts';
import type { CommitOrder } from './order.ts';
import { acceleratorOfKernel, NOTHING } from './problems.ts';

/** What an order is about to push, and what follows from where it comes from. */
export type OrderSource = {
  readonly text: string;
  readonly name: string;
  readonly settings: Pick<RunSettings, 'kind' | 'language' | 'cells' | 'origin' | 'kernel' | 'title'>;
  readonly existing: { readonly kind: 'notebook' | 'script' } | null;
  /** Settings that hold when nothing else was said; null where the guild's or ours hold. */
  readonly own: {
    readonly accelerator: Accelerator;
    readonly inputs: readonly InputRef[];
    readonly internet: boolean;
    readonly isPublic: boolean;
    readonly limitMinutes: number | null;
    readonly note: string | null;
  } | null;
};

export type SourceNeeds = Pick<Needs, 'kaggle' | 'runs' | 'clock' | 'settings' | 'chat'>;

/** One line, without what nobody can see. */
export const titleSaid = (text: string): string => clean(text).replace(/\s+/g, ' ').trim();

/** What can be said of a file without asking Kaggle: whether it is a notebook at all. @throws UserError */
export function readOrderedFile(order: CommitOrder): void {
  if (order.from.kind === 'file') readSource(order.from.name, Buffer.from(order.from.text, 'utf8'));
}

/** Pulls a kernel; null when Kaggle shows none of that name. @throws KaggleError for everything else. */
export async function pullOrNull(
  credential: Credential,
  kernel: KernelRef,
  { kaggle, runs, clock }: Pick<Needs, 'kaggle' | 'runs' | 'clock'>,
): Promise<KernelSeen | null> {
  const seen = await kaggle.kernel(credential, kernel).catch((error: unknown) => {
    if (error instanceof KaggleError && (error.kind === 'forbidden' || error.kind === 'notFound')) return null;
    throw error;
  });
  memoryOf({ runs }).versions.set(formatKernel(kernel), { version: seen?.currentVersion ?? 0, at: clock.mono() });
  return seen;
}

/**
 * Gets the source of an order: of a file, of a kernel of the person, or of an earlier run of theirs.
 * @throws UserError, KaggleError
 */
export async function sourceOf(
  order: CommitOrder,
  account: string,
  credential: Credential,
  needs: SourceNeeds,
): Promise<OrderSource> {
  switch (order.from.kind) {
    case 'file':
      return fromFile(order, order.from, account, credential, needs);
    case 'kernel':
      return fromKernel(order, order.from, account, credential, needs);
    case 'run':
      return fromRun(order, order.from.key, account, needs);
  }
}

type OrderedFile = Extract<CommitOrder['from'], { kind: 'file' }>;

async function fromFile(
  order: CommitOrder,
  file: OrderedFile,
  account: string,
  credential: Credential,
  needs: SourceNeeds,
): Promise<OrderSource> {
  const source = readFile(order, file, account);
  const { kernel } = source.settings;
  // A title nobody could push is told as a problem; there is nothing to look up for it.
  const existing = kernel.slug.length < 5 ? null : await pullOrNull(credential, kernel, needs);
  if (existing === null) return source;
  // A push replaces the title too; without a word the notebook keeps the one it has.
  const keeps = order.title === undefined && existing.title !== '';
  return {
    ...source,
    settings: { ...source.settings, ...(keeps ? { title: existing.title } : {}) },
    existing: { kind: existing.kind },
  };
}

/** What a file alone tells. */
function readFile(order: CommitOrder, file: OrderedFile, account: string): OrderSource {
  const source = readSource(file.name, Buffer.from(file.text, 'utf8'));
  const title = order.title === undefined ? titleFromFileName(file.name) : titleSaid(order.title);
  return {
    text: source.text,
    name: file.name,
    settings: {
      kind: source.kind,
      language: source.language,
      cells: source.cells,
      origin:
        file.origin === undefined
          ? { from: 'attachment', name: file.name, link: null }
          : { from: 'url', ...file.origin },
      kernel: { owner: account, slug: slugOf(title) },
      title,
    },
    existing: null,
    own: null,
  };
}

/**
 * The source of an order as far as it needs no account: that of a file.
 * @throws UserError for a file that is none, and for what only Kaggle has
 */
export function sourceUnasked(order: CommitOrder): OrderSource {
  if (order.from.kind === 'file') return readFile(order, order.from, '');
  throw new UserError('Only a file can be checked without Kaggle.', 'Attach one as notebook, or link your account.');
}

const notTheirs = (ref: string, account: string): UserError =>
  new UserError(`${escapeText(cutEnd(ref, 80))} is not a notebook of ${escapeText(account)}.`, NOTHING);

async function fromKernel(
  order: CommitOrder,
  { ref, byUrl }: Extract<CommitOrder['from'], { kind: 'kernel' }>,
  account: string,
  credential: Credential,
  needs: SourceNeeds,
): Promise<OrderSource> {
  const kernel = parseKernelRef(ref);
  if (kernel !== null && kernel.owner !== account && byUrl === true)
    return fromOthers(order, kernel, account, credential, needs);
  if (kernel === null || kernel.owner !== account)
    throw notTheirs(kernel === null ? ref : formatKernel(kernel), account);
  const seen = await pullOrNull(credential, kernel, needs);
  if (seen === null) throw notTheirs(formatKernel(kernel), account);
  const source = readPulled(seen.kind, seen.language, seen.source, formatKernel(kernel));
  return {
    text: source.text,
    name: formatKernel(kernel),
    settings: {
      kind: source.kind,
      language: source.language,
      cells: source.cells,
      origin: { from: 'kernel', name: formatKernel(kernel), link: kernelPage(needs.settings.web, kernel) },
      kernel,
      title: order.title !== undefined ? titleSaid(order.title) : seen.title === '' ? kernel.slug : seen.title,
    },
    existing: null,
    own: {
      accelerator: acceleratorOfKernel(seen),
      inputs: seen.inputs,
      internet: seen.internet,
      // Whoever commits their public notebook again does not expect it to vanish for its readers.
      isPublic: !seen.isPrivate,
      limitMinutes: null,
      note: null,
    },
  };
}

/**
 * A public notebook of somebody else becomes the first version of an own one, or the next one of that name. Its inputs and its
 * machine are what it needs to run; that it is public is its owner's choice, not ours.
 */
async function fromOthers(
  order: CommitOrder,
  theirs: KernelRef,
  account: string,
  credential: Credential,
  needs: SourceNeeds,
): Promise<OrderSource> {
  const ref = formatKernel(theirs);
  const seen = await pullOrNull(credential, theirs, needs);
  if (seen === null)
    throw new UserError(
      `Kaggle shows no notebook ${escapeText(cutEnd(ref, 80))} to you.`,
      `It may be private. ${NOTHING}`,
    );
  const source = readPulled(seen.kind, seen.language, seen.source, ref);
  const title =
    order.title !== undefined ? titleSaid(order.title) : cutEnd(titleSaid(seen.title) || theirs.slug, TITLE_MAX);
  const kernel = { owner: account, slug: slugOf(title) };
  const existing = kernel.slug.length < 5 ? null : await pullOrNull(credential, kernel, needs);
  return {
    text: source.text,
    name: ref,
    settings: {
      kind: source.kind,
      language: source.language,
      cells: source.cells,
      origin: {
        from: 'url',
        name: `kaggle.com/code/${ref} at v${seen.currentVersion}`,
        link: kernelPage(needs.settings.web, theirs),
      },
      kernel,
      title,
    },
    existing: existing === null ? null : { kind: existing.kind },
    own: {
      accelerator: acceleratorOfKernel(seen),
      inputs: seen.inputs,
      internet: seen.internet,
      isPublic: false,
      limitMinutes: null,
      note: null,
    },
  };
}

function fromRun(order: CommitOrder, key: string, account: string, { runs, chat }: SourceNeeds): OrderSource {
  const run = runs.byKey(key);
  if (run === null) throw new UserError('That run is not here any more.', NOTHING);
  if (run.launcher.id !== order.user.id) {
    const name = escapeText(run.launcher.name);
    throw new UserError(
      `#${run.number} runs on ${name}’s Kaggle account, so only ${name} can run it again.`,
      `You can start your own with ${chat.mention('commit')}.`,
    );
  }
  const kernel = kernelOf(run);
  if (kernel.owner !== account) throw notTheirs(formatKernel(kernel), account);
  const text = runs.source(run.sourceHash);
  if (text === null) throw new Error(`the source of run ${run.key} is not stored`);
  const { kind, language, cells, title, accelerator, inputs, internet, isPublic, limitMinutes, note } = run.settings;
  return {
    // The new run brings its own check cell, if it has one.
    text: withoutReceipt(text),
    name: `#${run.number}`,
    settings: {
      kind,
      language,
      cells,
      origin: { from: 'again', name: `#${run.number}`, link: null },
      kernel,
      title: order.title === undefined ? title : titleSaid(order.title),
    },
    existing: null,
    own: { accelerator, inputs, internet, isPublic, limitMinutes, note },
  };
}
