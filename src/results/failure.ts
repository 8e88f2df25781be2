import type { Failure } from '../domain/results.ts';
import { clean } from '../domain/words.ts';
import { ErrorsKept } from './errors-kept.ts';
import { failingPlace } from './failing-place.ts';
import { type AdviceFacts, adviceOn } from './failure-advice.ts';
import { FAILURE_SIGNS, type FailureKind } from './failure-signs.ts';
import type { LogChunk, LogReading } from './log.ts';
import { LineBuilder } from './log-line.ts';
import { isNoise, SAVE_STEP } from './noise.ts';
import { endedByReceipt, inOwnCells } from './receipt.ts';
import { LineRedaction, redact } from './redact.ts';
import { type Traceback, tracebackIn } from './traceback.ts';

export type FailureFacts = {
  readonly reading: LogReading;
  readonly chunks: readonly LogChunk[];
  /** What Kaggle said, if it said anything. */
  readonly message: string | null;
  readonly why: 'failed' | 'timeLimit';
  /** The source as it was pushed, but for the check cell. */
  readonly source: string | null;
  /** Whether the check cell ran before the person's own first one. */
  readonly receipt?: boolean;
  readonly kind: 'notebook' | 'script';
  readonly internet: boolean;
  readonly limitMinutes: number;
  /** The most Kaggle allows; 12 h unless said. */
  readonly ceilingMinutes?: number;
  /** The attached inputs as people name them, if they are known. */
  readonly inputs?: readonly string[];
};

/** The class when the check cell ended the run. */
const NO_WORKING_GPU = 'no working GPU';

/** The class when Kaggle failed, not the notebook. */
export const AT_KAGGLE = 'failed at Kaggle, not in your code';

/** How much of the end of a log without an error stream is looked at. In characters. */
const LOOKED_AT = 600_000;
const LAST_LINES = 200;
const ERROR_LINES = 3;
const ERROR_COLUMNS = 160;
/** A session that ended this close to its limit was ended by it. */
const NEAR_LIMIT = 0.95;

const KAGGLES_FAULT =
  /internal (?:server )?error|failed to start|(?:could not|unable to|cannot) start|failed to (?:create|launch|initiali[sz]e|provision)|system error|infrastructure|please try again later|was preempted|machine .{0,40}(?:lost|unavailable)/i;

/** Signs that say something even when no traceback stands before them. */
const WITHOUT_TRACEBACK: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'timeLimit',
  'memory',
  'hours',
  'denied',
  'killed',
  'format',
  'gpuMemory',
  'disk',
]);
const GENERAL: ReadonlySet<FailureKind> = new Set<FailureKind>(['code', 'stopped', 'exit', 'command']);

/** The end of the error stream as clean lines; of a log that has none (plain text), the end of it all. */
function errorLines({ chunks, reading, receipt }: FailureFacts): string[] {
  const kept = new ErrorsKept();
  for (const chunk of chunks) kept.push(chunk);
  const pieces = kept.chunks.map(({ text }) => text);
  if (pieces.length === 0) {
    const lines = reading.text(LOOKED_AT).split('\n');
    // The reading has renumbered them already, where it saw the check cell's line.
    return receipt === true && reading.receipt === null ? lines.map(inOwnCells) : lines;
  }
  const lines: string[] = [];
  const own = receipt === true ? inOwnCells : (line: string): string => line;
  const redaction = new LineRedaction();
  const builder = new LineBuilder({ line: (text) => lines.push(redaction.line(own(text))), state() {} });
  for (const piece of pieces) builder.push(piece);
  builder.flush();
  return lines;
}

function signIn(text: string, within?: ReadonlySet<FailureKind>): { id: string; kind: FailureKind } | null {
  for (const sign of FAILURE_SIGNS) {
    if (within !== undefined && !within.has(sign.kind)) continue;
    if (sign.pattern.test(text)) return sign;
  }
  return null;
}

/** The error itself first, then what stands around it (chained exceptions, the output of a command); a specific sign wins. */
function kindOf(traceback: Traceback): { id: string; kind: FailureKind } | null {
  const ofError = signIn(traceback.error.join('\n'));
  if (ofError !== null && !GENERAL.has(ofError.kind)) return ofError;
  const ofRest = signIn(traceback.said.slice(-LAST_LINES).join('\n'));
  return ofRest !== null && !GENERAL.has(ofRest.kind) ? ofRest : (ofError ?? ofRest);
}

