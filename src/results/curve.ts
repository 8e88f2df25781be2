import type { Progress } from '../domain/results.ts';

export type CurveFacts = {
  readonly number: number;
  readonly title: string;
  readonly line: string;
  readonly progress: Progress;
  readonly running: boolean;
  readonly at: number;
  readonly theme: 'dark' | 'light';
};

export function drawCurve(_of: CurveFacts): { png: Buffer; description: string } | null {
  return null;
}
