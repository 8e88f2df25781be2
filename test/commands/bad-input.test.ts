import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DM, type Given, JUN, LAB, MARA, MARA_TOKEN, notebook, OTHER, type Scene, startScene } from './scene.ts';

/** Bad input gets a clear answer that names the thing, the reason and what to do, and changes nothing. */

let scene: Scene;

beforeEach(async () => {
  scene = await startScene();
  scene.link(MARA, 'mara-k', MARA_TOKEN);
  scene.emulator.addDataset({ ref: 'mara-k/leaf-disease', title: 'Leaf disease' });
});

afterEach(async () => {
  await scene[Symbol.asyncDispose]();
});

const file = (name: string, bytes: Buffer | string = notebook()) => ({ name, bytes: Buffer.from(bytes) });
const good = file('train.ipynb');
const zip = Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0]);
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const old = JSON.stringify({ worksheets: [{ cells: [] }], metadata: {}, nbformat: 3, nbformat_minor: 0 });
const textOnly = JSON.stringify({
  cells: [{ cell_type: 'markdown', metadata: {}, source: 'x' }],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
});

describe('/commit', () => {
  test.each<[string, Given, RegExp]>([
    [
      'a zip',
      { notebook: file('results.zip', zip) },
      /^\*\*results\.zip is not a notebook\.\*\* Attach an `\.ipynb` or `\.py` file\./,
    ],
    [
      'a zip that calls itself a notebook',
      { notebook: file('results.ipynb', zip) },
      /results\.ipynb is not a notebook/,
    ],
    ['an image', { notebook: file('loss.png', png) }, /loss\.png is not a notebook/],
    [
      'broken JSON',
      { notebook: file('train.ipynb', '{"cells": [') },
      /train\.ipynb is not readable as a notebook:\*\* .+/,
    ],
    ['nbformat 3', { notebook: file('old.ipynb', old) }, /old\.ipynb is not readable as a notebook:\*\* .*format 3/],
    ['no code cells', { notebook: file('text.ipynb', textOnly) }, /text\.ipynb has no code cells/],
    [
      '1.4 MB of source',
      { notebook: file('big.ipynb', notebook(`x = "${'y'.repeat(1_400_000)}"`)) },
      /big\.ipynb is 1\.4 MB without outputs; Kaggle takes 1 MB/,
    ],
    ['none of the three', {}, /^\*\*Give one of notebook, kernel and url;\*\* here are none\./],
    [
      'two of the three',
      { notebook: good, kernel: 'mara-k/leaf' },
      /^\*\*Give one of notebook, kernel and url;\*\* here are two\./,
    ],
    [
      'a kernel of somebody else',
      { kernel: 'jun-ito/leaf-disease' },
      /jun-ito\/leaf-disease is not a notebook of mara-k/,
    ],
    [
      'a kernel that is not there',
      { kernel: 'mara-k/no-such-kernel' },
      /mara-k\/no-such-kernel is not a notebook of mara-k/,
    ],
    ['a path for a kernel', { kernel: '../../etc/passwd' }, /\.\.\/\.\.\/etc\/passwd is not a notebook of mara-k/],
    [
      'an unknown dataset',
      { notebook: good, inputs: 'mara-k/leef-disease' },
      /No dataset mara-k\/leef-disease on Kaggle\*\* that you can read\. Nothing was committed\. Did you mean mara-k\/leaf-disease\?/,
    ],
    [
      'a title of 3 characters',
      { notebook: good, title: 'abc' },
      /The title needs 5 to 50 characters;\*\* this one has 3/,
    ],
    [
      'a title of 80 characters',
      { notebook: good, title: 'a'.repeat(80) },
      /The title needs 5 to 50 characters;\*\* this one has 80/,
    ],
    [
      'a limit over the ceiling',
      { notebook: good, limit: '14h' },
      /The limit 14h is above the 12 h that Kaggle allows/,
    ],
    [
      'a limit nobody can read',
      { notebook: good, limit: 'soon' },
      /I cannot read the limit “soon”\.\*\* Write `90m` or `9h`/,
    ],
    ['a file on GitHub', { url: 'https://github.com/mara/leaf/blob/main/train.ipynb' }, /GitHub could not be read/],
  ])('%s', async (_, given, words) => {
    const before = scene.traces();
    const said = await scene.say(MARA, 'commit', given);
    expect(said.isError).toBe(true);
    expect(said.text).toMatch(words);
    await scene.beat(5);
    expect(scene.traces()).toEqual(before);
  });

  test('a file that is no notebook is told also to somebody without an account, and is not kept', async () => {
    const before = scene.traces();
    const said = await scene.say(JUN, 'commit', { notebook: file('results.zip', zip) });
    expect(said.text).toContain('results.zip is not a notebook');
    expect(scene.traces()).toEqual(before);
  });

  test('Kaggle does not answer', async () => {
    scene.emulator.faults.always('*', { when: 'before', answer: { kind: 'error', status: 503, body: 'empty' } });
    const before = scene.traces();
    const said = await scene.say(MARA, 'commit', { notebook: good });
    expect(said.text).toMatch(/^\*\*Kaggle is not answering/);
    expect(said.text).toContain('Nothing was committed. Please try again in some minutes.');
    expect(scene.traces()).toEqual(before);
  });

  test('Kaggle answers with a web page, and since when is told', async () => {
    scene.emulator.faults.always('*', { when: 'before', answer: { kind: 'html', status: 200 } });
    const before = scene.traces();
    for (let tries = 0; tries < 3; tries++) await scene.say(MARA, 'commit', { notebook: good });
    const said = await scene.say(MARA, 'commit', { notebook: good });
    expect(said.text).toMatch(/^\*\*Kaggle is not answering,\*\* since <t:\d+:t>\. Nothing was committed\./);
    expect(scene.traces()).toEqual(before);
  });

  test('the bot may not post, or not attach files, in the channel', async () => {
    const before = scene.traces();
    expect((await scene.say(MARA, 'commit', { notebook: good }, { mayPost: false, mayAttach: false })).text).toBe(
      '**I may not post in #general.** Allow Nightshift *Send Messages* there, or use another channel. Nothing was committed.',
    );
    expect((await scene.say(MARA, 'commit', { notebook: good }, { mayAttach: false })).text).toBe(
      '**I may not attach files in #general.** Allow Nightshift *Attach Files* there, or use another channel. Nothing was committed.',
    );
    expect(scene.traces()).toEqual(before);
  });

  test('only some roles may commit', async () => {
    const role = '500000000000000001';
    await scene.say(MARA, 'settings', { role }, { manages: true });
    const refused = await scene.say(MARA, 'commit', { notebook: good });
    expect(refused.text).toContain('Only some roles may commit on this server.');
    expect(scene.run(MARA)).toBeNull();
    expect((await scene.say(MARA, 'commit', { notebook: good }, { roles: [role] })).text).toContain('#1 accepted.');
    expect((await scene.say(MARA, 'commit', { notebook: good }, { place: DM })).text).toContain('accepted.');
  });

  test('a fourth launch at once has to wait, and says how long', async () => {
    for (const name of ['first.py', 'second.py', 'third.py'])
      expect((await scene.say(MARA, 'commit', { notebook: file(name, 'print(1)') })).isError).toBe(false);
    const said = await scene.say(MARA, 'commit', { notebook: file('fourth.py', 'print(1)') });
    expect(said.text).toBe('**You can launch again in 12 s.** Nothing was committed.');
    scene.clock.advance(12_000);
    expect((await scene.say(MARA, 'commit', { notebook: file('fourth.py', 'print(1)') })).isError).toBe(false);
  });

  test('what was refused does not count as a launch', async () => {
    for (let i = 0; i < 10; i++) await scene.say(MARA, 'commit', { notebook: good, title: 'abc' });
    expect((await scene.say(MARA, 'commit', { notebook: good })).isError).toBe(false);
  });
});

