import { clean, cutMiddle, escapeText, facts, plural } from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import { file, framed, panel, separator, small, text } from './components.ts';
import {
  blockerLines,
  type CheckedFinding,
  countWords,
  type Preflight,
  placeOf,
  sentenceOf,
  WORDS,
} from './preflight-words.ts';

/** What stands behind the buttons *Show all* and *Show the hints*. */

const TEXT_MAX = 1_000_000;
const MOST_SHOWN = 6;

/** All findings as a text file: what a panel has no room for. */
export function renderAllFindings(
  { findings, name }: Pick<Preflight, 'findings' | 'name'>,
  uploadLimit: number,
): MessageBody {
  const blocks = findings.map((finding) => {
    const place = placeOf(finding);
    const excerpt = blockerLines(finding).map((one) => `    ${one}`);
    return [
      `${WORDS[finding.severity]}${place === null ? '' : `, ${place}`}`,
      `  ${plainText(finding.sentence)}`,
      ...excerpt,
    ].join('\n');
  });
  const whole = Buffer.from(
    `${clean(name)}: ${countWords(findings)}\n\n${blocks.join('\n\n')}\n`.replaceAll('\u00a0', ' '),
  );
  const bytes = whole.subarray(0, Math.min(TEXT_MAX, uploadLimit));
  const all = { name: 'preflight.txt', bytes };
  return panel(
    [text(`**All of ${escapeText(cutMiddle(clean(name), 48))}**: ${countWords(findings)}`), file(all)],
    [all],
  );
}

/** A sentence in Discord's markdown as plain text. */
const plainText = (markdown: string): string =>
  markdown.replace(/[\u2068\u2069\u200b]/g, '').replace(/\\([!-/:-@[-`{-~])/g, '$1');

/** The hints of a run that was committed with them. */
export function renderHints(findings: readonly CheckedFinding[], number: number): MessageBody {
  const shown = findings.slice(0, MOST_SHOWN);
  const more = findings.length - shown.length;
  return framed(null, [
    text(`### ${plural(findings.length, 'hint')} for #${number}`, small('It was committed; nothing needs to be done.')),
    ...shown.flatMap((finding) => [separator(), text(facts('**Hint**', placeOf(finding)), sentenceOf(finding))]),
    ...(more > 0 ? [separator(), text(`and ${more} more`)] : []),
  ]);
}
