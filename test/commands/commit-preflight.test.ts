import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR } from '../../src/clock.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { Secret } from '../../src/secret.ts';
import { DM, JUN, JUN_TOKEN, LAB, MARA, MARA_TOKEN, notebook, type Read, type Scene, startScene } from './scene.ts';

/** What a person meets who commits a notebook in which something was found. What is found is planted here. */

let scene: Scene;

beforeEach(async () => {
  scene = await startScene();
  scene.link(MARA, 'mara-k', MARA_TOKEN);
  scene.emulator.addDataset({ ref: 'mara-k/leaf-aug', title: 'Leaf aug' });
});

afterEach(async () => {
  await scene[Symbol.asyncDispose]();
});

const CELLS = ['import pandas as pd', 'a = 1\nb = 2\ny = labels.values\nX = train_df.drop(columns="label")'];
const file = () => ({ name: 'leaf.ipynb', bytes: notebook(...CELLS) });

const blocker: Finding = {
  severity: 'blocker',
  rule: 'undefined-name',
  sentence: '`train_df` is used here but first defined in cell 12.',
  at: { cell: 2, line: 4 },
};
const missing: Finding = {
  severity: 'warning',
  rule: 'input-path',
  sentence: '`/kaggle/input/leaf-aug` is read, but no attached input provides it.',
  at: { cell: 1, line: 1 },
  missing: 'leaf-aug',
};
const offline: Finding = {
  severity: 'warning',
  rule: 'pip',
  sentence: '`!pip install timm==1.0.9` needs the internet; it is off.',
  at: { cell: 1, line: 1 },
  fix: { kind: 'internet', on: true },
};
const hint: Finding = {
  severity: 'hint',
  rule: 'no-table',
  sentence: 'No table is saved: no `to_csv` or similar was found.',
  at: { cell: 2, line: null },
};

/** Findings that depend on the settings as the real ones do. */
function plant(code: readonly Finding[], setup: readonly Finding[] = []): void {
  scene.checks = {
    code: async () => code,
    setup: async ({ inputs, internet }) =>
      setup.filter(
        (one) =>
          !(one.rule === 'pip' && internet) &&
          !(one.rule === 'input-path' && inputs.some(({ ref }) => ref.endsWith('leaf-aug'))),
      ),
  };
}

const idOf = (read: Read, verb: string): string => {
  const id = read.ids.find((one) => one.startsWith(`${verb}:`));
  if (id === undefined) throw new Error(`no ${verb} in ${read.text}`);
  return id;
};
const commit = (given: Parameters<Scene['say']>[2] = {}, at: Parameters<Scene['say']>[3] = {}) =>
  scene.say(MARA, 'commit', { notebook: file(), ...given }, at);
const runs = () => scene.needs.runs.list({ guildId: null, userId: MARA.id }, {}, 50).length;
const runsHere = () => scene.needs.runs.list({ guildId: LAB.guildId, userId: MARA.id }, {}, 50);

describe('a clean notebook', () => {
  test('is committed without an extra click, and nothing is kept of the check', async () => {
    const said = await commit();
    expect(said.text).toContain('**#1 accepted.** Its card is in this channel.');
    expect(said.text).toContain('leaf.ipynb · 2 cells · checked: nothing blocks it');
    expect(said.text).not.toContain('hint');
    expect(scene.traces()).toMatchObject({ runs: 1, drafts: 0 });
  });

  test('is committed with its hints behind a button', async () => {
    plant([hint, { ...hint, rule: 'other', sentence: 'Another one.' }]);
    const said = await commit();
    expect(said.text).toContain('checked: nothing blocks it, 2 hints');
    expect(said.text).toContain('Show the hints');
    const shown = await scene.press(MARA, idOf(said, 'checkHints'));
    expect(shown.text).toContain('### 2 hints for #1');
    expect(shown.text).toContain('**Hint** · cell 2\nNo table is saved: no `to_csv` or similar was found.');
    scene.clock.advance(25 * HOUR);
    expect((await scene.press(MARA, idOf(said, 'checkHints'))).text).toContain('These hints are not kept any more.');
  });

  test('one hint is one hint', async () => {
    plant([hint]);
    const said = await commit();
    expect(said.text).toContain('nothing blocks it, 1 hint');
    expect(said.text).toContain('Show the hint');
    expect(said.text).not.toContain('hints');
  });
});

