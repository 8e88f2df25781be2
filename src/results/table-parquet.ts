import { type FileMetaData, parquetMetadata, parquetReadObjects, parquetSchema, snappyUncompress } from 'hyparquet';
import { type ColumnSummary, type ColumnType, MOST_SUMMED, type TableSummary } from './table-words.ts';

const ROWS = 10;
/** First rows are unpacked from a row group no larger than this, in bytes. */
const LARGEST_GROUP = 64_000_000;
const LONGEST_CELL = 80;

type Leaf = { readonly name: string; readonly type: ColumnType };

function leavesOf(metadata: FileMetaData): Leaf[] {
  return parquetSchema(metadata).children.map(({ element, children }) => {
    const logical = element.logical_type?.type ?? element.converted_type ?? '';
    const type: ColumnType =
      children.length > 0
        ? 'text'
        : /DATE|TIMESTAMP/.test(logical)
          ? 'date'
          : element.type === 'BOOLEAN'
            ? 'truth'
            : /DECIMAL/.test(logical) || element.type === 'FLOAT' || element.type === 'DOUBLE'
              ? 'number'
              : element.type === 'INT32' || element.type === 'INT64'
                ? 'whole'
                : 'text';
    return { name: element.name.slice(0, LONGEST_CELL), type };
  });
}

const worded = (value: unknown): string => {
  const text =
    value instanceof Date ? value.toISOString().slice(0, 19) : typeof value === 'object' ? '…' : String(value);
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= LONGEST_CELL ? flat : `${flat.slice(0, LONGEST_CELL - 1)}…`;
};

const isComparable = (value: unknown): value is number | bigint | Date =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Date;

/** From the statistics each row group carries: nothing is unpacked for them. */
function summaryOf({ name, type }: Leaf, metadata: FileMetaData): ColumnSummary {
  let least: number | bigint | Date | null = null;
  let most: number | bigint | Date | null = null;
  let missing: number | null = 0;
  let isKnown = true;
  for (const group of metadata.row_groups) {
    const statistics = group.columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === name)?.meta_data
      ?.statistics;
    missing = missing === null || statistics?.null_count === undefined ? null : missing + Number(statistics.null_count);
    const low = statistics?.min_value ?? statistics?.min;
    const high = statistics?.max_value ?? statistics?.max;
    if (!isComparable(low) || !isComparable(high)) {
      isKnown = false;
      continue;
    }
    if (least === null || low < least) least = low;
    if (most === null || high > most) most = high;
  }
  const hasRange = isKnown && type !== 'text' && type !== 'truth' && least !== null && most !== null;
  return { name, type, missing, range: hasRange ? [worded(least), worded(most)] : null };
}

/** Snappy within bounds: a page says itself how large it becomes, and may lie. */
function unpack(packed: Uint8Array, size: number): Uint8Array {
  if (size > LARGEST_GROUP) throw new RangeError('a page that unpacks to more than is read here');
  const page = new Uint8Array(size);
  snappyUncompress(packed, page);
  return page;
}

/**
 * What a Parquet file holds, by its footer; its first rows are unpacked where the first row group is small and packed in a way
 * hyparquet knows by itself (none, Snappy).
 * @param bytes the whole file
 * @returns null when it is no Parquet file
 */
export async function summarizeParquet(name: string, bytes: Buffer): Promise<TableSummary | null> {
  // hyparquet wants a buffer of its own, not a view into a shared one.
  const file = Uint8Array.from(bytes).buffer;
  let metadata: FileMetaData;
  let leaves: Leaf[];
  try {
    metadata = parquetMetadata(file);
    leaves = leavesOf(metadata);
  } catch {
    return null;
  }
  const [group] = metadata.row_groups;
  let rows: string[][] = [];
  if (group !== undefined && Number(group.total_byte_size) <= LARGEST_GROUP) {
    try {
      const objects = await parquetReadObjects({
        file,
        metadata,
        rowStart: 0,
        rowEnd: ROWS,
        compressors: { SNAPPY: unpack },
      });
      rows = objects.map((row) => leaves.map((leaf) => (row[leaf.name] == null ? '' : worded(row[leaf.name]))));
    } catch {
      // Packed otherwise, or damaged: the footer has told what it tells.
    }
  }
  const count = Number(metadata.num_rows);
  return {
    preview: { name, columns: leaves.map((leaf) => leaf.name), rows, rowCount: count },
    columns: leaves.slice(0, MOST_SUMMED).map((leaf) => summaryOf(leaf, metadata)),
    rowsRead: count,
    ragged: 0,
  };
}
