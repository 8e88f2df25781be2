import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Progress, Report } from '../../src/domain/results.ts';
import type { Run } from '../../src/domain/run.ts';
import { DM, JUN, JUN_TOKEN, LAB, MARA, MARA_TOKEN, notebook, OTHER, type Scene, startScene } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
  scene.link(MARA, 'mara-k', MARA_TOKEN);
  scene.link(JUN, 'jun-ito', JUN_TOKEN);
});
afterEach(() => scene[Symbol.asyncDispose]());

const series = (name: string, values: readonly number[], better: 'higher' | 'lower') => {
  const best = better === 'higher' ? Math.max(...values) : Math.min(...values);
  return {
    name,
    points: values.map((value, index) => [index + 1, value] as const),
    lastText: (values.at(-1) ?? 0).toFixed(4),
    better,
    best: { at: values.indexOf(best) + 1, value: best, text: best.toFixed(4) },
  };
};

const progress = (acc: readonly number[], loss: readonly number[], over: Partial<Progress> = {}): Progress => ({
  unit: 'epoch',
  at: acc.length,
  of: acc.length,
  series: [series('val_acc', acc, 'higher'), series('val_loss', loss, 'lower')],
  paceMs: null,
  ...over,
});

const EMPTY = { logTail: [], logLines: 0, failure: null, table: null, quota: null, gaps: [] };

/** Commits and is over at once, with numbers. */
async function ended(seen: Progress | null, cells: string[], given = {}, at = {}): Promise<Run> {
  const bytes = { notebook: { name: 'leaf-disease.ipynb', bytes: notebook(...cells) } };
  let run = await scene.commit(MARA, 'leaf-disease.ipynb', at, { ...bytes, ...given });
  const { clock } = scene;
  const { runs } = scene.needs;
  const kernel = run.settings.kernel;
  const pushed = { kernel, version: run.number, page: null, at: clock.now(), inputsDropped: [] };
  const move = (event: Parameters<typeof runs.move>[1], report?: Report): void => {
    const moved = runs.move(run, event, { dueAt: null, ...(report === undefined ? {} : { report, outputs: [] }) });
    if (moved === null) throw new Error('changed by somebody else');
    run = moved;
  };
  move({ type: 'pushStarted', at: clock.now(), baseVersion: 0 });
  move({ type: 'pushed', at: clock.now(), pushed });
  move({ type: 'seenRunning', at: clock.now(), stopping: false });
  clock.advance(3_600_000);
  move({ type: 'ended', at: clock.now(), end: 'complete', message: null });
  move({ type: 'finished', at: clock.now() }, { ...EMPTY, progress: seen });
  return run;
}

const ACC = [0.5, 0.8, 0.9041];
const LOSS = [0.9, 0.4, 0.2711];

describe('two runs side by side', () => {
  test('show their numbers with the difference, what differs, and both curves in one picture', async () => {
    await ended(progress(ACC, LOSS), ['import torch', 'train(1)', 'save()'], { accelerator: 'gpu', limit: '9h' });
    await ended(progress([0.6, 0.9124, 0.91], [0.8, 0.3, 0.2647]), ['import torch', 'train(2)', 'save()'], {
      accelerator: 'cpu',
      limit: '12h',
    });
    const said = await scene.say(MARA, 'compare', { a: '1', b: '#2' });
    expect(said.isError).toBe(false);
    expect(said.text).toContain('### #1 and #2');
    expect(said.text).toMatch(/val_acc +0\.9041 +0\.9124 +\+0\.0083/);
    expect(said.text).toMatch(/val_loss +0\.2711 +0\.2647 +-0\.0064/);
    expect(said.text).toMatch(/time +1 h +1 h/);
    expect(said.text).toContain('**Accelerator** #1 T4 x2 · #2 CPU');
    expect(said.text).toContain('**Limit** #1 9 h · #2 12 h');
    expect(said.text).toContain('**Source** #2 1 cell changed (2) against #1');
    expect(said.text).not.toContain('**Internet**');
    const [picture] = said.files;
    expect(picture?.name).toBe('curves-2-1.png');
    expect(picture?.bytes.readUInt32BE(16)).toBe(1_200);
  });

  test('say so when nothing differs, and when there is no curve to draw', async () => {
    await ended(null, ['a'], { limit: '9h' });
    await ended(progress([0.5], [0.9]), ['a'], { limit: '9h' });
    const said = await scene.say(MARA, 'compare', { a: '1', b: '2' });
    expect(said.text).toContain('**Same** settings and the same notebook');
    expect(said.text).toContain('No two of them have a curve of the same metric.');
    expect(said.files).toEqual([]);
  });

  test('are reached by the button on the completion, the earlier one first', async () => {
    const before = await ended(progress(ACC, LOSS), ['a']);
    const now = await ended(progress(ACC, LOSS), ['a']);
    const said = await scene.press(MARA, `compare:v1:${now.key}:${before.key}`);
    expect(said.text).toContain('### #1 and #2');
  });
});

