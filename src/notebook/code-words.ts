import { clean, escapeMarkdown, inlineCode } from '../domain/text.ts';

/** The sentences about code. Names and messages may hold anything a notebook holds, so both are escaped. */

const cut = (text: string, most = 60): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const name = (text: string): string => inlineCode(cut(text));

/** What the parser says, its code parts (in backticks) and its words escaped each in their way. */
function said(message: string): string {
  const parts = cut(clean(message), 160).replace(/\.$/, '').split('`');
  parts[0] = (parts[0] ?? '').charAt(0).toLowerCase() + (parts[0] ?? '').slice(1);
  return parts
    .map((part, at) => (at % 2 === 1 && at < parts.length - 1 ? inlineCode(part) : escapeMarkdown(part)))
    .join('');
}

export const words = {
  definedLater: (used: string, cell: number): string => `${name(used)} is used here but first defined in cell ${cell}.`,
  definedBelow: (used: string, line: number): string => `${name(used)} is used here but first defined in line ${line}.`,
  neededLater: (called: string, needed: string, place: string): string =>
    `${name(called)} is called here but needs ${name(needed)}, which is first defined in ${place}.`,
  neededGone: (called: string, needed: string): string =>
    `${name(called)} is called here but needs ${name(needed)}, which is not defined at this point.`,
  goneBefore: (used: string, place: string): string =>
    `${name(used)} is not defined here any more; ${place} deletes it.`,
  nowhere: (used: string, meant: string | null): string =>
    `${name(used)} is not defined anywhere in this notebook.${meant === null ? '' : ` Did you mean ${name(meant)}?`}`,
  nowhereInScript: (used: string, meant: string | null): string =>
    `${name(used)} is not defined anywhere in this script.${meant === null ? '' : ` Did you mean ${name(meant)}?`}`,
  notImported: (used: string, statement: string): string =>
    `${name(used)} is not defined anywhere in this notebook; ${name(statement)} is missing.`,
  python2Name: (used: string, now: string): string => `${name(used)} is Python 2; Python 3 calls it ${name(now)}.`,
  notHere: (used: string): string => `${name(used)} is used here but not defined at this point.`,
  hidden: (used: string, by: string): string =>
    `${name(used)} is not defined in this notebook, unless ${by} brings it in.`,
  hiddenMany: (names: readonly string[], more: number): string =>
    `${names.map(name).join(', ')}${more > 0 ? ` and ${more} more` : ''} can only come from this ${name('import *')}.`,
  hiddenOne: (used: string): string => `${name(used)} can only come from an ${name('import *')}.`,
  hiddenMeant: (used: string, meant: string): string =>
    `${name(used)} can only come from an ${name('import *')}. Did you mean ${name(meant)}?`,
  unassigned: (used: string): string => `${name(used)} is used here before this function gives it a value.`,
  noFileName: `${inlineCode('__file__')} does not exist in a notebook.`,
  unclosed: (bracket: string): string => `${inlineCode(bracket)} is opened here and never closed.`,
  openString: 'A string begins here and is never closed.',
  mergeMarker: 'A merge conflict is left in the code here.',
  print2: `${inlineCode('print')} without brackets is Python 2.`,
  exec2: `${inlineCode('exec')} without brackets is Python 2.`,
  except2: `${inlineCode('except A, e:')} is Python 2; Python 3 writes ${inlineCode('except A as e:')}.`,
  typographic: (char: string): string => `${inlineCode(char)} is a typographic character; Python takes the plain one.`,
  noBreakSpace: 'There is a no-break space here; Python takes plain spaces only.',
  shellWithoutMark: (command: string): string =>
    `${name(command)} is not Python; it needs ${inlineCode('!')} or ${inlineCode('%')} in front.`,
  magicInScript: (line: string): string =>
    `${name(line)} works in a notebook; Kaggle runs a script as plain Python and stops here.`,
  magicNotFirst: (magic: string): string => `${name(`%%${magic}`)} must be the first line of its cell.`,
  syntax: (message: string): string => `This is not valid Python: ${said(message)}.`,
  runtime: (message: string): string => {
    const text = said(message);
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  },
  stops: (statement: string): string => `The run ends here: ${name(statement)} keeps the cells below from running.`,
  unchecked: (what: 'code' | 'setup', reason: string): string =>
    `${what === 'code' ? 'The code' : 'What it would meet on Kaggle'} could not be checked: ${reason}.`,
} as const;