const MODULE = /(?:No module named '|there is no package called [‘'"])([A-Za-z_][\w.]{0,80})['’"]/;
const INPUT_PATH =
  /(?:\/kaggle\/input|\.\.\/input)\/((?:datasets|notebooks)\/[\w.-]{1,60}\/[\w.-]{1,80}|competitions\/[\w.-]{1,80}|models\/[\w.-]{1,60}\/[\w.-]{1,80}(?:\/[\w.-]{1,60}\/[\w.-]{1,60}(?:\/\d{1,9})?)?|[\w.-]{1,80})/;

const missingIn = (text: string): string | null => INPUT_PATH.exec(text)?.[1] ?? null;

/** As people name it: without the folder that tells its kind. */
const spoken = (missing: string | null): string | null =>
  missing?.replace(/^(?:datasets|notebooks|competitions|models)\//, '') ?? null;

/** Epochs that are surely done: the last one whose validation was printed. */
function epochsDone({ reading }: FailureFacts): number | null {
  const progress = reading.progress();
  const main = progress?.series[0];
  const last = main?.points.at(-1)?.[0];
  if (progress?.unit !== 'epoch' || progress.fold !== undefined || last === undefined) return null;
  const first = main?.points[0]?.[0] ?? 0;
  return first === 1 && Number.isInteger(last) && last >= 1 ? last : null;
}

function errorText(error: readonly string[]): string | null {
  const lines = error
    .map((line) => redact(clean(line)).trimEnd())
    .filter((line) => line.trim() !== '')
    .slice(0, ERROR_LINES)
    .map((line) => (line.length <= ERROR_COLUMNS ? line : `${line.slice(0, ERROR_COLUMNS - 1)}…`));
  return lines.length === 0 ? null : lines.join('\n');
}

/** So long after its last word on the error stream a run did not end of what stood there. In seconds. */
const LONG_AFTER = 60;

function isLongAfter({ chunks, reading }: FailureFacts): boolean {
  const last = chunks.findLast(({ stream }) => stream === 'stderr');
  return last !== undefined && reading.time - last.time > LONG_AFTER;
}

/** What an error looks like that stands alone, without a traceback: of Python, pip, R, a shell, C++. */
const ERROR_LINE =
  /^(?:(?:[A-Za-z_]\w{0,60}\.){0,8}_{0,2}[A-Z]\w{0,80}(?:Error|Exception|Exit|Interrupt)\b|(?:[a-z_]\w{0,60}\.){1,8}[A-Z]\w{0,80}: |ERROR: |Error(?: in .{1,200}?)?\s?: |RuntimeError|terminate called|\s{0,4}what\(\): |fatal: |bash: |\/bin\/\w{1,10}: )/;

/** The last lines that say an error by themselves, the last one first. */
function errorAlone(quiet: readonly string[]): string | null {
  return quiet.slice(-LAST_LINES).findLast((line) => ERROR_LINE.test(line)) ?? null;
}

/** Without traceback and message: ended by force. Where it ended so near the limit, that was it. */
function kindWithoutTraceback(of: FailureFacts, lines: readonly string[]): FailureKind {
  const quiet = lines.filter((line) => !isNoise(line));
  const sign = signIn(quiet.slice(-LAST_LINES).join('\n'), WITHOUT_TRACEBACK);
  if (sign !== null) return sign.kind;
  if (of.reading.time >= of.limitMinutes * 60 * NEAR_LIMIT) return 'timeLimit';
  const alone = isLongAfter(of) ? null : errorAlone(quiet);
  const ofAlone = alone === null ? null : signIn(alone);
  if (ofAlone !== null) return ofAlone.kind;
  // The save step is written by every run that Kaggle did not kill.
  return alone !== null || lines.some((line) => SAVE_STEP.test(line)) ? 'code' : 'killed';
}

/** Lines at the margin behind an exception's first: more than a message has. */
const MOST_SAID_AFTER = 60;

/**
 * Whether a traceback is what ended the run. The runner says it of a cell; one of plain Python may have been printed by code
 * that went on, and then ended otherwise.
 */
const hasEndedBy = ({ wrapped, error }: Traceback, of: FailureFacts): boolean =>
  wrapped || (!isLongAfter(of) && error.filter((line) => /^\S/.test(line)).length <= MOST_SAID_AFTER);

function kindOfAll(of: FailureFacts, traceback: Traceback | null, lines: readonly string[]): FailureKind | 'atKaggle' {
  if (of.why === 'timeLimit') return 'timeLimit';
  const message = of.message ?? '';
  const ofMessage = signIn(message);
  if (ofMessage !== null && !GENERAL.has(ofMessage.kind)) return ofMessage.kind;
  if (traceback === null) {
    if (KAGGLES_FAULT.test(message)) return 'atKaggle';
    const kind = kindWithoutTraceback(of, lines);
    return kind === 'killed' && ofMessage !== null ? ofMessage.kind : kind;
  }
  const sign = kindOf(traceback);
  if (sign === null) return 'code';
  // A limit interrupts like a person does.
  if (sign.kind === 'stopped' && of.reading.time >= of.limitMinutes * 60 * NEAR_LIMIT) return 'timeLimit';
  const isOffline = sign.kind === 'module' && !of.internet && wentOffline(of);
  return isOffline ? 'internet' : sign.kind;
}

/** Whether something before tried the net and failed: a module is then missing because pip could not fetch it. */
function wentOffline({ reading }: FailureFacts): boolean {
  const offline = FAILURE_SIGNS.filter(({ id }) => id === 'dns' || id === 'pip-offline');
  const text = reading.text(LOOKED_AT);
  return offline.some(({ pattern }) => pattern.test(text));
}

const noWorkingGpu = (reason: string): Failure => ({
  class: NO_WORKING_GPU,
  cell: null,
  line: null,
  excerpt: [],
  excerptFrom: 1,
  frames: [],
  error: reason,
  advice: 'running it again. If it stays, see whether the account’s phone number is verified.',
});

/**
 * Reads why a run failed: its class and advice in words for people, the cell and line in the person's own notebook, the last
 * own frames, the error. Signs are looked for in Kaggle's message, then in the last traceback, then in the last lines; between
 * two classes the general one is taken (source: public run logs).
 *
 * `cell` is N of `In [N]`: code cells that hold something, counted from 1, which is what the editor shows after Save & Run All.
 */
export function readFailure(of: FailureFacts): Failure {
  const lines = errorLines(of);
  const found = tracebackIn(lines);
  const traceback = found !== null && hasEndedBy(found, of) ? found : null;
  // In the person's numbers the check cell is the one before the first.
  const inCheck = of.receipt === true && of.kind === 'notebook' && traceback?.cell === 0;
  const ended = inCheck ? endedByReceipt(traceback.error.join(' ')) : null;
  if (ended !== null) return noWorkingGpu(redact(clean(ended)));
  const kind = kindOfAll(of, traceback, lines);
  const place =
    traceback === null || inCheck || of.why === 'timeLimit' ? null : failingPlace(traceback, of.source, of.kind);
  const error = traceback === null || of.why === 'timeLimit' ? null : errorText(traceback.error);
  const text = [of.message ?? '', ...(traceback?.error ?? []), ...(traceback?.said ?? [])].join('\n');
  const missing = missingIn(text);
  const facts: AdviceFacts = {
    internet: of.internet,
    limitMinutes: of.limitMinutes,
    ceilingMinutes: of.ceilingMinutes ?? 720,
    epochsDone: kind === 'timeLimit' ? epochsDone(of) : null,
    module: MODULE.exec(text)?.[1]?.split('.')[0] ?? null,
    missing: spoken(missing),
    inputs: of.inputs ?? null,
  };
  const { named, advice } =
    kind === 'atKaggle' ? { named: AT_KAGGLE, advice: 'running it again.' } : adviceOn(kind, facts);
  return {
    class: named,
    cell: place?.cell ?? null,
    line: place?.line ?? null,
    excerpt: place?.excerpt ?? [],
    excerptFrom: place?.excerptFrom ?? 1,
    frames: place?.frames ?? [],
    error,
    advice,
    ...(kind === 'input' && missing !== null ? { missing } : {}),
  };
}
