import { ApplicationCommandType } from 'discord-api-types/v10';
import type { MessageBody, OutFile } from '../src/discord/chat.ts';
import type { Ask, Command, PressAsk } from '../src/discord/command.ts';
import { fileId, type TableSizes } from '../src/discord/render/files.ts';
import {
  parseOutputsArgument,
  renderImages,
  renderLinks,
  renderOutputs,
  renderRevoked,
} from '../src/discord/render/outputs.ts';
import { renderSummary } from '../src/discord/render/table-summary.ts';
import type { OutputFile } from '../src/domain/results.ts';
import { isAlive, type Run } from '../src/domain/run.ts';
import { UserError } from '../src/domain/user-error.ts';
import { clean } from '../src/domain/words.ts';
import { sortOutputs } from '../src/results/outputs.ts';
import { summarizeTable } from '../src/results/table-summary.ts';
import { lastingLink } from '../src/steps/lasting-links.ts';
import { addressesOfSome } from '../src/steps/leftovers.ts';
import type { Needs } from '../src/steps/needs.ts';
import { ambiguous } from './ambiguous.ts';
import { askKaggle, credentialFor, pushedFor } from './ask-kaggle.ts';
import { everywhere } from './declare.ts';
import { mustMayEnd, pressedRun } from './press.ts';
import { completeRun, runMeant, runOption } from './run-option.ts';

const MOST_LINKS = 3;
const MOST_IMAGES = 10;
const IMAGES_MAX = 8_000_000;
/** So much of a table is read for its summary; a second's work. */
const SUMMED_BYTES = 16_000_000;
const SHOWN_BY_DISCORD = /\.(png|jpe?g|gif|webp)$/i;

export const outputs: Command<Needs> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'outputs',
    description: 'What a run saved: models, tables and the rest, with fresh download links',
    ...everywhere,
    options: [runOption('Which run; your newest one that has ended unless you say')],
  },
  autocomplete: completeRun,
  execute: async (ask, needs) => {
    const found = runMeant(ask.options.get('run'), ask, needs, [['complete', 'error', 'cancelled'], null]);
    return {
      body:
        'run' in found
          ? listOf(found.run, ask, needs, { page: 1, onlyMain: false })
          : ambiguous(found, 'outputs', needs),
    };
  },
  presses: {
    outputs: {
      answers: 'reply',
      execute: async (ask, needs) => ({
        body: listOf(pressedRun(ask, needs), ask, needs, { page: 1, onlyMain: false }),
      }),
    },
    outputsPage: {
      answers: 'update',
      execute: async (ask, needs) => ({
        body: listOf(pressedRun(ask, needs), ask, needs, parseOutputsArgument(ask.argument)),
      }),
    },
    links: {
      answers: 'reply',
      execute: async (ask, needs) => ({ body: await linksOf(pressedRun(ask, needs), ask.values, needs) }),
    },
    tableSummary: {
      answers: 'reply',
      execute: async (ask, needs) => ({ body: await summaryOf(pressedRun(ask, needs), ask.values, needs) }),
    },
    linksRevoke: {
      answers: 'reply',
      execute: async (ask, needs) => ({ body: revoked(ask, needs) }),
    },
    outputsImages: {
      answers: 'reply',
      execute: async (ask, needs) => ({ body: await imagesOf(pressedRun(ask, needs), ask, needs) }),
    },
  },
};

function listOf(run: Run, ask: Ask, needs: Needs, at: { page: number; onlyMain: boolean }): MessageBody {
  const { settings, runs } = needs;
  return renderOutputs({
    run,
    web: settings.web,
    files: filesOf(run, runs),
    ...at,
    tables: tableSizes(run),
    fileLink: (name) => lastingLink(run, name, needs),
    mayRevoke: settings.publicUrl !== null && run.launcher.id === ask.user.id,
  });
}

/** Whoever has a lasting link can follow it, so the launcher, whose files they are, can make them dead. */
function revoked(ask: PressAsk, needs: Needs): MessageBody {
  const run = pressedRun(ask, needs);
  mustMayEnd(ask, run);
  needs.links.revoke(run.key);
  return renderRevoked(run.number, needs.chat.mention('outputs'));
}

