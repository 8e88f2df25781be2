import { ApplicationCommandType } from 'discord-api-types/v10';
import type { RunFilter } from '../db/runs.ts';
import type { MessageBody } from '../src/discord/chat.ts';
import type { Ask, Command, CommandAsk } from '../src/discord/command.ts';
import { RUNS_PER_PAGE, renderRuns } from '../src/discord/render/runs.ts';
import { formatKernel, parseKernelRef } from '../src/domain/kernel.ts';
import { kernelOf, type Run } from '../src/domain/run.ts';
import { UserError } from '../src/domain/user-error.ts';
import { clean, cutEnd, escapeText } from '../src/domain/words.ts';
import type { Needs } from '../src/steps/needs.ts';
import { bestOfKernels } from './bests.ts';
import { completed } from './complete.ts';
import { choiceOption, everywhere, textOption } from './declare.ts';
import { pressedRun } from './press.ts';
import { formatPage, type PageAsked, parsePage, STATES } from './runs-page.ts';
import { details } from './status.ts';

const COMPARED = 50;

export const runs: Command<Needs> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'runs',
    description: 'The history, newest first',
    ...everywhere,
    options: [
      choiceOption('who', 'Whose runs', [
        ['everyone', 'everyone'],
        ['me', 'only mine'],
      ]),
      choiceOption(
        'state',
        'Which of them',
        STATES.map(({ value, words }) => [value, words] as const),
      ),
      textOption('kernel', 'Only those of one notebook: owner/name', { maxLength: 300 }),
    ],
  },
  autocomplete: (ask, needs) =>
    completed(async () => {
      if (ask.focused.name !== 'kernel') return [];
      const wanted = ask.focused.value.trim().toLowerCase();
      const titles = new Map<string, string>();
      for (const run of needs.runs.list(ask.scope, {}, 200)) {
        const ref = formatKernel(kernelOf(run));
        if (!titles.has(ref)) titles.set(ref, clean(run.settings.title));
      }
      return [...titles]
        .filter(([ref, title]) => `${ref} ${title.toLowerCase()}`.includes(wanted))
        .map(([ref, title]) => ({ name: `${ref} · ${title}`, value: ref }));
    }, needs.log),
  execute: async (ask, needs) => {
    const untold = untoldEnds(ask, needs);
    const body = listed(ask, firstPage(ask, needs), needs, untold);
    // They count as told once the answer is there: one that is lost on its way says it the next time.
    const told = async (): Promise<void> => {
      for (const { key } of untold) needs.notices.readInAnswer(key, needs.clock.now());
    };
    return { body, ...(untold.length === 0 ? {} : { follow: told }) };
  },
  presses: {
    runsPage: {
      answers: 'update',
      execute: async (ask, needs) => {
        const page = parsePage(ask.argument ?? '');
        if (page === null)
          throw new UserError(
            'This button belongs to an older message.',
            `${needs.chat.mention('runs')} lists them anew.`,
          );
        return { body: listed(ask, page, needs) };
      },
    },
    runsOpen: {
      answers: 'reply',
      execute: async (ask, needs) => ({
        body: details(pressedRun({ ...ask, key: ask.values[0] ?? '' }, needs), ask, needs),
      }),
    },
  },
};

/** @throws UserError when the kernel cannot be read, or no run here was one of it */
function firstPage(ask: CommandAsk, needs: Needs): PageAsked {
  const kernel = ask.options.get('kernel');
  const state = STATES.find(({ value }) => value === ask.options.get('state'))?.value ?? null;
  return {
    isMine: ask.options.get('who') === 'me',
    state,
    cursor: null,
    page: 1,
    of: typeof kernel === 'string' && kernel.trim() !== '' ? runOfKernel(kernel, ask, needs).key : null,
  };
}

