import type { Finding } from '../../domain/finding.ts';
import { cutEnd, inlineCode } from '../../domain/words.ts';
import { argument } from './calls.ts';
import type { Command } from './commands.ts';
import { findingAt, type Program, textOf } from './program.ts';
import { UNKNOWN } from './strings.ts';

/** Calls that read one file, with where its path stands. */
const READS: readonly (readonly [name: RegExp, names: readonly string[]])[] = [
  [
    /^(?:pd|pandas|pl|polars|cudf|dd)\.(?:read|scan)_(?:csv|table|parquet|json|excel|pickle|feather|hdf|fwf|stata|ndjson|ipc)$/,
    ['filepath_or_buffer', 'path', 'io', 'source', 'path_or_buf'],
  ],
  [/^(?:np|numpy)\.(?:load|loadtxt|genfromtxt)$/, ['file', 'fname']],
  [/^(?:joblib|torch)\.load$/, ['filename', 'f']],
  [/^(?:PIL\.)?Image\.open$|^(?:cv2|plt|mpimg)\.imread$|^imread$/, ['fp', 'filename', 'fname']],
  [/(?:^|\.)load_model$|\.load_weights$/, ['filepath']],
  [/^(?:io\.)?open$/, ['file']],
];

/** What puts files where the code did not name them. */
const BRINGS =
  /\bextractall\b|unpack_archive|urlretrieve|snapshot_download|\bgdown\b|hf_hub_download|copytree|copyfile|shutil\.|make_archive|\bos\.chdir\b|\bsymlink\b|\.download|api\.|writerow|ZipFile|tarfile|get_file|to_disk|subprocess|os\.system|runpy|\bexec\s*\(/;
const BRINGING =
  /^(?:wget|curl|unzip|tar|7z|cp|mv|ln|git|gdown|kaggle|gsutil|aws|python[\d.]*|bash|sh|make|gunzip|zip|pip|dvc|touch|echo|cat|mkdir|yolo|rsync)$/;
const DATA =
  /\.(?:csv|tsv|json|jsonl|parquet|feather|pkl|pickle|joblib|npy|npz|xlsx?|h5|hdf5|keras|pth?|txt|png|jpe?g|zip|gz)$/i;

/**
 * Files read from beside the notebook that nothing in it writes: the working folder of a run begins empty. Silent where
 * anything else may have brought them: a download, an archive, another program, a name put together at run time.
 */
export function unbroughtFiles(program: Program, commands: readonly Command[]): Finding[] {
  if (commands.some((one) => BRINGING.test((one.words[0] ?? '').replace(/^.*\//, '')))) return [];
  if (
    program.statements.some(
      ({ text, kind }) =>
        BRINGS.test(text) ||
        (kind === 'magic' && /^\s*%{1,2}(?:cd|run|writefile|file|bash|sh|load|script)\b/.test(text)),
    )
  )
    return [];
  const reads = program.statements.flatMap((statement) =>
    statement.calls.flatMap((call) => {
      const rule = READS.find(([name]) => name.test(call.name));
      if (rule === undefined || (call.name.endsWith('open') && program.defined.has('open'))) return [];
      const given = argument(call, 0, ...rule[1]);
      const path = textOf(program, statement, given);
      if (
        given === null ||
        path === null ||
        path.includes(UNKNOWN) ||
        !/^(?:\.\/)?\w[\w ./-]*$/.test(path) ||
        !DATA.test(path)
      )
        return [];
      if (/^(?:\.\.?\/)*(?:input|kaggle)\//.test(path)) return [];
      const isOpen = /(?:^|\.)open$/.test(call.name) && !call.name.includes('Image');
      const mode = isOpen ? textOf(program, statement, argument(call, 1, 'mode')) : 'r';
      if (isOpen && argument(call, 1, 'mode') !== null && (mode === null || !/^rb?t?$/.test(mode))) return [];
      return [{ statement, given, path }];
    }),
  );
  if (reads.length === 0) return [];
  const readHere = new Set(reads.map((one) => one.statement));
  const others = program.statements.filter((one) => !readHere.has(one)).map((one) => one.text);
  const elsewhere = others.join('\n');
  const found = new Map<string, Finding>();
  for (const { statement, given, path } of reads) {
    const base = path.split('/').at(-1) ?? path;
    const folder = path.replace(/^\.\//, '').split('/').slice(0, -1).join('/');
    const stem = base.replace(/\.\w+$/, '');
    // Written under that name or one put together with it, or a folder that something else fills.
    if (
      elsewhere.includes(base) ||
      (stem.length > 3 && new RegExp(`["'/{]${stem.replace(/[^\w]/g, '.')}`).test(elsewhere))
    )
      continue;
    if (folder !== '' && elsewhere.includes(folder.split('/')[0] ?? folder)) continue;
    if (
      /\bif\b.*\belse\b/s.test(statement.code) ||
      statement.calls.some((call) => /exists|isfile/.test(call.name)) ||
      found.has(path)
    )
      continue;
    const [one] = findingAt(program, statement, given.from, {
      severity: 'warning',
      rule: 'file-missing',
      sentence: `${inlineCode(cutEnd(path, 60))} is read from beside the notebook, but nothing here writes it; inputs are under ${inlineCode('/kaggle/input')}.`,
    });
    if (one !== undefined) found.set(path, one);
  }
  return [...found.values()].slice(0, 4);
}
