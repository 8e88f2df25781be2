import type { Named } from './named-numbers.ts';

/**
 * The table YOLO (Ultralytics, YOLOv5, YOLOv7) prints after each epoch: a head of `Class Images Instances P R mAP50 mAP50-95`, then one
 * row for all classes and, at the end, one for each. Only the row of all classes is read.
 */
const HEAD = /^\s*Class\s+Images\s+(?:Instances|Labels|Targets)?\s*(.{5,120})$/;
const NAMES: ReadonlyMap<string, string> = new Map([
  ['P', 'precision'],
  ['R', 'recall'],
  ['top1_acc', 'top1_acc'],
  ['top5_acc', 'top5_acc'],
]);
const PATIENCE = 4;

const nameOf = (column: string): string | null =>
  NAMES.get(column) ?? (/^mAP@?[.\d:-]{0,8}$/.test(column) ? column : null);

export class ValidationTable {
  #columns: readonly (string | null)[] | null = null;
  #skipped = 0;
  #waited = 0;

  get isOpen(): boolean {
    return this.#columns !== null;
  }

  /** Whether the line is such a head; it opens a table. */
  openedBy(line: string): boolean {
    if (!line.includes('Class')) return false;
    const match = HEAD.exec(line);
    if (match === null) return false;
    const head = (match[1] ?? '').replace(/\s*:?\s*\d{1,3}%.*$/, '');
    const columns = head
      .replace(/\b(?:Box|Mask|Pose)\(/g, ' ')
      .replace(/\)/g, ' ')
      .trim()
      .split(/\s+/);
    this.#skipped = /(?:Instances|Labels|Targets)/.test(line) ? 2 : 1;
    // A second group of the same names is that of the masks.
    this.#columns = columns.map((column, index) =>
      columns.indexOf(column) === index ? nameOf(column.replace(/:$/, '')) : null,
    );
    this.#waited = 0;
    return this.#columns.some((column) => column !== null);
  }

  /** The numbers of the row of all classes, if a table is open and the line is that row. */
  row(line: string): Named[] | null {
    const columns = this.#columns;
    if (columns === null) return null;
    const match = /^\s*all((?:\s+[-+.\de]{1,16}|\s+nan){2,16})\s*$/.exec(line);
    if (match === null) {
      this.#waited += 1;
      if (this.#waited > PATIENCE) this.#columns = null;
      return null;
    }
    this.#columns = null;
    const cells = (match[1] ?? '').trim().split(/\s+/).slice(this.#skipped);
    if (cells.length !== columns.length) return null;
    return columns.flatMap((name, index) => {
      const text = cells[index] ?? '';
      return name === null ? [] : [{ name, value: Number(text), text }];
    });
  }
}