/** @throws UserError while there can be none */
function filesOf(run: Run, runs: Needs['runs']): OutputFile[] {
  pushedFor(run, 'outputs');
  const files = runs.outputs(run.key);
  if (files.length === 0 && isAlive(run.state))
    throw new UserError(`#${run.number} has no outputs yet.`, 'Kaggle shows them when the run has ended.');
  return files;
}

function tableSizes(run: Run): TableSizes {
  const table = run.report?.table;
  return new Map(table == null ? [] : [[table.name, { rows: table.rowCount, columns: table.columns.length }]]);
}

/** What a table holds. Of a long one its beginning is read; a Parquet file says what it holds at its end, so it is read whole or not. */
async function summaryOf(run: Run, values: readonly string[], needs: Needs): Promise<MessageBody> {
  const file = filesOf(run, needs.runs).find(({ name }) => values.includes(fileId(name)));
  if (file === undefined)
    throw new UserError('This list is older than the files.', `${needs.chat.mention('outputs')} shows them anew.`);
  const url = (await addressesOf(run, new Set([file.name]), needs)).get(file.name);
  const read = url === undefined ? null : await askKaggle((kaggle) => kaggle.download(url, SUMMED_BYTES), needs);
  const summary = read === null ? null : await summarizeTable(file.name, read.bytes, read.whole);
  return renderSummary({ run, web: needs.settings.web, ...file, summary, whole: read?.whole ?? false });
}

/** Fresh addresses, made at the click and shown to whoever clicked: they expire, and need no account. */
async function linksOf(run: Run, values: readonly string[], needs: Needs): Promise<MessageBody> {
  const chosen = filesOf(run, needs.runs)
    .filter(({ name }) => values.includes(fileId(name)))
    .slice(0, MOST_LINKS);
  if (chosen.length === 0)
    throw new UserError('This list is older than the files.', `${needs.chat.mention('outputs')} shows them anew.`);
  const urls = await addressesOf(run, new Set(chosen.map(({ name }) => name)), needs);
  return renderLinks({
    run,
    web: needs.settings.web,
    links: chosen.map(({ name, size }) => ({ name, size, url: urls.get(name) ?? null })),
  });
}

/** Where the named files can be fetched now, as far as Kaggle shows them. @throws UserError */
async function addressesOf(run: Run, names: ReadonlySet<string>, needs: Needs): Promise<Map<string, string>> {
  const pushed = pushedFor(run, 'outputs');
  const credential = credentialFor(run, needs);
  return askKaggle((kaggle) => addressesOfSome(kaggle, credential, pushed, names), needs);
}

/** The first pictures that Discord can show and that fit. */
async function imagesOf(run: Run, ask: Ask, needs: Needs): Promise<MessageBody> {
  const images = sortOutputs(filesOf(run, needs.runs)).filter(({ kind }) => kind === 'image');
  const most = Math.min(IMAGES_MAX, ask.uploadLimit);
  const shown = fitting(
    images.filter(({ name }) => SHOWN_BY_DISCORD.test(name)),
    most,
  );
  const urls = shown.length === 0 ? new Map<string, string>() : await addressesOf(run, new Set(shown), needs);
  const files: OutFile[] = [];
  let left = most;
  for (const [position, name] of shown.entries()) {
    const url = urls.get(name);
    if (url === undefined) continue;
    const { bytes, whole } = await askKaggle((kaggle) => kaggle.download(url, left), needs);
    if (!whole || bytes.length === 0) continue;
    left -= bytes.length;
    const extension = SHOWN_BY_DISCORD.exec(name)?.[1]?.toLowerCase() ?? 'png';
    files.push({ name: `image-${position + 1}.${extension}`, bytes, description: clean(name) });
    if (left < 1_000) break;
  }
  return renderImages({ run, web: needs.settings.web, files, total: images.length });
}

function fitting(images: readonly OutputFile[], most: number): string[] {
  const names: string[] = [];
  let sum = 0;
  for (const { name, size } of images) {
    if (names.length >= MOST_IMAGES) break;
    if (sum + (size ?? 0) > most) continue;
    sum += size ?? 0;
    names.push(name);
  }
  return names;
}
