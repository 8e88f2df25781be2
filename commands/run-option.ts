import type { APIApplicationCommandStringOption } from 'discord-api-types/v10';
import type { Ask, AutocompleteAsk, Choice, OptionValue } from '../src/discord/command.ts';
import { ALIVE_PHASES, type Phase, type Run } from '../src/domain/run.ts';
import { UserError } from '../src/domain/user-error.ts';
import { clean, cutEnd, escapeText, stateWord } from '../src/domain/words.ts';
import type { Needs } from '../src/steps/needs.ts';
import { completed } from './complete.ts';
import { textOption } from './declare.ts';

/** `run`, as every command that speaks of one declares it. */
export const runOption = (description: string): APIApplicationCommandStringOption =>
  textOption('run', description, { maxLength: 100 });

/** One run, or (in a direct message, where numbers of several servers meet) the runs it may be. */
export type Found = { readonly run: Run } | { readonly number: number; readonly among: readonly Run[] };

/**
 * The run somebody means: a number, `#42`, or the key behind an autocompleted choice. One that is not there and one that
 * belongs to another server are the same: the answer gives nothing away.
 * @throws UserError
 */
export function findRun(said: string, ask: Pick<Ask, 'scope'>, needs: Pick<Needs, 'runs' | 'chat'>): Found {
  const text = said.trim();
  const number = /^[#＃]?\s*(\d{1,9})$/.exec(text)?.[1];
  if (number !== undefined) {
    const among = needs.runs.numbered(ask.scope, Number(number));
    const [run] = among;
    if (run === undefined) throw notHere(`#${Number(number)}`, ask, needs);
    return among.length === 1 ? { run } : { number: Number(number), among };
  }
  const run = /^[A-Za-z0-9_-]{22}$/.test(text) ? needs.runs.seen(ask.scope, text) : null;
  if (run === null) throw notHere(`“${escapeText(cutEnd(text, 40))}”`, ask, needs);
  return { run };
}

/** The run the option names; when nothing is named, the person's newest that is alive, else the newest one of `phases`. */
export function runMeant(
  said: OptionValue | undefined,
  ask: Pick<Ask, 'scope' | 'user'>,
  needs: Pick<Needs, 'runs' | 'chat'>,
  order: readonly (readonly Phase[] | null)[] = [ALIVE_PHASES, null],
): Found {
  if (typeof said === 'string' && said.trim() !== '') return findRun(said, ask, needs);
  for (const phases of order) {
    const [run] = needs.runs.list(
      ask.scope,
      { launcher: ask.user.id, ...(phases === null ? {} : { phases: [...phases] }) },
      1,
    );
    if (run !== undefined) return { run };
  }
  throw new UserError('There is no run of yours here.', `Start with ${needs.chat.mention('commit')}.`);
}

function notHere(name: string, ask: Pick<Ask, 'scope'>, { runs, chat }: Pick<Needs, 'runs' | 'chat'>): UserError {
  const newest = runs.newestNumber(ask.scope);
  return new UserError(
    `There is no run ${name} here.`,
    newest === null
      ? `There are none yet; start with ${chat.mention('commit')}.`
      : `The newest is #${newest}; ${chat.mention('runs')} lists them.`,
  );
}

/** The list behind the option: the newest first. The value is what people would type; in a direct message the key, since numbers repeat. */
export function completeRun(ask: AutocompleteAsk, needs: Pick<Needs, 'runs' | 'log' | 'chat'>): Promise<Choice[]> {
  return completed(async () => {
    if (ask.focused.name !== 'run') return [];
    const wanted = ask.focused.value.trim().toLowerCase().replace(/^#/, '');
    const isNumber = /^\d+$/.test(wanted);
    return needs.runs
      .list(ask.scope, {}, 200)
      .filter(
        (run) =>
          (isNumber && String(run.number).startsWith(wanted)) || run.settings.title.toLowerCase().includes(wanted),
      )
      .slice(0, 25)
      .map((run) => ({
        name: `#${run.number} ${stateWord(run.state)} · ${clean(run.settings.title)} · ${whose(run, ask, needs)}`,
        value: ask.scope.guildId === null ? run.key : String(run.number),
      }));
  }, needs.log);
}

function whose(run: Run, ask: Ask, { chat }: Pick<Needs, 'chat'>): string {
  if (ask.scope.guildId !== null) return clean(run.launcher.name);
  const server = run.place.kind === 'guild' && run.place.guildId !== null ? chat.guildName(run.place.guildId) : null;
  return server === null ? 'direct message' : clean(server);
}
