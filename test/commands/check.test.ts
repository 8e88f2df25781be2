import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/domain/finding.ts';
import { DM, JUN, MARA, MARA_TOKEN, notebook, type Read, type Scene, startScene } from './scene.ts';

/** /check: what /commit would look for, without committing. */

let scene: Scene;

beforeEach(async () => {
  scene = await startScene();
  scene.link(MARA, 'mara-k', MARA_TOKEN);
});

afterEach(async () => {
  await scene[Symbol.asyncDispose]();
});

const file = { name: 'leaf.ipynb', bytes: notebook('a = 1', 'b = 2') };
const finding = (n: number, over: Partial<Finding> = {}): Finding => ({
  severity: 'warning',
  rule: `rule-${n}`,
  sentence: `Number ${n} is \`wrong\`.`,
  at: { cell: 1, line: 1 },
  ...over,
});
const plant = (...findings: Finding[]): void => {
  scene.checks = { code: async () => findings, setup: async () => [] };
};
const idOf = (read: Read, verb: string): string => read.ids.find((id) => id.startsWith(`${verb}:`)) ?? '';

test('a clean notebook: nothing found, the hours, and nothing is stored', async () => {
  const said = await scene.say(MARA, 'check', { notebook: file });
  expect(said.text).toBe(
    '### Nothing found\n-# leaf.ipynb · 2 cells · nothing was sent to Kaggle\n**Hours** limit 12 h, 30.0 h left this week',
  );
  expect(said.ids).toEqual([]);
  expect(scene.traces()).toMatchObject({ runs: 0, sources: 0, notices: 0, drafts: 0, pushes: 0 });
});

test('the same panel as /commit without its last row; it commits nothing, whatever is pressed', async () => {
  plant(finding(1, { severity: 'blocker' }), finding(2));
  scene.checks = {
    ...scene.checks,
    setup: async ({ internet }) => (internet ? [] : [finding(3, { fix: { kind: 'internet', on: true } })]),
  };
  const said = await scene.say(MARA, 'check', { notebook: file });
  expect(said.text).toContain('### Not committed yet: 1 blocker, 2 warnings');
  expect(said.ids.map((id) => id.split(':')[0])).toEqual(['checkFix']);
  const fixed = await scene.press(MARA, idOf(said, 'checkFix'));
  expect(fixed.text).toContain('### Not committed yet: 1 blocker, 1 warning\n-# leaf.ipynb · 2 cells · internet on');
  expect(scene.traces()).toMatchObject({ runs: 0, pushes: 0 });
});

test('a fix after which nothing is left says so and still commits nothing', async () => {
  scene.checks = {
    code: async () => [],
    setup: async ({ internet }) => (internet ? [] : [finding(3, { fix: { kind: 'internet', on: true } })]),
  };
  const said = await scene.say(MARA, 'check', { notebook: file });
  const fixed = await scene.press(MARA, idOf(said, 'checkFix'));
  expect(fixed.text).toContain('### Nothing found\n-# leaf.ipynb · 2 cells · internet on');
  expect(scene.traces()).toMatchObject({ runs: 0, pushes: 0 });
});

test('hints are shown: there is no accepted run to hang them on', async () => {
  plant(finding(1, { severity: 'hint' }));
  const said = await scene.say(MARA, 'check', { notebook: file });
  expect(said.text).toContain('### Nothing blocks it, 1 hint');
  expect(said.text).toContain('**Hint** · cell 1, line 1');
});

test('more than six: the worst six, the number of the others, and all of them as a file', async () => {
  plant(...Array.from({ length: 9 }, (_, n) => finding(n, n === 8 ? { severity: 'blocker' } : {})));
  const said = await scene.say(MARA, 'check', { notebook: file });
  expect(said.text).toContain('1 blocker, 8 warnings');
  expect(said.text.match(/Number \d/g)).toEqual([
    'Number 8',
    'Number 0',
    'Number 1',
    'Number 2',
    'Number 3',
    'Number 4',
  ]);
  expect(said.text).toContain('and 3 more\nShow all');
  const all = await scene.press(MARA, idOf(said, 'checkAll'));
  expect(all.files[0]?.name).toBe('preflight.txt');
  const text = all.files[0]?.bytes.toString() ?? '';
  expect(text).toContain('leaf.ipynb: 1 blocker, 8 warnings');
  for (let n = 0; n < 9; n++) expect(text).toContain(`Number ${n} is \`wrong\`.`);
  // Nobody else's button.
  expect((await scene.press(JUN, idOf(said, 'checkAll'))).text).toContain('This check is too old to commit from.');
});

describe('without Kaggle', () => {
  test('without an account a file is checked as far as it can be, and what could not be is said', async () => {
    plant(finding(1));
    const said = await scene.say(JUN, 'check', { notebook: file, inputs: 'mara-k/not-there' });
    expect(said.text).toContain('### Ready, 1 warning');
    expect(said.text).toContain(
      '-# no Kaggle account is linked: its inputs, earlier runs and the hours left were not checked',
    );
    expect(said.text).toContain('**Hours** limit 12 h');
    expect(said.text).not.toContain('left this week');
  });

  test('without an account a notebook on Kaggle cannot be had', async () => {
    const said = await scene.say(JUN, 'check', { kernel: 'jun-ito/leaf-disease' });
    expect(said.text).toContain('**Link your Kaggle account first.**');
  });

  test('while Kaggle does not answer a file is checked all the same', async () => {
    scene.emulator.faults.always('*', { when: 'before', answer: { kind: 'error', status: 503 } });
    const said = await scene.say(MARA, 'check', { notebook: file });
    expect(said.text).toContain('### Nothing found');
    expect(said.text).toContain(
      '-# Kaggle is not answering: its inputs, earlier runs and the hours left were not checked',
    );
  });

  test('an attachment nobody has looked up is not offered', async () => {
    scene.checks = {
      code: async () => [],
      setup: async () => [finding(1, { fix: { kind: 'attach', input: 'mara-k/leaf-aug' } })],
    };
    const said = await scene.say(JUN, 'check', { notebook: file });
    expect(said.ids).toEqual([]);
  });
});

test('what is wrong with the order itself is said as /commit says it', async () => {
  const said = await scene.say(MARA, 'check', { notebook: file, limit: '14h', inputs: 'mara-k/not-there' });
  expect(said.text).toContain('**The limit 14h is above the 12 h that Kaggle allows.**');
  expect(said.text).toContain('**No dataset mara-k/not-there on Kaggle** that you can read.');
});

test('it works in a direct message, and needs no right to commit', async () => {
  expect((await scene.say(MARA, 'check', { notebook: file }, { place: DM })).text).toContain('### Nothing found');
  expect((await scene.say(MARA, 'check', { notebook: file }, { mayPost: false, mayAttach: false })).text).toContain(
    '### Nothing found',
  );
});

test('a loop of checks is slowed down', async () => {
  const said: string[] = [];
  for (let n = 0; n < 17; n++) said.push((await scene.say(MARA, 'check', { notebook: file })).text);
  expect(said.filter((text) => text.includes('Nothing found'))).toHaveLength(15);
  expect(said.at(-1)).toMatch(/\*\*You can check again in \d s\.\*\* Nothing was committed\./);
});