describe('a notebook with findings', () => {
  test('is not committed; the panel says what, where and how much, worst first', async () => {
    plant([blocker, hint], [missing, offline]);
    const said = await commit();
    expect(said.text).toBe(
      [
        '### Not committed yet: 1 blocker, 2 warnings, 1 hint',
        '-# leaf.ipynb · 2 cells · nothing was sent to Kaggle',
        '**Blocker** · cell 2, line 4',
        '`train_df` is used here but first defined in cell 12.',
        '```',
        '  3  y = labels.values',
        '> 4  X = train_df.drop(columns="label")',
        '```',
        '**Warning** · cell 1, line 1',
        '`/kaggle/input/leaf-aug` is read, but no attached input provides it.',
        'Attach mara-k/leaf-aug',
        '**Warning** · cell 1, line 1',
        '`!pip install timm==1.0.9` needs the internet; it is off.',
        'Turn internet on',
        '**Hint** · cell 2',
        'No table is saved: no `to_csv` or similar was found.',
        '**Hours** limit 12 h, 30.0 h left this week',
        'Commit anyway…',
        'Cancel',
      ].join('\n'),
    );
    expect(scene.traces()).toMatchObject({ runs: 0, sources: 0, notices: 0, pushes: 0, drafts: 1 });
  });

  test('a blocker is committed in spite of only after a second confirmation, as the one run of that command', async () => {
    plant([blocker]);
    const said = await commit();
    const sure = await scene.press(MARA, idOf(said, 'checkAnyway'));
    expect(sure.text).toBe(
      [
        '### Commit with 1 blocker?',
        '-# leaf.ipynb · 2 cells · nothing was sent to Kaggle',
        'It will most likely stop in cell 2, and the GPU hours until then are spent.',
        'Commit with 1 blocker',
        'Back',
      ].join('\n'),
    );
    expect(runsHere()).toHaveLength(0);
    expect((await scene.press(MARA, idOf(sure, 'checkBack'))).text).toBe(said.text);
    const done = await scene.press(MARA, idOf(sure, 'checkSure'));
    expect(done.text).toContain('**#1 accepted.**');
    expect(done.text).toContain('leaf.ipynb · 2 cells · committed with 1 blocker');
    // Pressed once more, on whichever of the two pages.
    for (const id of [idOf(sure, 'checkSure'), idOf(said, 'checkAnyway'), idOf(said, 'checkCancel')])
      expect((await scene.press(MARA, id)).text).toContain('**#1 accepted.**');
    expect(runsHere()).toHaveLength(1);
  });

  test('warnings alone ask once', async () => {
    plant([], [offline]);
    const said = await commit();
    expect(said.text).toContain('### Ready, 1 warning\n');
    expect(said.text).toContain('Commit anyway\nCancel');
    const done = await scene.press(MARA, idOf(said, 'checkGo'));
    expect(done.text).toContain('**#1 accepted.**');
    expect(done.text).toContain('committed with 1 warning');
    expect(runsHere()[0]?.settings.internet).toBe(false);
  });

  test('two clicks at once make one run', async () => {
    plant([], [offline]);
    const said = await commit();
    const [one, two] = await Promise.all([
      scene.press(MARA, idOf(said, 'checkGo')),
      scene.press(MARA, idOf(said, 'checkGo')),
    ]);
    expect([one.text, two.text].every((text) => text.includes('**#1 accepted.**'))).toBe(true);
    expect(runsHere()).toHaveLength(1);
  });

  test('a fix checks again and edits the same message; with nothing left it commits at once', async () => {
    plant([hint], [missing, offline]);
    const said = await commit();
    expect(said.text).toContain('### Ready, 2 warnings, 1 hint\n');
    const first = idOf(said, 'checkFix');
    const fixed = await scene.press(MARA, first);
    expect(fixed.text).toContain(
      '### Ready, 1 warning, 1 hint left\n-# leaf.ipynb · 2 cells · mara-k/leaf-aug attached',
    );
    expect(fixed.text).not.toContain('no attached input provides it');
    expect(runsHere()).toHaveLength(0);
    // The button of before, pressed once more, does not press what stands there now.
    expect((await scene.press(MARA, first)).text).toBe(fixed.text);
    expect((await scene.press(MARA, idOf(said, 'checkGo'))).text).toBe(fixed.text);
    expect(runsHere()).toHaveLength(0);
    const done = await scene.press(MARA, idOf(fixed, 'checkFix'));
    expect(done.text).toContain('**#1 accepted.**');
    expect(done.text).toContain('nothing blocks it, 1 hint');
    expect(runsHere()[0]?.settings).toMatchObject({
      internet: true,
      inputs: [{ kind: 'dataset', ref: 'mara-k/leaf-aug' }],
    });
  });

  test('the settings that were said stay when one is fixed', async () => {
    scene.emulator.addDataset({ ref: 'mara-k/leaf-disease', title: 'Leaf disease' });
    plant([], [missing]);
    const said = await commit({ inputs: 'mara-k/leaf-disease', limit: '9h', title: 'My leaves', accelerator: 'CPU' });
    expect(said.text).toContain('**Hours** limit 9 h\n');
    await scene.press(MARA, idOf(said, 'checkFix'));
    expect(runsHere()[0]?.settings).toMatchObject({
      title: 'My leaves',
      limitMinutes: 540,
      accelerator: 'none',
      inputs: [
        { kind: 'dataset', ref: 'mara-k/leaf-disease' },
        { kind: 'dataset', ref: 'mara-k/leaf-aug' },
      ],
    });
  });

  test('a fix of the machine keeps the limit that was said, as far as that machine allows it', async () => {
    const machine = (to: 'NvidiaTeslaT4' | 'TpuV5E8'): Finding => ({
      ...offline,
      rule: to,
      fix: { kind: 'accelerator', to },
    });
    for (const [to, limitMinutes] of [
      ['NvidiaTeslaT4', 660],
      ['TpuV5E8', 540],
    ] as const) {
      scene.checks = {
        code: async () => [],
        setup: async ({ accelerator }) => (accelerator === to ? [] : [machine(to)]),
      };
      const said = await commit({ accelerator: 'CPU', limit: '11h', title: `Leaves on ${to}` });
      expect((await scene.press(MARA, idOf(said, 'checkFix'))).text).toContain('accepted');
      const made = runsHere().find(({ settings }) => settings.accelerator === to);
      expect(made?.settings.limitMinutes).toBe(limitMinutes);
    }
  });

  test('two fixes pressed at once: what is shown last is what is kept, and it is committed as shown', async () => {
    plant([blocker], [missing, offline]);
    const said = await commit();
    const [attach, online] = said.ids.filter((id) => id.startsWith('checkFix:'));
    const answers = await Promise.all([scene.press(MARA, attach ?? ''), scene.press(MARA, online ?? '')]);
    const texts = new Set(answers.map(({ text }) => text));
    expect(texts.size).toBe(1);
    const [shown = ''] = texts;
    const sure = await scene.press(MARA, idOf(answers[0] as Read, 'checkAnyway'));
    await scene.press(MARA, idOf(sure, 'checkSure'));
    expect(runsHere()[0]?.settings.internet).toBe(shown.includes('· internet on'));
    expect(runsHere()[0]?.settings.inputs.length).toBe(shown.includes('leaf-aug attached') ? 1 : 0);
  });

  test('Cancel while a press is still at work wins', async () => {
    plant([], [offline]);
    const said = await commit();
    const { promise, resolve } = Promise.withResolvers<void>();
    const { checks } = scene;
    scene.checks = {
      code: async () => [],
      setup: async (of) => {
        // Pressed in the middle of the check.
        void scene.press(MARA, idOf(said, 'checkCancel')).then(() => resolve());
        return checks.setup(of);
      },
    };
    const done = await scene.press(MARA, idOf(said, 'checkGo'));
    await promise;
    expect(done.text).toContain('**This check was cancelled.** Nothing was committed.');
    expect(runsHere()).toHaveLength(0);
  });

  test('Cancel forgets it', async () => {
    plant([blocker]);
    const said = await commit();
    expect((await scene.press(MARA, idOf(said, 'checkCancel'))).text).toBe('**Nothing was committed.**');
    expect(scene.traces()).toMatchObject({ runs: 0, drafts: 0 });
  });

  test('is too old to commit from after a day, and for everybody but the asker at once', async () => {
    scene.link(JUN, 'jun-ito', JUN_TOKEN);
    plant([blocker]);
    const said = await commit();
    const old = '**This check is too old to commit from.** Please use </commit:1> again.';
    for (const verb of ['checkAnyway', 'checkCancel'])
      await scene.press(JUN, idOf(said, verb)).then(({ text }) => expect(text).not.toContain('accepted'));
    expect((await scene.press(JUN, idOf(said, 'checkAnyway').replace('Anyway', 'Sure'))).text).toBe(old);
    expect(scene.traces()).toMatchObject({ drafts: 1, runs: 0 });
    scene.clock.advance(24 * HOUR - 1);
    expect((await scene.press(MARA, idOf(said, 'checkAnyway'))).text).toContain('### Commit with 1 blocker?');
    scene.clock.advance(1);
    expect((await scene.press(MARA, idOf(said, 'checkAnyway'))).text).toBe(old);
    expect((await scene.press(MARA, idOf(said, 'checkAnyway').replace('Anyway', 'Sure'))).text).toBe(old);
  });

  test('the rights that hold are those at the press', async () => {
    plant([], [offline]);
    const said = await commit();
    const lab = LAB.guildId ?? '';
    scene.needs.guilds.set(lab, { ...scene.needs.guilds.settings(lab), roles: ['500000000000000005'] });
    const refused = await scene.press(MARA, idOf(said, 'checkGo'));
    expect(refused.text).toContain('**Only some roles may commit on this server.**');
    expect((await scene.press(MARA, idOf(said, 'checkFix'))).isError).toBe(true);
    expect(runsHere()).toHaveLength(0);
  });

  test('the launch rate holds at the press, and a panel alone uses none of it', async () => {
    plant([], [offline]);
    const panels: Read[] = [];
    for (let n = 0; n < 5; n++) panels.push(await commit({ title: `Leaves ${n}` }));
    const done: string[] = [];
    for (const panel of panels) done.push((await scene.press(MARA, idOf(panel, 'checkGo'))).text);
    expect(done.filter((text) => text.includes('accepted'))).toHaveLength(3);
    expect(done.at(-1)).toMatch(/You can launch again in \d+ s/);
    // What was refused can be pressed again.
    scene.clock.advance(60_000);
    expect((await scene.press(MARA, idOf(panels[4] as Read, 'checkGo'))).text).toContain('accepted');
  });

  test('Kaggle away at the press: nothing is committed and the buttons go on working', async () => {
    plant([], [offline]);
    const said = await commit();
    scene.emulator.faults.always('GetKernel', { when: 'before', answer: { kind: 'error', status: 503 } });
    const away = await scene.press(MARA, idOf(said, 'checkGo'));
    expect(away.text).toContain('Kaggle is not answering');
    expect(runsHere()).toHaveLength(0);
    scene.emulator.faults.clear();
    expect((await scene.press(MARA, idOf(said, 'checkGo'))).text).toContain('accepted');
  });

  test('the two taps survive a restart', async () => {
    plant([blocker]);
    const said = await commit();
    const sure = await scene.press(MARA, idOf(said, 'checkAnyway'));
    // What stands in the drafts is all there is: it is plain JSON.
    const kept = scene.needs.drafts.find(
      idOf(said, 'checkAnyway').split(':')[2] ?? '',
      MARA.id,
      'preflight',
      scene.clock.now(),
    );
    expect(JSON.parse(JSON.stringify(kept))).toEqual(kept);
    expect((await scene.press(MARA, idOf(sure, 'checkSure'))).text).toContain('**#1 accepted.**');
  });

  test('in a direct message it is the same', async () => {
    plant([], [offline]);
    const said = await commit({}, { place: DM });
    expect(said.text).toContain('### Ready, 1 warning');
    expect((await scene.press(MARA, idOf(said, 'checkGo'), { place: DM })).text).toContain('#1 accepted');
    expect(runs()).toBe(1);
  });
});

