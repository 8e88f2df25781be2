import { expect, test } from 'vitest';
import { type Finding, withoutEchoes } from '../../src/domain/finding.ts';

const finding = (rule: string, line: number): Finding => ({
  severity: 'warning',
  rule,
  sentence: 'Something.',
  at: { cell: 1, line },
});

test('what another finding says better of the same line is left out, and only that', () => {
  const found = ['early-exit', 'exits', 'save-into-input', 'input-path', 'secret'].map((rule) => finding(rule, 3));
  expect(withoutEchoes(found).map(({ rule }) => rule)).toEqual(['early-exit', 'save-into-input', 'secret']);
  const apart = [finding('early-exit', 3), finding('exits', 4), finding('input-path', 3)];
  expect(withoutEchoes(apart)).toEqual(apart);
});
