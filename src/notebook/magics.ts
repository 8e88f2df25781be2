/** What IPython's magics do to a notebook's names. Names of the line magics: `%lsmagic` of IPython 8 on Linux. */

/** They bring in names that nothing in the notebook tells. */
const OPAQUE: ReadonlySet<string> = new Set(
  'run pylab load loadpy macro rerun recall rep edit ed paste cpaste store Rpull'.split(' '),
);

/** They define nothing. */
const HARMLESS: ReadonlySet<string> = new Set(
  (
    'alias autoreload autosave cat cd cls clear colors conda config cp debug dhist dirs env gui hist history killbgscripts ' +
    'ldir less lf lk ll load_ext logoff logon logstart logstop ls lsmagic lx magic mamba man matplotlib mkdir more mv ' +
    'notebook page pdb pdef pdoc pfile pinfo pinfo2 pip popd pprint precision prun psearch psource pushd pwd pycat ' +
    'quickref rehashx reload_ext reset reset_selective rm rmdir save sc set_env sx system tb tensorboard time timeit ' +
    'unalias unload_ext uv watermark who who_ls whos xdel xmode memit mprun lprun autoawait autocall automagic'
  ).split(' '),
);

/** Cells in another language that can not define a name of Python. */
const FOREIGN: ReadonlySet<string> = new Set(
  (
    'bash sh ! sx system cmd html HTML javascript js latex markdown svg SVG writefile file perl ruby script python ' +
    'python2 python3 pypy bigquery_stats mermaid dot'
  ).split(' '),
);

/** The names of all magics that come with IPython, and cell magics that run Python. */
export const KNOWN_MAGICS: ReadonlySet<string> = new Set([
  ...OPAQUE,
  ...HARMLESS,
  ...FOREIGN,
  'capture',
  'debug',
  'macro',
  'bigquery',
  'sql',
]);

const WORD = /[\p{L}_][\p{L}\p{N}_]*/gu;

/** All words of a text that could be a name. */
export const wordsOf = (text: string): string[] => text.match(WORD) ?? [];

/** What a line magic may define: everything, or some of the words that stand in it. */
export function namesFromMagic(line: string): { readonly opaque: boolean; readonly words: readonly string[] } {
  const name = /^[\s%]*([\w.]+)/.exec(line)?.[1] ?? '';
  if (OPAQUE.has(name)) return { opaque: true, words: [] };
  return { opaque: false, words: HARMLESS.has(name) ? [] : wordsOf(line) };
}

/** Whether nothing that stands below `%%name` can become a name of the notebook. */
export const isForeign = (name: string): boolean => FOREIGN.has(name);

/**
 * Whether IPython takes a cell of this one line as a magic without its `%` (automagic): `pip install x`, `ls -l`. It does so
 * for single lines only, and never where the rest makes it a statement.
 */
export function isAutomagic(line: string): boolean {
  const [, name = '', rest = ''] = /^([A-Za-z_]\w*)(.*)$/.exec(line.trim()) ?? [];
  if (!HARMLESS.has(name) && !OPAQUE.has(name)) return false;
  return rest === '' || (/^\s/.test(rest) && !/^\s*(?:[-=!<>+*/%&|^@]=|[=:]|(?:in|is|and|or|if|not)\b)/.test(rest));
}
