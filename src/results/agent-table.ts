import type { Mark } from './marks.ts';
import { betterOf, isMetric } from './metric-name.ts';
import type { Named } from './named-numbers.ts';

/**
 * The boxes Stable-Baselines prints after each roll-out: a row for each number, `| ep_rew_mean | 0.42 |`, between two lines of
 * dashes. The one that says where the training stands is `total_timesteps`.
 */
const ROW = /^\|\s{1,8}([A-Za-z][\w/]{0,40})\s{1,40}\|\s{1,4}([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|nan)\s{0,40}\|$/i;
const EDGE = /^-{10,}$/;
const COUNTS = ['total_timesteps', 'total timesteps', 'timesteps', 'iterations'];
const MOST_ROWS = 60;

export class AgentTable {
  #rows: Map<string, string> | null = null;

  /** A box is open: its rows hardly differ from one to the next. */
  get isOpen(): boolean {
    return this.#rows !== null;
  }

  /** @returns what the box said, at the line that closes it; `inside` while it is open; null for lines that are none of it */
  read(line: string): { readonly step: Mark; readonly numbers: readonly Named[] } | 'inside' | null {
    if (EDGE.test(line)) {
      const rows = this.#rows;
      this.#rows = rows === null || rows.size === 0 ? new Map() : null;
      return rows === null || rows.size === 0 ? null : this.#close(rows);
    }
    if (this.#rows === null) return null;
    if (!line.startsWith('|') || this.#rows.size > MOST_ROWS) {
      this.#rows = null;
      return null;
    }
    const [, name = '', text = ''] = ROW.exec(line) ?? [];
    if (name !== '') this.#rows.set(name, text);
    return 'inside';
  }

  #close(rows: ReadonlyMap<string, string>): { readonly step: Mark; readonly numbers: readonly Named[] } | null {
    const count = COUNTS.map((name) => rows.get(name)).find((text) => text !== undefined && /^\d+$/.test(text));
    if (count === undefined) return null;
    const numbers = [...rows].flatMap(([name, text]) => {
      return isMetric(name) && betterOf(name) !== null ? [{ name, value: Number(text), text }] : [];
    });
    return { step: { at: Number(count), of: null }, numbers };
  }
}
