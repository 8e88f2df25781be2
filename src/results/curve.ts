import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import type { Progress } from '../domain/results.ts';
import { pickSeries } from './curve-series.ts';
import { drawCurveSvg } from './curve-svg.ts';
import { describeCurve } from './curve-words.ts';

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
  readonly theme: 'dark' | 'light';
};

// resvg reads TTF and OTF only; with a font it cannot read it draws no text and says nothing.
const { resolve } = createRequire(import.meta.url);
const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}`));

/** What a curve of this progress shows, in a word: `loss`, else the main metric's name; null when there is no line to draw. */
export const curveName = (progress: Progress): string | null => pickSeries(progress)?.what ?? null;

/**
 * Draws the losses of a run, or its main metric when it has no loss, as in ux.md 12: 1200 × 675 pixels.
 * @returns the picture and the text for those who do not see it; null when there are not two numbers to draw a line between
 */
export function drawCurve(of: CurveFacts): { png: Buffer; description: string } | null {
  const picked = pickSeries(of.progress);
  if (picked === null) return null;
  const svg = drawCurveSvg(of, picked);
  const font = { loadSystemFonts: false, fontFiles: FONTS, defaultFontFamily: 'DejaVu Sans' };
  return { png: new Resvg(svg, { font }).render().asPng(), description: describeCurve(of, picked) };
}