describe('what does not come from a file', () => {
  test('a kernel that was changed on Kaggle after the check is checked anew before it is committed', async () => {
    const push = (text: string) =>
      scene.needs.kaggle.push(
        { kind: 'token', token: new Secret(MARA_TOKEN) },
        {
          kernel: { owner: 'mara-k', slug: 'leaf-disease' },
          title: 'Leaf disease',
          source: notebook(text).toString(),
          kind: 'notebook',
          language: 'python',
          accelerator: 'none',
          inputs: [],
          internet: false,
          isPublic: false,
          limitMinutes: 60,
        },
      );
    await push('a = 1');
    plant([], [offline]);
    const said = await scene.say(MARA, 'commit', { kernel: 'mara-k/leaf-disease' });
    expect(said.text).toContain('mara-k/leaf-disease · 1 cell · nothing was sent to Kaggle');
    await push('a = 2');
    const again = await scene.press(MARA, idOf(said, 'checkGo'));
    expect(again.text).toContain('### Ready, 1 warning');
    expect(runsHere()).toHaveLength(0);
    expect((await scene.press(MARA, idOf(again, 'checkGo'))).text).toContain('accepted');
  });

  test('/again does not nag for what the run has met already, but tells what a changed setting brings', async () => {
    await scene.commit(MARA, 'leaf-offline.ipynb');
    plant([], [offline]);
    expect((await scene.say(MARA, 'again', { run: '1', accelerator: 'CPU' })).text).toContain('**#2 accepted.**');
    plant([]);
    const run = await scene.commit(MARA, 'leaf.ipynb', {}, { internet: true });
    scene.clock.advance(60_000);
    plant([], [offline]);
    expect((await scene.say(MARA, 'again', { run: '3', accelerator: 'CPU' })).text).toContain('**#4 accepted.**');
    const off = await scene.press(MARA, `againGo:v1:${run.key}:NvidiaTeslaT4.off`);
    expect(off.text).toContain('### Ready, 1 warning');
    expect(off.text).toContain('needs the internet; it is off');
    expect((await scene.press(MARA, idOf(off, 'checkGo'))).text).toContain('**#5 accepted.**');
  });

  test('a commit that waited for an account goes through the check as well', async () => {
    plant([blocker]);
    const panel = await scene.say(JUN, 'commit', { notebook: file() });
    const form = await scene.press(JUN, idOf(panel, 'link'));
    const linked = await scene.submit(JUN, form.ids[0] ?? '', { token: JUN_TOKEN });
    expect(linked.text).toContain('**Linked to Kaggle as jun-ito.**\n### Not committed yet: 1 blocker');
    const sure = await scene.press(JUN, idOf(linked, 'checkAnyway'));
    expect((await scene.press(JUN, idOf(sure, 'checkSure'))).text).toContain('**#1 accepted.**');
  });
});

