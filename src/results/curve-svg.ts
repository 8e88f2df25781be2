import { curveMonotoneX, line as lineShape } from 'd3-shape';
import { count } from '../domain/words.ts';
import type { CurveFacts, Theme } from './curve.ts';
import { type Box, type Pixel, placeLabel, spread } from './curve-labels.ts';
import { type Axis, axisOf, type Frame, unitTicks } from './curve-scale.ts';
import type { Drawn, Picked, Point } from './curve-series.ts';
import { gapWords, nanGap, secondLine } from './curve-words.ts';
import { drawable, escapeSvg, fitWidth, isTelling, widthOf } from './drawn-text.ts';

/** The picture of a curve as SVG. Every text is 32 px or more: a phone shows it at a quarter of its size. */
export const WIDTH = 1200;
export const HEIGHT = 675;
const MARGIN = 40;
const SIZE = 32;
const TOP = 152;
const BOTTOM = 597;
const NAME_SIZE = 34;
const LABEL_OFFSET = 23;
const BEST_HEIGHT = 54;

type Palette = {
  readonly ground: string;
  readonly text: string;
  readonly second: string;
  readonly grid: string;
  readonly shade: string;
  readonly series: readonly string[];
};

const PALETTES: Readonly<Record<Theme, Palette>> = {
  dark: {
    ground: '#2b2d31',
    text: '#dbdee1',
    second: '#b5bac1',
    grid: '#3f4147',
    shade: '#323439',
    series: ['#f0883e', '#5b8def', '#3fb68b', '#d16ba5', '#c9b458', '#9aa0a8'],
  },
  light: {
    ground: '#ffffff',
    text: '#2b2d31',
    second: '#4e5058',
    grid: '#e3e5e8',
    shade: '#f4f5f6',
    series: ['#c2570c', '#2b66d9', '#1a7f5a', '#a83279', '#7d6b00', '#5c6370'],
  },
};

const round = (value: number): number => Math.round(value * 10) / 10;

type TextStyle = { fill: string; size?: number; bold?: boolean; anchor?: 'start' | 'middle' | 'end' };

function text(
  x: number,
  y: number,
  said: string,
  { fill, size = SIZE, bold = false, anchor = 'start' }: TextStyle,
): string {
  const weight = bold ? ' font-weight="bold"' : '';
  const place = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}"${weight}${place}>${escapeSvg(said)}</text>`;
}

const unitText = (x: number): string => (Number.isInteger(x) ? count(x) : String(Number(x.toFixed(2))));

type Scene = {
  readonly of: CurveFacts;
  readonly picked: Picked;
  readonly frame: Frame;
  readonly axis: Axis;
  readonly xs: readonly [number, number];
  readonly colours: Palette;
};

type EndLabel = { readonly name: string; readonly value: string; readonly x: number; readonly y: number };

const lastFinite = (points: readonly Point[]): Point | null =>
  points.findLast(([, value]) => Number.isFinite(value)) ?? null;

const endsAtBest = ({ points, best }: Drawn): boolean => best !== null && best.at === points.at(-1)?.[0];

const valueText = (line: Drawn, isMain: boolean): string =>
  isMain && endsAtBest(line) ? `${line.last}, best` : line.last;

function rangeOf({ picked, of: { progress, running } }: Pick<Scene, 'picked' | 'of'>): readonly [number, number] {
  const all = [...picked.lines.map(({ points }) => points), ...picked.folds].flatMap((points) =>
    points.map(([x]) => x),
  );
  const last = Math.max(...all);
  const goal = running && progress.of !== null ? Math.max(progress.of, last) : last;
  return [Math.min(...all), goal];
}

/** The plot leaves as much room at its right as the names need, within bounds. */
function frameOf(picked: Picked, texts: readonly string[], isRunning: boolean): Frame {
  const labels = picked.lines.flatMap((line, index) => [
    widthOf(drawable(line.name), NAME_SIZE, true),
    widthOf(valueText(line, index === 0), SIZE),
  ]);
  const room = isRunning ? 0 : Math.max(...labels);
  const right = Math.min(962, Math.max(820, WIDTH - 12 - LABEL_OFFSET - room));
  const left = Math.min(220, Math.max(95, 40 + Math.max(...texts.map((said) => widthOf(said, SIZE)))));
  return { left, right, top: TOP, bottom: BOTTOM };
}

