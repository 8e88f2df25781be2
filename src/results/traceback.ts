import { SAVE_STEP } from './noise.ts';

/** One place in the person's own code on the way to the error. */
export type Frame = {
  /** `In [N]` of the code cell; null in a script or another file. */
  readonly cell: number | null;
  readonly file: string | null;
  readonly line: number | null;
  /** The line of code as the traceback quotes it. */
  readonly code: string | null;
};

export type Traceback = {
  /** `In [N]` of the cell that ended the run. */
  readonly cell: number | null;
  /** Own frames, outermost first. */
  readonly frames: readonly Frame[];
  /** The exception's own lines, `Type: message`; empty when none was found. */
  readonly error: readonly string[];
  /** All lines that are not quoted source: where signs of a cause are looked for. */
  readonly said: readonly string[];
  /** Lines around the failing one as the traceback quotes them, by their number; of the first own frame. */
  readonly context: ReadonlyMap<number, string>;
  /** Whether the runner says that this is what ended the run. */
  readonly wrapped: boolean;
};

const WRAPPER = /^Exception encountered at "In \[(\d+|None)\]":/;
const PLAIN = /^\s*Traceback \(most recent call last\):/;
const NEXT_EXCEPTION =
  /^(?:During handling of the above exception, another exception occurred|The above exception was the direct cause of the following exception):/;
// IPython 8: `Cell In[5], line 3, in f(x)`; 8.0: `Input In [5], in <cell line: 3>()`.
const CELL = /^\s*(?:Cell|Input) In ?\[(\d+)\](?:, line (\d+))?(?:, in .*)?$/;
const OLD_CELL = /^(?:File )?"?<ipython-input-(\d+)-[0-9a-f]+>"?(?::(\d+)|, line (\d+))?(?:,? in .*)?$/;
// The image's own form: `/tmp/ipykernel_17/2121784221.py in <cell line: 0>()`, one file for each cell.
const KERNEL_FILE =
  /^(?:File )?"?([/\\]tmp[/\\]ipykernel_\d+[/\\]\d+\.py)"?(?::(\d+)|, line (\d+))?(?:,? in (\S.{0,300}))?$/;
const TOP_LEVEL = /^<(?:cell line: \d+|module)>/;
const TIMED = /^(?:File )?<timed (?:exec|eval)>(?::(\d+))?(?:,? in .*)?$/;
const IPYTHON_FILE = /^File (\S.{0,300}?):(\d+)(?:, in .*)?$/;
const OLD_FILE = /^(\/\S{1,300}\.py) in .*$/;
const PYTHON_FILE = /^\s+File "([^"\n]{1,300})", line (\d+)(?:, in .*)?$/;
const ARROW = /^-+> ?(\d+)(?: (.*))?$/;
const NUMBERED = /^ {2,}(\d+)(?: (.*))?$/;
const TYPE = /^((?:[A-Za-z_]\w{0,60}\.){0,8})(_{0,2}[A-Z]\w{0,80})(?::\s?(.*))?$/;
// IPython names the exception in the line above its frames.
const HEADED = /^(_{0,2}[A-Za-z]\w{0,80}) {2,}Traceback \(most recent call last\)$/;
// `Error in library(timm): there is no package called ‘timm’` and `Error: object 'x' not found`, of R.
const R_ERROR = /^Error(?: in [^\n]{1,200}?)?\s?: ?/;
const R_FRAME = /^1\. (\S.{0,300})$/;
const R_PARSED = /^Error in parse\(.{0,200}<text>:(\d{1,6}):\d{1,6}:/;
const UNPARSED = /^(?:SyntaxError|IndentationError|TabError): /;
const TYPE_NAME =
  /(?:Error|Exception|Exit|Interrupt|Iteration|Warning|Failure|Fault|Abort|NotFound|Timeout|Died|Killed|Missing|Exceeded|Kernel)$/;
const LIBRARY =
  /(?:site|dist)-packages|\/lib(?:64)?\/python|^<(?!timed|ipython)|papermill|nbclient|ipykernel|importlib/;
const RULE = /^-{20,}$/;

/** Marks a file that IPython made of a cell. */
const KERNEL = 'cell:';

type Opened = { cell: number | null; file: string | null; line: number | null; code: string | null; shift: number };

function headerOf(line: string, cell: number | null): Opened | 'library' | null {
  const number = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  const own = (at: number | null, line: number | null, file: string | null = null, shift = 0): Opened => ({
    cell: at,
    file,
    line: line === null ? null : line + shift,
    code: null,
    shift,
  });
  const inCell = CELL.exec(line);
  if (inCell !== null) return own(Number(inCell[1]), number(inCell[2]));
  const old = OLD_CELL.exec(line.trim());
  if (old !== null) return own(Number(old[1]), number(old[2] ?? old[3]));
  const kernel = KERNEL_FILE.exec(line.trim());
  if (kernel !== null) {
    const isTop = kernel[4] === undefined || TOP_LEVEL.test(kernel[4]);
    return own(isTop ? cell : null, number(kernel[2] ?? kernel[3]), `${KERNEL}${kernel[1]}`);
  }
  // `%%time` runs its body as code of its own, counted from the line after the magic.
  const timed = TIMED.exec(line.trim());
  if (timed !== null) return own(cell, number(timed[1]), null, 1);
  const file = PYTHON_FILE.exec(line) ?? IPYTHON_FILE.exec(line);
  const path = file?.[1] ?? OLD_FILE.exec(line)?.[1];
  if (path === undefined) return null;
  return LIBRARY.test(path) ? 'library' : own(null, number(file?.[2]), path.slice(path.lastIndexOf('/') + 1));
}

/** The last exception of a chain is the one that ended the run; if it has no own frames, an earlier one tells where. */
function lastException(lines: readonly string[]): (readonly string[])[] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    if (NEXT_EXCEPTION.test(line)) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.reverse();
}