describe('a fault of ours', () => {
  test('blocks nobody: what cannot be checked is a hint', async () => {
    scene.checks = {
      code: async () => {
        throw new Error('the child died');
      },
      setup: async () => {
        throw new Error('a rule is broken');
      },
    };
    const said = await commit();
    expect(said.text).toContain('**#1 accepted.**');
    const shown = await scene.press(MARA, idOf(said, 'checkHints'));
    expect(shown.text).toContain('The code could not be checked this time; the fault is here, not in your notebook.');
    expect(shown.text).not.toContain('the child died');
  });

  test('a check that failed once is tried anew', async () => {
    let calls = 0;
    scene.checks = {
      code: async () => {
        calls += 1;
        if (calls === 1) throw new Error('once');
        return [];
      },
      setup: async () => [],
    };
    await commit();
    expect((await commit({ title: 'Once more' })).text).not.toContain('hint');
    expect(calls).toBe(2);
  });
});

test('nobody fills the disk with checks: the oldest of a person go', async () => {
  plant([blocker]);
  const first = await commit();
  for (let n = 0; n < 20; n++) {
    scene.clock.advance(10_000);
    await commit({ title: `Leaves ${n}` });
  }
  expect(scene.traces()).toMatchObject({ drafts: 20 });
  expect((await scene.press(MARA, idOf(first, 'checkAnyway'))).text).toContain('This check is too old to commit from.');
});
