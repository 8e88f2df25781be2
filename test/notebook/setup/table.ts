import type { Accelerator } from '../../../src/domain/accelerator.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import { parseInputs } from '../../../src/domain/input.ts';
import { checkSetup } from '../../../src/notebook/check-setup.ts';
import { readSource } from '../../../src/notebook/read.ts';
import { notebook } from '../../notebooks.ts';

export type Where = { accelerator?: Accelerator; inputs?: string; internet?: boolean; file?: string; chosen?: boolean };

/** Checks a notebook of these cells; a CPU run with the internet off and nothing attached unless it is said. */
export function check(cells: readonly string[], where: Where = {}): Finding[] {
  const { accelerator = 'none', inputs = '', internet = false, file = 'train.ipynb', chosen = true } = where;
  const bytes = file.endsWith('.ipynb') ? notebook(...cells) : Buffer.from(cells.join('\n'));
  const attached = parseInputs(inputs).inputs;
  return checkSetup({ source: readSource(file, bytes), accelerator, inputs: attached, internet, chosen });
}

/** `warning needs-internet 2:1`, one line a finding. */
export const short = (findings: readonly Finding[]): string[] =>
  findings.map(
    ({ severity, rule, at }) => `${severity} ${rule} ${at === null ? '-' : `${at.cell ?? 'file'}:${at.line ?? 'all'}`}`,
  );
