import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord-api-types/v10';
import type { AttachmentSeen, OptionValue } from '../src/discord/command.ts';
import { parseKernelRef } from '../src/domain/kernel.ts';
import { UserError } from '../src/domain/user-error.ts';
import { cutEnd, escapeText } from '../src/domain/words.ts';
import { parseGithub } from '../src/github/address.ts';
import type { CommitOrder } from '../src/steps/order.ts';
import { withoutLabels } from './complete.ts';
import { everywhere, textOption, yesNoOption } from './declare.ts';

export const commitData: RESTPostAPIChatInputApplicationCommandsJSONBody = {
  type: ApplicationCommandType.ChatInput,
  name: 'commit',
  description: 'Run a notebook on Kaggle (Save & Run All) and be told here how it ends',
  ...everywhere,
  options: [
    {
      type: ApplicationCommandOptionType.Attachment,
      name: 'notebook',
      description: 'A notebook or script: .ipynb or .py',
      file_types: ['.ipynb', '.py'],
    },
    textOption('kernel', 'A notebook you already have on Kaggle: owner/name', { maxLength: 300 }),
    textOption('url', 'The address of a notebook on Kaggle, of a file on GitHub or of a gist', {
      completes: false,
      maxLength: 1_000,
    }),
    textOption('accelerator', 'The machine; GPU T4 x2 unless you say otherwise', { maxLength: 50 }),
    textOption('inputs', 'Datasets, competitions or notebooks it reads, with commas between', { maxLength: 1_000 }),
    textOption('title', 'Its title on Kaggle, 5 to 50 characters', { completes: false, maxLength: 200 }),
    yesNoOption('internet', 'Whether the notebook may use the internet'),
    textOption('limit', 'When Kaggle stops it: 90m, 9h', { maxLength: 30 }),
    textOption('note', 'A few words for the card', { completes: false, maxLength: 500 }),
    yesNoOption('public', 'Whether everybody may see it on Kaggle; private unless you say so'),
  ],
};

export type CommitOptions = ReadonlyMap<string, OptionValue>;

/** Where the source comes from, as it was said: exactly one of the three. A file's text is fetched later. */
export type SourceSaid =
  | { readonly from: 'file'; readonly attachment: AttachmentSeen }
  | { readonly from: 'kernel'; readonly ref: string; readonly byUrl?: boolean }
  | { readonly from: 'github'; readonly url: string };

/**
 * @throws UserError when none or several of `notebook`, `kernel` and `url` were given, or the address is not one of a
 * notebook on Kaggle.
 */
export function sourceSaid(options: CommitOptions): SourceSaid {
  const notebook = options.get('notebook');
  const kernel = textOf(options, 'kernel');
  const url = textOf(options, 'url');
  const given = [notebook, kernel, url].filter((one) => one !== undefined).length;
  if (given !== 1)
    throw new UserError(
      'Give one of notebook, kernel and url;',
      `here are ${['none', '', 'two', 'three'][given]}. Nothing was committed.`,
    );
  if (typeof notebook === 'object') return { from: 'file', attachment: notebook };
  if (url !== undefined) return sourceAtUrl(url);
  return { from: 'kernel', ref: kernel ?? '' };
}

/**
 * The one place that knows which addresses are understood: notebooks on Kaggle, files and gists on GitHub.
 * @throws UserError for every other one
 */
function sourceAtUrl(url: string): SourceSaid {
  const text = url.trim().replace(/^<(.*)>$/, '$1');
  const source = sourceAt(text);
  if (source !== null) return source;
  throw new UserError(
    `“${escapeText(cutEnd(text, 60))}” is not the address of a notebook on Kaggle or GitHub.`,
    'It looks like `https://www.kaggle.com/code/owner/name` or `https://github.com/owner/name/blob/main/a.ipynb`. Nothing was committed.',
  );
}

/** What an address names, as far as it is understood; null for every other one. */
export function sourceAt(text: string): SourceSaid | null {
  if (parseGithub(text) !== null) return { from: 'github', url: text };
  const host = URL.canParse(text) ? new URL(text).hostname.toLowerCase() : '';
  const isKernel = /^(?:www\.)?kaggle\.com$/.test(host) && parseKernelRef(text) !== null;
  return isKernel ? { from: 'kernel', ref: text, byUrl: true } : null;
}

/** The other options as they were typed; what they mean is decided when the run is submitted. */
export function settingsSaid(
  options: CommitOptions,
): Pick<CommitOrder, 'accelerator' | 'inputs' | 'title' | 'internet' | 'limit' | 'note' | 'isPublic'> {
  const internet = options.get('internet');
  const isPublic = options.get('public');
  const texts = Object.fromEntries(
    (['accelerator', 'inputs', 'title', 'limit', 'note'] as const).flatMap((name) => {
      const text = textOf(options, name);
      return text === undefined ? [] : [[name, name === 'inputs' ? withoutLabels(text) : text]];
    }),
  );
  return {
    ...texts,
    ...(typeof internet === 'boolean' ? { internet } : {}),
    ...(typeof isPublic === 'boolean' ? { isPublic } : {}),
  };
}

function textOf(options: CommitOptions, name: string): string | undefined {
  const value = options.get(name);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
