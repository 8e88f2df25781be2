import { at, duration, facts, plural } from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import { framed, small, text } from './components.ts';

/** /help. */
export type HelpView = {
  readonly mention: (command: string) => string;
  /** Names of the commands there are; a line shows those of its own that are among them. */
  readonly commands: ReadonlySet<string>;
  /** Of Nightshift. */
  readonly version: string;
  /** Since when Kaggle answers nobody; null while it does. */
  readonly kaggleDownSince: number | null;
  readonly alive: number;
  /** How long runs were followed without a gap, in ms; null when it is not known. */
  readonly followedMs: number | null;
};

/** The message menu's command, as it is registered. */
const MENU = 'Commit to Kaggle';

const LINES: readonly (readonly [string, readonly string[]])[] = [
  ['Start', ['commit', 'check', 'again', 'watch', MENU]],
  ['Ask', ['status', 'runs', 'compare', 'log', 'outputs', 'quota']],
  ['Stop', ['stop']],
  ['Account', ['link', 'unlink']],
  ['Server', ['settings']],
];

export function renderHelp({ mention, commands, version, kaggleDownSince, alive, followedMs }: HelpView): MessageBody {
  const lines = LINES.map(([what, names]) => {
    const there = names.filter((name) => commands.has(name));
    if (there.length === 0) return null;
    const said = facts(...there.map((name) => (name === MENU ? `message menu *${MENU}*` : mention(name))));
    return `**${what}** ${said}${what === 'Server' ? ', for managers' : ''}`;
  });
  return framed(null, [
    text('### What you can say', ...lines),
    text('In a direct message plain words do too: `status`, `status 42`, `log 42`, `help`.'),
    text(
      small(
        facts(
          `Nightshift ${version}`,
          kaggleDownSince === null ? 'Kaggle answers' : `Kaggle is not answering since ${at(kaggleDownSince, 't')}`,
          `${plural(alive, 'run')} alive`,
          followedMs !== null && `followed without a gap for ${duration(followedMs)}`,
        ),
      ),
    ),
  ]);
}