type Walk = { frames: Frame[]; context: Map<number, string>; endOfFrames: number; quoted: Set<number> };

function walk(lines: readonly string[], cell: number | null, isLast: boolean): Walk {
  const frames: Frame[] = [];
  const context = new Map<number, string>();
  const quoted = new Set<number>();
  const cellOf = new Map<string, number>();
  let current: Opened | 'library' | null = null;
  let endOfFrames = -1;
  const close = (): void => {
    if (current !== null && current !== 'library') {
      const { file, line, code } = current;
      const isCell = file?.startsWith(KERNEL) === true;
      if (isCell && current.cell !== null) cellOf.set(file, current.cell);
      // The last exception's way begins in the cell that ended the run, whatever its first frame is called.
      if (isCell && isLast && cell !== null && frames.length === 0) cellOf.set(file, cell);
      const at = current.cell ?? (isCell ? (cellOf.get(file) ?? null) : null);
      frames.push({ cell: at, file: isCell ? null : file, line, code });
    }
    current = null;
  };
  lines.forEach((line, index) => {
    const header = headerOf(line, cell);
    if (header !== null) {
      close();
      current = header;
      endOfFrames = index;
      quoted.add(index);
      return;
    }
    const open = current as Opened | 'library' | null;
    const numbered = ARROW.exec(line) ?? NUMBERED.exec(line);
    if (numbered !== null && open !== null) {
      quoted.add(index);
      endOfFrames = index;
      if (open === 'library') return;
      const number = Number(numbered[1]) + open.shift;
      const code = numbered[2] ?? '';
      if (frames.length === 0) context.set(number, code);
      if (line.startsWith('-')) {
        open.line = number;
        open.code = code.trim();
      }
      return;
    }
    if (open !== null && /^ {4}\S/.test(line) && !PYTHON_FILE.test(line)) {
      quoted.add(index);
      endOfFrames = index;
      if (open !== 'library' && open.code === null && !/^\s*[\^~]+\s*$/.test(line)) open.code = line.trim();
      return;
    }
    if (open !== null && /^\s*[\^~]+\s*$/.test(line)) endOfFrames = index;
    else if (/^\S/.test(line)) close();
  });
  close();
  return { frames, context, endOfFrames, quoted };
}

function isError(line: string): boolean {
  const match = TYPE.exec(line);
  return match !== null && TYPE_NAME.test(match[2] ?? '');
}