/** A kernel's name may be longer than a button's id, so one of its runs stands for it there. */
function runOfKernel(said: string, ask: Ask, { runs: all, chat }: Needs): Run {
  const ref = parseKernelRef(said);
  const [run] = ref === null ? [] : all.list(ask.scope, { kernel: formatKernel(ref) }, 1);
  if (run !== undefined) return run;
  throw new UserError(
    `There is no run of ${escapeText(cutEnd(said.trim(), 60))} here.`,
    `${chat.mention('runs')} without it lists them all.`,
  );
}

/** So many are named at once; the others the next time. */
const UNTOLD_AT_ONCE = 10;

/** Runs of the asker whose end could not be delivered anywhere, as far as they may be shown here. */
const untoldEnds = (ask: Ask, { notices, runs: all }: Needs): Run[] =>
  notices
    .parkedEnds(ask.user.id)
    .flatMap((key) => all.seen(ask.scope, key) ?? [])
    .slice(0, UNTOLD_AT_ONCE);

function listed(ask: Ask, asked: PageAsked, needs: Needs, untold: readonly Run[] = []): MessageBody {
  const { runs: all, chat, clock } = needs;
  const isServer = ask.scope.guildId !== null;
  const state = STATES.find(({ value }) => value === asked.state);
  const of = asked.of === null ? null : all.seen(ask.scope, asked.of);
  const kernel = of === null ? null : formatKernel(kernelOf(of));
  const filter: RunFilter = {
    ...(asked.isMine ? { launcher: ask.user.id } : {}),
    ...(state === undefined ? {} : { phases: state.phases }),
    ...(kernel === null ? {} : { kernel }),
  };
  const { found, page } = pageOf(asked, filter, ask, needs);
  const newest = found[0];
  const oldest = found.at(-1);
  const exists = (where: Pick<RunFilter, 'before' | 'after'>): boolean =>
    all.list(ask.scope, { ...filter, ...where }, 1).length > 0;
  const turn = (cursor: PageAsked['cursor'], to: number): string =>
    formatPage({ ...asked, cursor, page: Math.max(1, to) });
  return renderRuns({
    server: isServer && ask.scope.guildId !== null ? (chat.guildName(ask.scope.guildId) ?? 'this server') : null,
    who: isServer && asked.isMine ? ask.user.name : null,
    state: state?.words ?? null,
    kernel,
    page,
    pages: Math.max(page, Math.ceil(all.count(ask.scope, filter) / RUNS_PER_PAGE)),
    runs: found,
    bests: bestOfKernels(found, (ref) => all.list(ask.scope, { kernel: ref, phases: ['complete'] }, COMPARED)),
    newer:
      newest !== undefined && exists({ after: newest.acceptedAt })
        ? turn({ side: 'after', at: newest.acceptedAt }, page - 1)
        : null,
    older:
      oldest !== undefined && exists({ before: oldest.acceptedAt })
        ? turn({ side: 'before', at: oldest.acceptedAt }, page + 1)
        : null,
    mine: isServer
      ? {
          label: asked.isMine ? 'Everyone' : 'Only mine',
          argument: formatPage({ ...asked, isMine: !asked.isMine, cursor: null, page: 1 }),
        }
      : null,
    untold: untold.map(({ number }) => number),
    now: clock.now(),
  });
}

/** The runs beside the cursor. Where fewer are newer than a page holds, the newest page is shown whole. */
function pageOf(asked: PageAsked, filter: RunFilter, ask: Ask, { runs: all }: Needs): { found: Run[]; page: number } {
  const { cursor, page } = asked;
  const where = cursor === null ? {} : cursor.side === 'after' ? { after: cursor.at } : { before: cursor.at };
  const found = all.list(ask.scope, { ...filter, ...where }, RUNS_PER_PAGE);
  if (cursor?.side === 'after' && found.length < RUNS_PER_PAGE)
    return { found: all.list(ask.scope, filter, RUNS_PER_PAGE), page: 1 };
  return { found, page };
}
