import { createRequire } from 'node:module';
import type { Progress, Series } from '../domain/results.ts';
import { clean } from '../domain/words.ts';
import { MOST_LINES, pickLine, pickSeries } from './curve-series.ts';
import { drawCurveSvg } from './curve-svg.ts';
import { describeComparison, describeCurve, span } from './curve-words.ts';
import { type Fonts, isDrawable, NO_FONTS, OWN_FONTS } from './fonts.ts';

export type CurveFacts = {
  /** The run's number. */
  readonly number: number;
  readonly title: string;
  /**
   * The second line of a finished run: `loss over 70 epochs · 2 × Tesla T4 · 6 h 58 min`. Empty: it is made from the progress.
   * That of a running one and of folds is always made here.
   */
  readonly line: string;
  readonly progress: Progress;
  readonly running: boolean;
  /** When the log was read, in ms; shown in UTC while it runs. */
  readonly at: number;
  readonly theme: Theme;
  /** Stands in place of number and title. */
  readonly heading?: string;
  /** Stands for a title of which no font can draw a letter; the kernel's slug has plain ones. */
  readonly slug?: string;
  /** The operator's, for scripts that DejaVu Sans does not have. */
  readonly fonts?: Fonts;
};

export type Theme = 'dark' | 'light';

/** What a curve of this progress shows, in a word: `loss`, else the main metric's name; null when there is no line to draw. */
export const curveName = (progress: Progress): string | null => pickSeries(progress)?.what ?? null;

/** What it shows over how long: `loss over 70 epochs`; null when there is no line to draw. */
export function curveSpan(progress: Progress): string | null {
  const picked = pickSeries(progress);
  return picked === null ? null : `${clean(picked.what)} ${span(picked, progress)}`;
}

/**
 * Draws the losses of a run, or its main metric when it has no loss: 1200 × 675 pixels.
 * @returns the picture and the text for those who do not see it; null when there are not two numbers to draw a line between
 */
export function drawCurve(of: CurveFacts): { png: Buffer; description: string } | null {
  const picked = pickSeries(of.progress);
  if (picked === null) return null;
  return { png: render(drawCurveSvg(of, picked), of.fonts ?? NO_FONTS), description: describeCurve(of, picked) };
}

/** One run of a comparison: what its line is called, and the series that all of them have. */
export type Compared = { readonly label: string; readonly series: Series };

/**
 * Draws one metric of several runs, the first as the main line.
 * @returns null when none of them has two numbers to draw a line between
 */
export function drawComparison(
  of: Pick<CurveFacts, 'theme' | 'fonts' | 'line'> & {
    readonly heading: string;
    readonly unit: Progress['unit'];
    readonly runs: readonly Compared[];
  },
): { png: Buffer; description: string } | null {
  const lines = of.runs.flatMap(({ label, series }) => pickLine(label, series) ?? []);
  const what = of.runs[0]?.series.name ?? '';
  if (lines.length === 0) return null;
  const picked = { what, lines: lines.slice(0, MOST_LINES), folds: [] };
  const progress: Progress = { unit: of.unit, at: null, of: null, series: [], paceMs: null };
  const facts: CurveFacts = { ...of, number: 0, title: of.heading, progress, running: false, at: 0 };
  return {
    png: render(drawCurveSvg(facts, picked), of.fonts ?? NO_FONTS),
    description: describeComparison(picked, of.unit),
  };
}

const load = createRequire(import.meta.url);

/** The other fonts are large, and reading them takes time: only for what DejaVu Sans does not have. */
function render(svg: string, fonts: Fonts): Buffer {
  const needsMore = svg.match(/[^\u0000-\u007f]/gu)?.some((char) => !isDrawable(char.codePointAt(0) ?? 0, NO_FONTS));
  const fontFiles = needsMore === true ? [...OWN_FONTS, ...fonts.files] : OWN_FONTS;
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' };
  // Loaded with the first picture: many bots draw none for hours, and it takes memory.
  const { Resvg } = load('@resvg/resvg-js') as typeof import('@resvg/resvg-js');
  return new Resvg(svg, { font }).render().asPng();
}
