import type { Finding } from '../../domain/finding.ts';
import { count, inlineCode, NBSP } from '../../domain/words.ts';
import { MAX_SOURCE_BYTES, type Source } from '../read.ts';
import { findingAt, type Program } from './program.ts';

const EXITS = /^(?:sys\.exit|exit|quit)$/;
const KILLS = /^(?:os\._exit|os\.abort|.*\.do_shutdown|os\.kill)$/;

/** Calls that end the run before its last cell. */
export function earlyEnds(program: Program): Finding[] {
  const last = program.statements.at(-1);
  return program.statements.flatMap((statement) => {
    if (statement === last || statement.kind !== 'python') return [];
    const { around, calls, code } = statement;
    if (around.inFunction !== null || around.conditions.length > 0) return [];
    const raised = /^\s*raise\s+SystemExit\b/.test(code) ? 'raise SystemExit' : null;
    const exit = calls.find((call) => EXITS.test(call.name) && !program.defined.has(call.name));
    const kill = calls.find((call) => KILLS.test(call.name) && (call.name !== 'os.kill' || /getpid/.test(code)));
    if (kill !== undefined) {
      const sentence = `${inlineCode(`${kill.name.replace(/^\./, '')}()`)} kills the notebook's process, and the run ends as failed.`;
      return findingAt(program, statement, kill.from, { severity: 'warning', rule: 'kills-kernel', sentence });
    }
    const shown = exit === undefined ? raised : `${exit.name}()`;
    if (shown === null) return [];
    const sentence = `${inlineCode(shown)} ends the run here; the cells behind it do not run.`;
    return findingAt(program, statement, exit?.from ?? 0, { severity: 'hint', rule: 'exits', sentence });
  });
}

const SCREEN =
  /^(?:cv2\.(?:imshow|namedWindow|waitKey|destroyAllWindows)|pyautogui\.\w+|(?:tk|tkinter)\.Tk|Tk|pygame\.display\.set_mode)$/;

/** What needs a screen, a camera or a microphone; a session has none. */
export function needsDesk(program: Program): Finding[] {
  const found = program.statements.flatMap((statement) =>
    statement.calls.flatMap((call) => {
      const camera =
        call.name === 'cv2.VideoCapture' &&
        /^\s*\d\s*$/.test(statement.code.slice(call.args[0]?.from ?? 0, call.args[0]?.to ?? 0));
      if (!camera && !SCREEN.test(call.name)) return [];
      const what = camera ? 'a camera' : 'a screen';
      return findingAt(program, statement, call.from, {
        severity: 'warning',
        rule: 'needs-desk',
        sentence: `${inlineCode(`${call.name}()`)} needs ${what}; a Kaggle session has none.`,
      });
    }),
  );
  return found.slice(0, 1);
}

/** Kaggle takes 1 MB without outputs; near that, a few cells more and it is refused. */
export function nearlyTooLarge(source: Source): Finding[] {
  const bytes = Buffer.byteLength(source.text);
  if (bytes < 0.85 * MAX_SOURCE_BYTES) return [];
  const sentence = `The source is ${count(Math.round(bytes / 1_000))}${NBSP}kB without outputs; Kaggle takes ${count(MAX_SOURCE_BYTES / 1_000)}${NBSP}kB.`;
  return [{ severity: 'hint', rule: 'size', sentence, at: null }];
}