function grid({ axis, frame, xs, colours, of: { progress } }: Scene): string {
  const rows = axis.lines.map(({ value, text: said }) => {
    const y = round(axis.y(value));
    return `<path d="M${frame.left} ${y}H${frame.right}" stroke="${colours.grid}" stroke-width="2"/>${text(frame.left - 18, y + 11, said, { fill: colours.second, anchor: 'end' })}`;
  });
  const room = Math.max(75, ...xs.map((x) => (widthOf(unitText(x), SIZE) + 20) / 0.8));
  const ticks = unitTicks(xs, room, frame.right - frame.left);
  const below = frame.bottom + 44;
  const marks = ticks.map((x) => text(axis.x(x), below, unitText(x), { fill: colours.second, anchor: 'middle' }));
  const unitX = frame.right + widthOf(unitText(xs[1]), SIZE) / 2 + 14;
  return [...rows, ...marks, text(unitX, below, progress.unit, { fill: colours.second })].join('');
}

/** What is still to come while it runs, with its words; none when the end is not known. */
function shading({ axis, frame, xs, colours, of: { running }, picked }: Scene): { svg: string; taken: Box[] } {
  const reached = Math.max(...picked.lines.map(({ points }) => points.at(-1)?.[0] ?? 0));
  if (!running || reached >= xs[1]) return { svg: '', taken: [] };
  const from = axis.x(reached);
  const width = frame.right - from;
  const rect = `<rect x="${round(from)}" y="${frame.top}" width="${round(width)}" height="${frame.bottom - frame.top}" fill="${colours.shade}"/>`;
  const said = 'still to run';
  const wide = widthOf(said, SIZE);
  if (width < wide + 30) return { svg: rect, taken: [] };
  const words = text(frame.right - 16, frame.top + 46, said, { fill: colours.second, anchor: 'end' });
  return {
    svg: rect + words,
    taken: [{ left: frame.right - 16 - wide, top: frame.top + 14, width: wide, height: 44 }],
  };
}

const pixelsOf = (points: readonly Point[], axis: Axis): Pixel[] =>
  points.flatMap(([x, value]) => (Number.isFinite(value) ? [[axis.x(x), axis.y(value)] as const] : []));

function pathOf(points: readonly Point[], axis: Axis): string {
  const shape = lineShape<Point>()
    .defined(([, value]) => Number.isFinite(value))
    .x(([x]) => round(axis.x(x)))
    .y(([, value]) => round(axis.y(value)))
    .curve(curveMonotoneX);
  return shape([...points]) ?? '';
}

function lines({ picked, axis, colours }: Scene): string {
  const colourOf = (index: number): string => colours.series[index % colours.series.length] ?? colours.text;
  const folds = picked.folds.map(
    (points) =>
      `<path d="${pathOf(points, axis)}" fill="none" stroke="${colourOf(0)}" stroke-opacity="0.55" stroke-width="2.5"/>`,
  );
  // The main line is drawn last, so that it lies on top.
  const drawn = picked.lines.map(({ points }, index) => {
    const style = index === 0 ? 'stroke-width="7"' : 'stroke-width="5" stroke-dasharray="0.1 11"';
    return `<path d="${pathOf(points, axis)}" fill="none" stroke="${colourOf(index)}" stroke-linejoin="round" stroke-linecap="round" ${style}/>`;
  });
  const dots = picked.lines.flatMap(({ points }, index) => {
    const end = lastFinite(points);
    return end === null
      ? []
      : [`<circle cx="${round(axis.x(end[0]))}" cy="${round(axis.y(end[1]))}" r="8.5" fill="${colourOf(index)}"/>`];
  });
  return [...folds, ...drawn.reverse(), ...dots.reverse()].join('');
}

function endLabels(scene: Scene): { svg: string; taken: Box[] } {
  const { picked, axis, frame, colours } = scene;
  const ends = picked.lines.map(({ points }) => lastFinite(points) ?? ([0, 0] as const));
  const x = Math.max(...ends.map(([end]) => axis.x(end))) + LABEL_OFFSET;
  const places = spread(
    ends.map(([, value]) => axis.y(value) - 3),
    frame.top + 24,
    frame.bottom - 29,
  );
  const labels: EndLabel[] = picked.lines.map((line, index) => ({
    name: fitWidth(drawable(line.name, scene.of.fonts) || 'value', WIDTH - 12 - x, NAME_SIZE, true),
    value: valueText(line, index === 0),
    x,
    y: places[index] ?? frame.top,
  }));
  const svg = labels.map(({ name, value, y }, index) => {
    const fill = colours.series[index % colours.series.length] ?? colours.text;
    return `${text(x, y, name, { fill, size: NAME_SIZE, bold: true })}${text(x, y + 36, value, { fill: colours.text })}`;
  });
  const taken = labels.map(({ name, value, y }) => ({
    left: x,
    top: y - 30,
    width: Math.max(widthOf(name, NAME_SIZE, true), widthOf(value, SIZE)),
    height: 72,
  }));
  return { svg: svg.join(''), taken };
}

