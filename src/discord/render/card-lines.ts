import { acceleratorFacts } from '../../domain/accelerator.ts';
import { formatKernel } from '../../domain/kernel.ts';
import { formatLimit } from '../../domain/limit.ts';
import { kernelPage, versionPage } from '../../domain/links.ts';
import type { OutputFile, Progress, Report } from '../../domain/results.ts';
import { isAlive, kernelOf, pushedOf, type Run } from '../../domain/run.ts';
import { wholeOf } from '../../domain/whole.ts';
import {
  acceleratorLabel,
  bar,
  clean,
  countKinds,
  cutEnd,
  escapeText,
  facts,
  headlineValue,
  link,
  metric,
  metricName,
  pointWords,
  progressWords,
  size,
  titleOf,
  totalSize,
  versionSuffix,
} from '../../domain/words.ts';
import type { CardView, Receipt } from '../views.ts';

/** Lines that several states of the card, and the notices, have in common. */

/** Where *Open on Kaggle* leads: the version's page, else the notebook's. Null when there may be no notebook yet. */
export function pageOf(run: Run, web: string): string | null {
  const pushed = pushedOf(run.state);
  if (pushed !== null) return versionPage(web, pushed);
  const { from } = run.settings.origin;
  const exists = run.state.phase === 'pushing' ? run.state.baseVersion > 0 : from === 'kernel' || from === 'again';
  return exists ? kernelPage(web, kernelOf(run)) : null;
}

/** `**[title v3](link)**`, with a word on where Kaggle's page leads once there is a newer version. */
export function titleLine(
  { run, web, newerVersion }: { readonly run: Run; readonly web: string; readonly newerVersion: number | null },
  most = 50,
): string {
  const pushed = pushedOf(run.state);
  const newer =
    pushed !== null && pushed.page === null && newerVersion !== null && newerVersion > pushed.version
      ? ` (Kaggle opens v${newerVersion})`
      : '';
  return `**${link(`${titleOf(run, most)}${versionSuffix(run)}`, pageOf(run, web))}**${newer}`;
}

/** The small line under the title: what was asked for, and by whom. */
export function settingsLine({ run, server }: Pick<CardView, 'run' | 'server'>): string {
  const { settings, launcher } = run;
  const { origin } = settings;
  return facts(
    escapeText(formatKernel(kernelOf(run))),
    server == null ? `for <@${launcher.id}>` : escapeText(cutEnd(clean(server), 32)),
    acceleratorLabel(run),
    `limit ${formatLimit(settings.limitMinutes)}`,
    `internet ${settings.internet ? 'on' : 'off'}`,
    settings.isPublic && 'public',
    origin.from === 'url' && link('source', origin.link) !== 'source' && link('source', origin.link),
  );
}

export const noteLine = ({ settings }: Run): string | null => {
  const note = clean(settings.note ?? '').trim();
  return note === '' ? null : `**Note** ${escapeText(cutEnd(note, 140))}`;
};

/** The machine, as far as it is known: what it got, else what was asked. */
export function machineWords(run: Run, playground: boolean, receipt: Receipt | null | undefined): string {
  if (receipt != null && 'got' in receipt) return escapeText(cutEnd(receipt.got, 32));
  return playground ? 'the CPU of this computer' : acceleratorLabel(run);
}

/** The line **GPU** (or **TPU**); null for a CPU. */
export function machineLine({ run, playground, receipt }: CardView): string | null {
  const { kind, short } = acceleratorFacts(run.settings.accelerator);
  if (kind === 'cpu') return null;
  const asked = `**${kind.toUpperCase()}** asked ${short}`;
  if (playground) return facts(asked, 'playground: the CPU of this computer');
  switch (receipt?.kind) {
    case 'checking':
      return facts(asked, 'checking');
    case 'works':
      return facts(asked, `got ${escapeText(cutEnd(receipt.got, 32))}`, 'works');
    case 'otherThanAsked':
      return facts(asked, `got ${escapeText(cutEnd(receipt.got, 32))}`, 'not what was asked');
    case 'fails':
      return facts(asked, `got ${escapeText(cutEnd(receipt.got, 32))}`, 'the check on it failed');
    default:
      return facts(asked, 'not checked');
  }
}

/** `▰▰▰▰▱▱▱▱▱▱ 44%`; null when the total is unknown. */
export function barLine(progress: Progress | null): string | null {
  const whole = progress === null ? null : wholeOf(progress);
  return whole === null ? null : bar(whole.done, whole.of);
}

/** The main number with its best, then up to two more on one line. */
export function metricLines(progress: Progress | null): string[] {
  const [main, ...more] = progress?.series ?? [];
  if (progress === null || main === undefined) return [];
  const best =
    main.best === null || main.isOnce === true
      ? null
      : `best ${metric(main.best.text)} at ${pointWords(progress, main.best.at)}`;
  const others = more.slice(0, 2).map((one) => `**${metricName(one)}** ${metric(one.lastText)}`);
  return [facts(`**${metricName(main)}** ${metric(main.lastText)}`, best), facts(...others)].filter(
    (line) => line !== '',
  );
}

/** `**Last seen** epoch 31 of 70, val_acc 0.8842`; null when nothing was. */
export function lastSeenLine(run: Run): string | null {
  const seen = lastSeenWords(run);
  return seen === null ? null : `**Last seen** ${seen}`;
}

/** `epoch 31 of 70, val_acc 0.8842`; null when nothing was seen. */
export function lastSeenWords({ progress }: Run): string | null {
  const main = progress?.series[0];
  const seen = [
    progressWords(progress),
    main === undefined ? null : `${metricName(main)} ${metric(main.lastText)}`,
  ].filter((part) => part !== null);
  return seen.length === 0 ? null : seen.join(', ');
}

/** `, val_acc 0.9124` behind "complete"; empty without a number. */
export function headlineMetric(progress: Progress | null, most = 24): string | null {
  const main = progress?.series[0];
  return main === undefined ? null : `${metricName(main, most)} ${headlineValue(main)}`;
}

/** `**Saved** 2 models, 2 tables, 4 images · 213 MB` */
export function savedLine(files: readonly OutputFile[], report: Report | null): string {
  if (files.length === 0)
    return report?.unlisted ? '**Saved** not known: Kaggle did not list it' : '**Saved** no files';
  const total = totalSize(files);
  return `**Saved** ${facts(countKinds(files), total !== null && size(total))}`;
}

/** One line for each input Kaggle dropped, at most three. */
export function droppedLines(run: Run): string[] {
  const dropped = pushedOf(run.state)?.inputsDropped ?? [];
  return dropped.slice(0, 3).map((ref) => `**Input missing** ${escapeText(cutEnd(clean(ref), 80))}: Kaggle dropped it`);
}

/** Kaggle runs it twice: that costs hours, so it is said as long as the card stands. */
export function twinLine(run: Run): string | null {
  const twin = pushedOf(run.state)?.twin;
  if (twin === undefined) return null;
  const verb = isAlive(run.state) ? 'runs' : 'ran';
  return `**Twice** Kaggle also ${verb} version ${twin}, of the same run: its first push arrived late, after it had been sent again. Both use hours; Kaggle’s page can stop one.`;
}

/** Said while it is followed: somebody started another version of the same notebook. */
export function newerLine({ run, newerVersion }: CardView): string | null {
  const pushed = pushedOf(run.state);
  return pushed === null || newerVersion === null || newerVersion <= pushed.version || newerVersion === pushed.twin
    ? null
    : `**Also** version ${newerVersion} of this notebook was started on Kaggle; this card follows v${pushed.version}.`;
}