describe('a run', () => {
  test.each(['status', 'log', 'outputs', 'stop', 'again'])('/%s of a number that is not there', async (name) => {
    await scene.commit(MARA, 'train.ipynb');
    const before = scene.traces();
    const said = await scene.say(MARA, name, { run: '420' });
    expect(said.text).toBe('**There is no run #420 here.** The newest is #1; </runs:1> lists them.');
    expect(scene.traces()).toEqual(before);
  });

  test.each(['status', 'log', 'outputs', 'stop', 'again'])(
    '/%s of another server reads as if it were not there',
    async (name) => {
      const run = await scene.commit(MARA, 'train.ipynb', { place: OTHER });
      const theirs = await scene.say(MARA, name, { run: String(run.number) }, { place: LAB });
      const none = await scene.say(MARA, name, { run: '420' }, { place: LAB });
      expect(theirs.text.replace('#1 ', '#420 ')).toBe(none.text);
      const byKey = await scene.say(MARA, name, { run: run.key }, { place: LAB });
      expect(byKey.isError).toBe(true);
      expect(byKey.text).not.toContain('train');
    },
  );

  test('what is no number at all', async () => {
    const said = await scene.say(MARA, 'status', { run: 'the **newest** @everyone' });
    expect(said.isError).toBe(true);
    expect(said.text).toContain('There is no run “the **newest** @everyone” here.');
  });

  test('nothing is named, and there is none', async () => {
    expect((await scene.say(MARA, 'log')).text).toBe('**There is no run of yours here.** Start with </commit:1>.');
  });
});
