/**
 * The mark by which a run finds its own version again on Kaggle after an answer was lost: metadata
 * `nightshift.run` in a notebook, the last comment line in a script. It names the run's key and nothing else.
 */

const KEY = /^[A-Za-z0-9_-]{1,64}$/;
const SCRIPT_MARK =
  /^(?:# nightshift run: ([A-Za-z0-9_-]{1,64})|<!-- nightshift run: ([A-Za-z0-9_-]{1,64}) -->)[ \t]*$/;

export type Markable = {
  readonly kind: 'notebook' | 'script';
  readonly text: string;
  /** An R Markdown file takes an HTML comment, since `#` begins a heading there. */
  readonly language?: 'python' | 'r' | 'rmarkdown';
};

type Marked = { metadata?: unknown; [field: string]: unknown };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function lastLineOf(text: string): { line: string; start: number } {
  const trimmed = text.trimEnd();
  const start = Math.max(trimmed.lastIndexOf('\n'), trimmed.lastIndexOf('\r')) + 1;
  return { line: trimmed.slice(start), start };
}

/** A script without its mark, for comparing what people wrote. */
export function withoutMarker(script: string): string {
  const last = lastLineOf(script);
  return SCRIPT_MARK.test(last.line) ? script.slice(0, last.start) : script;
}

function markScript(text: string, runKey: string, language: Markable['language']): string {
  const body = withoutMarker(text);
  const newLine = body.includes('\r\n') ? '\r\n' : '\n';
  const gap = body === '' || body.endsWith('\n') || body.endsWith('\r') ? '' : newLine;
  const mark = language === 'rmarkdown' ? `<!-- nightshift run: ${runKey} -->` : `# nightshift run: ${runKey}`;
  return `${body}${gap}${mark}${newLine}`;
}

/**
 * The source with the mark of this run in it, in place of an older mark. Marking twice is the same as marking once.
 * @param source notebook JSON or the text of a script
 * @throws Error when the key is not one of ours or a notebook's text is not a JSON object (readSource has made sure of it)
 */
export function withMarker(source: Markable, runKey: string): string {
  if (!KEY.test(runKey)) throw new Error('a run key has letters, digits, - and _ only');
  if (source.kind === 'script') return markScript(source.text, runKey, source.language);
  const notebook = JSON.parse(source.text) as unknown;
  if (!isObject(notebook)) throw new Error('a notebook is a JSON object');
  const marked: Marked = notebook;
  marked.metadata = { ...(isObject(marked.metadata) ? marked.metadata : {}), nightshift: { run: runKey } };
  return JSON.stringify(marked);
}

function markOfNotebook(text: string): string | null | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const notebook = JSON.parse(text) as unknown;
    if (!isObject(notebook)) return undefined;
    const mark = isObject(notebook.metadata) ? notebook.metadata.nightshift : undefined;
    return isObject(mark) && typeof mark.run === 'string' && KEY.test(mark.run) ? mark.run : null;
  } catch {
    return undefined;
  }
}

/** The key of the run this source was pushed by, or null when it carries no mark. Never throws: the text is foreign. */
export function markerOf(text: string): string | null {
  const ofNotebook = markOfNotebook(text);
  if (ofNotebook !== undefined) return ofNotebook;
  const mark = SCRIPT_MARK.exec(lastLineOf(text).line);
  return mark?.[1] ?? mark?.[2] ?? null;
}