/** A ring at the best point and a framed label near it; none when the best is the end, whose label says so. */
function best(
  { picked, axis, frame, colours, of: { progress } }: Scene,
  taken: readonly Box[],
): { svg: string; box: Box | null } {
  const main = picked.lines[0];
  if (main?.best == null || endsAtBest(main)) return { svg: '', box: null };
  const point: Pixel = [axis.x(main.best.at), axis.y(main.best.value)];
  const said = `best ${main.best.text}, ${progress.unit} ${unitText(main.best.at)}`;
  const size = { width: widthOf(said, SIZE) + 60, height: BEST_HEIGHT };
  const all = [...picked.lines.map(({ points }) => points), ...picked.folds].map((points) => pixelsOf(points, axis));
  const box = placeLabel(point, size, frame, all, taken);
  const [x, y] = point;
  const isAbove = box.top + box.height < y;
  const foot = Math.min(Math.max(x, box.left + 12), box.left + box.width - 12);
  const stem = `M${round(foot)} ${round(isAbove ? box.top + box.height : box.top)}L${round(x)} ${round(isAbove ? y - 14 : y + 14)}`;
  const svg = [
    `<path d="${stem}" stroke="${colours.second}" stroke-width="2"/>`,
    `<circle cx="${round(x)}" cy="${round(y)}" r="13" fill="none" stroke="${colours.text}" stroke-width="4"/>`,
    `<rect x="${round(box.left)}" y="${round(box.top)}" width="${round(box.width)}" height="${box.height}" rx="8" fill="${colours.ground}" stroke="${colours.second}" stroke-width="2"/>`,
    text(box.left + box.width / 2, box.top + 38, said, { fill: colours.text, anchor: 'middle' }),
  ];
  return { svg: svg.join(''), box };
}

/** The words at the gap a NaN leaves in the main line. */
function gap({ picked, axis, frame, colours, of: { progress } }: Scene, taken: readonly Box[]): string {
  const points = picked.lines[0]?.points ?? [];
  const found = nanGap(points);
  if (found === null) return '';
  const { from } = found;
  const before = lastFinite(points.filter(([x]) => x < from)) ?? ([from, axis.lines[0]?.value ?? 0] as const);
  const said = gapWords(found, progress.unit);
  const size = { width: widthOf(said, SIZE) + 12, height: 44 };
  const all = [...picked.lines.map((line) => line.points), ...picked.folds].map((line) => pixelsOf(line, axis));
  const box = placeLabel([axis.x(from) + size.width / 2, axis.y(before[1])], size, frame, all, taken);
  const ground = `<rect x="${round(box.left)}" y="${round(box.top)}" width="${round(box.width)}" height="${box.height}" fill="${colours.ground}"/>`;
  return ground + text(box.left + box.width / 2, box.top + 33, said, { fill: colours.text, anchor: 'middle' });
}

function headingOf({ number, title, heading, slug, fonts }: CurveFacts): string {
  if (heading !== undefined) return drawable(heading, fonts);
  const said = drawable(title, fonts);
  return `#${number} ${slug === undefined || isTelling(said) ? said : drawable(slug)}`.trim();
}

/** Draws what was picked of a progress. @returns SVG of 1200 × 675 with its texts as text */
export function drawCurveSvg(of: CurveFacts, picked: Picked): string {
  const colours = PALETTES[of.theme];
  const xs = rangeOf({ picked, of });
  const within = axisOf(picked, xs);
  const isUnderway = of.running && xs[1] > Math.max(...picked.lines.map(({ points }) => points.at(-1)?.[0] ?? 0));
  const probe = within({ left: 95, right: 962, top: TOP, bottom: BOTTOM });
  const frame = frameOf(
    picked,
    probe.lines.map((one) => one.text),
    isUnderway,
  );
  const axis = within(frame);
  const scene: Scene = { of, picked, frame, axis, xs, colours };
  const shade = shading(scene);
  const ends = endLabels(scene);
  const ring = best(scene, [...shade.taken, ...ends.taken]);
  const taken = [...shade.taken, ...ends.taken, ...(ring.box === null ? [] : [ring.box])];
  const title = fitWidth(headingOf(of), WIDTH - 2 * MARGIN, 40, true);
  const second = fitWidth(drawable(secondLine(of, picked, axis.isLog), of.fonts), WIDTH - 2 * MARGIN, SIZE);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="DejaVu Sans">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="14" fill="${colours.ground}"/>`,
    text(MARGIN, 66, title, { fill: colours.text, size: 40, bold: true }),
    text(MARGIN, 117, second, { fill: colours.second }),
    shade.svg,
    grid(scene),
    lines(scene),
    ends.svg,
    ring.svg,
    gap(scene, taken),
    '</svg>',
  ].join('');
}