/** The line where the exception says what it is, behind its frames; -1 when there is none. */
function errorStart(lines: readonly string[], from: number): number {
  const named = lines.map((line) => HEADED.exec(line)?.[1]).find((name) => name !== undefined);
  const isNamed = (line: string): boolean => named !== undefined && TYPE.exec(line)?.[2] === named;
  const after = (fits: (line: string) => boolean): number => lines.findIndex((line, at) => at > from && fits(line));
  for (const fits of [isNamed, isError, (line: string) => R_ERROR.test(line)]) {
    const found = after(fits);
    if (found >= 0) return found;
  }
  const loose = lines.findLastIndex((line) => TYPE.test(line) && line.includes(': '));
  // No exception is named: what is said behind the frames is all there is.
  return loose >= 0 ? loose : after((line) => /^\S/.test(line) && !RULE.test(line) && !HEADED.test(line));
}

function errorIn(lines: readonly string[], from: number): string[] {
  const start = errorStart(lines, from);
  const [first, ...rest] = start < 0 ? [] : lines.slice(start);
  if (first === undefined) return [];
  // The module in front of the name says little and costs the line.
  const short = first.replace(TYPE, (_, _module: string, name: string, message: string | undefined) =>
    message === undefined || message.trim() === '' ? name : `${name}: ${message}`,
  );
  // TensorFlow quotes a traceback of its own in the message; what it comes to is its last exception.
  const inner = first.endsWith('in user code:') ? rest.findLast((line) => isError(line.trim())) : undefined;
  if (inner !== undefined) return [inner.trim()];
  const stop = rest.findIndex(
    (line) => line === first || RULE.test(line) || SAVE_STEP.test(line) || /^Traceback:\s*$/.test(line),
  );
  return [short, ...(stop < 0 ? rest : rest.slice(0, stop))]
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

/** Where an error of R was raised: the call in the cell, or the line its parser names. */
function framesOfR(lines: readonly string[], cell: number | null): Frame[] {
  const begin = lines.findIndex((line) => R_ERROR.test(line));
  if (begin < 0) return [];
  const parsed = R_PARSED.exec(lines[begin] ?? '')?.[1];
  if (parsed !== undefined) return [{ cell, file: null, line: Number(parsed), code: null }];
  const call = lines
    .slice(begin)
    .map((line) => R_FRAME.exec(line)?.[1])
    .find((code) => code !== undefined);
  return call === undefined ? [] : [{ cell, file: null, line: null, code: call }];
}

/** Where the last traceback of plain Python begins; an error of syntax in a script comes without a heading. */
function plainBegin(lines: readonly string[]): number {
  const headed = lines.findLastIndex((line) => PLAIN.test(line));
  const unparsed = lines.findLastIndex((line) => UNPARSED.test(line));
  if (unparsed <= headed) return headed;
  const file = lines.findLastIndex((line, at) => at < unparsed && at >= unparsed - 4 && PYTHON_FILE.test(line));
  return file <= headed ? headed : file - 1;
}

/**
 * Finds the traceback that ended the run: the last one papermill wrapped (`Exception encountered at "In [5]":`), else the last
 * of plain Python. @param lines cleaned lines without colours; @returns null when there is none
 */
export function tracebackIn(lines: readonly string[]): Traceback | null {
  const wrapper = lines.findLastIndex((line) => WRAPPER.test(line));
  // Inside a wrapped traceback IPython repeats this line.
  const begin = wrapper >= 0 ? wrapper : plainBegin(lines);
  if (wrapper < 0 && !lines.some((line) => PLAIN.test(line) || UNPARSED.test(line))) return null;
  const save = lines.findIndex((line, index) => index > begin && SAVE_STEP.test(line));
  const block = lines.slice(begin + 1, save < 0 ? undefined : save);
  const named = WRAPPER.exec(lines[begin] ?? '')?.[1];
  const cell = named === undefined || named === 'None' ? null : Number(named);
  const parts = lastException(block);
  const walks = parts.map((part, index) => walk(part, cell, index === 0));
  const chosen = walks.find(({ frames }) => frames.length > 0) ?? walks[0];
  const error = errorIn(parts[0] ?? [], walks[0]?.endOfFrames ?? -1);
  const said = parts.flatMap((part, index) => part.filter((_, line) => walks[index]?.quoted.has(line) !== true));
  const walked = chosen?.frames ?? [];
  const frames = walked.length > 0 || wrapper < 0 ? walked : framesOfR(block, cell);
  return {
    cell: cell ?? frames.find((frame) => frame.cell !== null)?.cell ?? null,
    frames,
    error,
    said,
    context: chosen?.context ?? new Map(),
    wrapped: wrapper >= 0,
  };
}
