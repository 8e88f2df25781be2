/** The process that reads a stranger's code: what takes too long or too much here ends this process and nothing else. */
import type { Finding } from '../domain/finding.ts';
import { checkSetup } from './check-setup.ts';
import { type Code, findInCode } from './find-in-code.ts';
import { loadLint } from './lint.ts';
import type { Setup } from './setup/program.ts';

export type Work = { readonly kind: 'code'; readonly code: Code } | { readonly kind: 'setup'; readonly of: Setup };
export type Question = { readonly id: number; readonly work: Work };
export type Answer =
  | { readonly id: number; readonly findings: readonly Finding[] }
  | { readonly id: number; readonly failed: string };

const lint = loadLint();

process.on('message', ({ id, work }: Question) => {
  let answer: Answer;
  try {
    answer = { id, findings: work.kind === 'code' ? findInCode(work.code, lint) : checkSetup(work.of) };
  } catch (error) {
    answer = { id, failed: error instanceof Error ? error.name : 'unknown' };
  }
  process.send?.(answer, () => {
    // Code nested so deep that the stack ran out has left the linter in the middle of its work.
    if ('failed' in answer) process.exit();
  });
});
// Alone it has nothing to do: it must not outlive a bot that was killed.
process.on('disconnect', () => process.exit());
