import type { Finding } from '../domain/finding.ts';

export type Question<Work> = { readonly id: number; readonly work: Work };
export type Answer =
  | { readonly id: number; readonly findings: readonly Finding[] }
  | { readonly id: number; readonly failed: string };

/** The whole of a child process: it answers each piece of work it is sent with what `find` finds in it. */
export function answerWith<Work>(find: (work: Work) => readonly Finding[]): void {
  process.on('message', ({ id, work }: Question<Work>) => {
    let answer: Answer;
    try {
      answer = { id, findings: find(work) };
    } catch (error) {
      answer = { id, failed: error instanceof Error ? error.name : 'unknown' };
    }
    process.send?.(answer, () => {
      // Code nested so deep that the stack ran out may have left a linter in the middle of its work.
      if ('failed' in answer) process.exit();
    });
  });
  // Alone it has nothing to do: it must not outlive a bot that was killed.
  process.on('disconnect', () => process.exit());
}