test('up to six runs have a line each; one without the metric is named', async () => {
  for (let n = 0; n < 5; n += 1)
    await ended(
      progress(
        ACC.map((value) => value - n / 100),
        LOSS,
      ),
      ['a'],
    );
  await ended(null, ['a']);
  const said = await scene.say(MARA, 'compare', { a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' });
  expect(said.text).toContain('### 6 runs compared');
  expect(said.text).toMatch(/#3 +0\.8841 +0\.2711 +1 h/);
  expect(said.text).toMatch(/#6 +– +– +1 h/);
  expect(said.text).toContain('#6 has no such curve.');
  expect(said.files).toHaveLength(1);
});

describe('nobody compares what they may not see', () => {
  test('a run of another server is not there', async () => {
    const here = await ended(progress(ACC, LOSS), ['a']);
    const there = await ended(progress(ACC, LOSS), ['a'], {}, { place: OTHER });
    expect((await scene.say(JUN, 'compare', { a: '1', b: '2' }, { place: LAB })).text).toContain('There is no run #2');
    expect((await scene.say(JUN, 'compare', { a: here.key, b: there.key })).isError).toBe(true);
    expect((await scene.press(JUN, `compare:v1:${here.key}:${there.key}`)).isError).toBe(true);
    expect((await scene.press(JUN, `compare:v1:${here.key}`)).isError).toBe(true);
  });

  test('in a direct message equal numbers are chosen from the list, and named by their server', async () => {
    const here = await ended(progress(ACC, LOSS), ['a']);
    const there = await ended(progress(ACC, LOSS), ['a'], {}, { place: OTHER });
    const at = { place: DM };
    expect((await scene.say(MARA, 'compare', { a: '1', b: there.key }, at)).text).toContain('#1 exists on 2 servers.');
    const choices = await scene.complete(MARA, 'compare', 'b', '1', { a: here.key }, at);
    expect(choices.map(({ value }) => value).sort()).toEqual([here.key, there.key].sort());
    const said = await scene.say(MARA, 'compare', { a: here.key, b: there.key }, at);
    expect(said.text).toContain('### #1 Vision Lab and #1 Other Lab');
  });

  test('one run alone is compared with the one of its notebook before it, as far as that is seen', async () => {
    await ended(progress(ACC, LOSS), ['a'], {}, { place: OTHER });
    await ended(progress(ACC, LOSS), ['a']);
    expect((await scene.say(MARA, 'compare', { a: '1' })).text).toContain('Name two different runs.');
    await ended(progress(ACC, LOSS), ['a']);
    expect((await scene.say(MARA, 'compare', { a: '2' })).text).toContain('### #1 and #2');
  });

  test('the same run twice is no comparison', async () => {
    expect((await scene.say(MARA, 'compare', {})).text).toContain('Name two different runs.');
    const run = await ended(progress(ACC, LOSS), ['a']);
    expect((await scene.say(MARA, 'compare', { a: '1', b: run.key })).text).toContain('Name two different runs.');
  });
});
