import type { Series } from '../domain/results.ts';
import { betterOf, rankOf } from './metric-name.ts';
import type { Named } from './named-numbers.ts';

/** Points of a picture 1,200 wide; of more, every second one goes. */
const MOST_POINTS = 300;
const MOST_NAMES = 24;
const MOST_SERIES = 8;
/** A name that tells nothing may measure nothing: this many of them are kept at most. */
const MOST_UNKNOWN = 3;

type Point = { readonly x: number; readonly value: number; readonly text: string };
type Track = { readonly name: string; points: Point[]; better: Series['better'] };

function bestOf(points: readonly Point[], better: Series['better']): Series['best'] {
  if (better === null) return null;
  let best: Point | null = null;
  for (const point of points) {
    if (!Number.isFinite(point.value)) continue;
    // The first of equals: the epoch at which it was reached.
    if (best === null || (better === 'lower' ? point.value < best.value : point.value > best.value)) best = point;
  }
  return best === null ? null : { at: best.x, value: best.value, text: best.text };
}

/** The named numbers of one training, each over its epochs or steps. */
export class SeriesBook {
  readonly #tracks = new Map<string, Track>();

  has(name: string): boolean {
    return this.#tracks.has(name.toLowerCase());
  }

  get isEmpty(): boolean {
    return this.#tracks.size === 0;
  }

  /** Sets the number at `x`; the same `x` again replaces it, an earlier one is ignored. */
  set(x: number, number: Named): void {
    const { name, value, text } = number;
    const key = name.toLowerCase();
    const track = this.#tracks.get(key) ?? { name, points: [], better: betterOf(name) };
    if (!this.#tracks.has(key)) {
      if (this.#tracks.size >= MOST_NAMES) return;
      this.#tracks.set(key, track);
    }
    track.better ??= number.better ?? null;
    const last = track.points.at(-1);
    if (last !== undefined && x < last.x) return;
    if (last?.x === x) track.points.pop();
    track.points.push({ x, value, text });
    if (track.points.length > MOST_POINTS) this.#thin(track);
  }

  /** Puts a number in at an earlier `x`, as of the best iteration, where none stands yet. */
  insert(x: number, { name, value, text }: Named): void {
    const points = this.#tracks.get(name.toLowerCase())?.points ?? [];
    const behind = points.findIndex((point) => point.x >= x);
    if (behind >= 0 && points[behind]?.x !== x) points.splice(behind, 0, { x, value, text });
  }

  /** Takes out a name whose numbers turn out to be in doubt. */
  forget(name: string): void {
    this.#tracks.delete(name.toLowerCase());
  }

  #thin(track: Track): void {
    const best = bestOf(track.points, track.better);
    const last = track.points.length - 1;
    track.points = track.points.filter((point, index) => index % 2 === 0 || index === last || point.x === best?.at);
  }

  points(name: string): (readonly [number, number])[] {
    return (this.#tracks.get(name.toLowerCase())?.points ?? []).map(({ x, value }) => [x, value] as const);
  }

  /** The series worth showing, the main one first; `earlier` are the same of the folds before. */
  read(earlier: readonly SeriesBook[]): Series[] {
    let unknown = 0;
    const longest = Math.max(0, ...[...this.#tracks.values()].map((track) => track.points.length));
    return [...this.#tracks.values()]
      .filter((track) => {
        if (track.points.length === 0) return false;
        if (track.better !== null) return true;
        if (track.points.length < Math.min(2, longest)) return false;
        unknown += 1;
        return unknown <= MOST_UNKNOWN;
      })
      .map((track, order) => ({ track, order, rank: rankOf(track.name, track.better) }))
      .sort((a, b) => this.#mainFirst(a, b))
      .slice(0, MOST_SERIES)
      .map(({ track }) => this.#seriesOf(track, earlier));
  }

  #mainFirst(a: { rank: number; order: number }, b: { rank: number; order: number }): number {
    return a.rank - b.rank || a.order - b.order;
  }

  #seriesOf({ name, points, better }: Track, earlier: readonly SeriesBook[]): Series {
    const folds = [...earlier.map((book) => book.points(name)).filter((fold) => fold.length > 0), this.points(name)];
    return {
      name,
      points: this.points(name),
      lastText: points.at(-1)?.text ?? '',
      better,
      best: bestOf(points, better),
      ...(folds.length > 1 ? { folds } : {}),
    };
  }
}
