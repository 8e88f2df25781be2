import type { Run } from '../../domain/run.ts';
import { at, clean, cutEnd, escapeText, progressWords } from '../../domain/words.ts';
import type { MessageBody, OutFile } from '../chat.ts';
import { ACCENTS, framed, gallery, panel, small, text } from './components.ts';

/** The answer to *Curve* (picture 02). */
export type CurveView = {
  readonly run: Run;
  /** What is drawn: `loss`, a metric's name. */
  readonly line: string;
  readonly file: OutFile;
  readonly now: number;
};

export const renderCurve = ({ run, line, file, now }: CurveView): MessageBody => {
  const how = progressWords(run.report?.progress ?? run.progress);
  return framed(
    ACCENTS.blue,
    [
      text(`**#${run.number}** ${escapeText(cutEnd(clean(line), 48))}${how === null ? '' : `, ${how}`}`),
      gallery([file]),
      text(small(`Drawn from the log at ${at(now, 't')}`)),
    ],
    [file],
  );
};

/** Too few points for a line. */
export const renderNoCurve = (run: Pick<Run, 'number'>): MessageBody =>
  panel([text(`**#${run.number} has no curve yet.** Two numbers of the same name in the log are needed for one.`)]);
