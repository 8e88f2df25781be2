import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fileId } from '../../src/discord/render/files.ts';
import type { Run } from '../../src/domain/run.ts';
import {
  DM,
  FOREIGN,
  JUN,
  JUN_TOKEN,
  LAB,
  MARA,
  MARA_TOKEN,
  notebook,
  OTHER,
  type Scene,
  startScene,
} from './scene.ts';

let scene: Scene;

beforeEach(async () => {
  scene = await startScene();
  scene.link(MARA, 'mara-k', MARA_TOKEN);
  scene.link(JUN, 'jun-ito', JUN_TOKEN);
});

afterEach(async () => {
  await scene[Symbol.asyncDispose]();
});

const now = (run: Run): Run => scene.needs.runs.byKey(run.key) ?? run;
const file = (name: string) => ({ notebook: { name, bytes: notebook() } });

/** Time passes until the run is that far; streams need turns of the real event loop in between. */
const until = (run: Run, phase: Run['state']['phase']): Promise<void> =>
  vi.waitFor(
    async () => {
      await scene.beat(5);
      expect(now(run).state.phase).toBe(phase);
    },
    { timeout: 5_000, interval: 10 },
  );

/** Commits and goes on until the session runs. */
async function running(name = 'train.ipynb', at = {}): Promise<Run> {
  scene.emulator.plan({
    queueSeconds: 1,
    seconds: 600,
    prints: [{ at: 1, text: 'Epoch 1/3\nloss: 0.5\n' }],
    end: 'complete',
  });
  const run = await scene.commit(MARA, name, at);
  await until(run, 'running');
  return now(run);
}

async function complete(
  name = 'train.ipynb',
  files: Record<string, string | number> = { 'model.pt': 97_800_000, 'submission.csv': 'id,y\n1,2\n' },
): Promise<Run> {
  scene.emulator.clearPlans();
  scene.emulator.plan({
    seconds: 20,
    prints: [{ at: 1, text: Array.from({ length: 40 }, (_, i) => `line ${i}\n`).join('') }],
    writes: Object.entries(files).map(([path, content]) => ({ name: path, content })),
    end: 'complete',
  });
  const run = await scene.commit(MARA, name);
  await until(run, 'complete');
  return now(run);
}

describe('/commit', () => {
  test('accepts, names the file, and the reply gets the card’s address when it is posted', async () => {
    const said = await scene.say(MARA, 'commit', file('train.ipynb'));
    expect(said.text).toContain('**#1 accepted.** Its card is in this channel. You can close your computer.');
    expect(said.text).toContain('train.ipynb · 1 cell · checked: nothing blocks it');
    expect(said.links).toEqual([]);
    const edits: string[][] = [];
    const follow = said.reply !== null && 'body' in said.reply ? said.reply.follow : undefined;
    const followed = follow?.(async (body) => void edits.push([JSON.stringify(body)]), new AbortController().signal);
    await scene.beat(1);
    await followed;
    const card = now(scene.run(MARA) as Run).card;
    expect(JSON.stringify(edits)).toContain(
      `https://discord.com/channels/${LAB.guildId}/${LAB.channelId}/${card?.messageId}`,
    );
  });

  test('the same interaction twice is one run', async () => {
    const interactionId = '990000000000000001';
    await scene.say(MARA, 'commit', file('train.ipynb'), { interactionId });
    await scene.say(MARA, 'commit', file('train.ipynb'), { interactionId });
    expect(scene.needs.runs.list(scene.ask(MARA).scope, {}, 10)).toHaveLength(1);
  });

  test('where the bot is no member it says that the result comes by direct message', async () => {
    const said = await scene.say(MARA, 'commit', file('train.ipynb'), {
      place: FOREIGN,
      mayPost: false,
      mayAttach: false,
    });
    expect(said.text).toContain('This bot is not a member here, so there is no card in this channel.');
    await scene.beat(1);
    expect(scene.posts.map(({ channelId }) => channelId)).toEqual([DM.channelId]);
  });

  test('an address of a kernel of one’s own works like the kernel', async () => {
    await scene.commit(MARA, 'leaf-disease.ipynb');
    await scene.beat(1);
    const said = await scene.say(MARA, 'commit', { url: 'https://www.kaggle.com/code/mara-k/leaf-disease' });
    expect(said.text).toContain('**#2 accepted.**');
    await scene.beat(1);
    expect(scene.emulator.versions('mara-k/leaf-disease')).toHaveLength(2);
  });

  test('cards go to the channel the server has set, and the reply says where', async () => {
    const channel = '300000000000000009';
    await scene.say(MARA, 'settings', { channel }, { manages: true });
    const said = await scene.say(MARA, 'commit', file('train.ipynb'), { mayPost: false, mayAttach: false });
    expect(said.text).toContain(`Its card is in <#${channel}>.`);
    await scene.beat(1);
    expect(scene.posts.map(({ channelId }) => channelId)).toEqual([channel]);
  });
});

describe('lists while typing', () => {
  test('my kernels, found by a part of name or title, with few requests', async () => {
    await scene.commit(MARA, 'leaf-disease.ipynb');
    await scene.commit(MARA, 'vgg-baseline.ipynb');
    await scene.beat(1);
    const before = scene.emulator.count('ListKernels');
    expect((await scene.complete(MARA, 'commit', 'kernel', '')).map(({ value }) => value).sort()).toEqual([
      'mara-k/leaf-disease',
      'mara-k/vgg-baseline',
    ]);
    expect((await scene.complete(MARA, 'commit', 'kernel', 'v')).map(({ value }) => value)).toEqual([
      'mara-k/vgg-baseline',
    ]);
    expect((await scene.complete(MARA, 'commit', 'kernel', 'VGG b')).map(({ value }) => value)).toEqual([
      'mara-k/vgg-baseline',
    ]);
    expect(scene.emulator.count('ListKernels') - before).toBe(1);
  });

  test('inputs complete the last word of the list and keep the others', async () => {
    scene.emulator.addDataset({ ref: 'mara-k/leaf-disease', title: 'Leaf disease' });
    scene.emulator.addDataset({ ref: 'bob/leaf-extra', title: 'More leaves' });
    const choices = await scene.complete(MARA, 'commit', 'inputs', 'titanic, mara-k/leaf-disease leaf');
    expect(choices.map(({ value }) => value)).toEqual(['titanic, mara-k/leaf-disease, bob/leaf-extra']);
    expect(choices[0]?.name).toContain('More leaves');
  });

  test('a second input completes behind the name that the client put there for the first', async () => {
    scene.emulator.addDataset({ ref: 'bob/leaf-extra', title: 'More leaves, and stems; dried' });
    scene.emulator.addDataset({ ref: 'bob/titanic-ships', title: 'Ships' });
    const first = (await scene.complete(MARA, 'commit', 'inputs', 'leaf')).find(
      ({ value }) => value === 'bob/leaf-extra',
    );
    expect(first?.name).toMatch(/^bob\/leaf-extra · More leaves and stems dried/);
    const choices = await scene.complete(MARA, 'commit', 'inputs', `${first?.name}, tit`);
    expect(choices.map(({ value }) => value)).toEqual(['bob/leaf-extra, bob/titanic-ships']);
    expect(choices[0]?.name).toMatch(/^bob\/leaf-extra, bob\/titanic-ships · Ships/);
  });

  test('nothing is offered, and nothing thrown, when Kaggle is away, slow, or nobody is linked', async () => {
    scene.emulator.faults.always('*', { when: 'before', answer: { kind: 'error', status: 503, body: 'html' } });
    expect(await scene.complete(MARA, 'commit', 'kernel', 'leaf')).toEqual([]);
    scene.emulator.faults.always('*', { when: 'before', answer: { kind: 'silence' } });
    expect(await scene.complete(MARA, 'commit', 'inputs', 'leaf')).toEqual([]);
    expect(await scene.complete({ id: '100000000000000009', name: 'Nobody' }, 'commit', 'kernel', '')).toEqual([]);
  });

  test('accelerators that are open to all, others when they are asked for', async () => {
    const open = await scene.complete(MARA, 'commit', 'accelerator', '');
    expect(open.map(({ value }) => value)).toEqual(['GPU T4 x2', 'TPU v5e-8', 'CPU']);
    expect((await scene.complete(MARA, 'commit', 'accelerator', 'h1')).map(({ value }) => value)).toEqual(['GPU H100']);
  });

  test('limits up to the ceiling of the accelerator', async () => {
    expect((await scene.complete(MARA, 'commit', 'limit', '')).at(-1)?.value).toBe('12h');
    expect((await scene.complete(MARA, 'commit', 'limit', '', { accelerator: 'tpu' })).at(-1)?.value).toBe('9h');
    expect((await scene.complete(MARA, 'commit', 'limit', '90')).map(({ value }) => value)).toEqual(['90m']);
    expect(await scene.complete(MARA, 'commit', 'limit', 'soon')).toEqual([]);
  });

  test('runs, the newest first, with their state; by number in a server, by key in a direct message', async () => {
    await scene.commit(MARA, 'leaf-disease.ipynb');
    scene.clock.advance(1_000);
    const second = await scene.commit(MARA, 'vgg-baseline.ipynb');
    scene.clock.advance(1_000);
    await scene.commit(MARA, 'elsewhere.ipynb', { place: OTHER });
    const here = await scene.complete(JUN, 'status', 'run', '');
    expect(here.map(({ value }) => value)).toEqual(['2', '1']);
    expect(here[0]?.name).toBe('#2 waiting in line · vgg baseline · Mara');
    expect((await scene.complete(JUN, 'log', 'run', 'leaf')).map(({ value }) => value)).toEqual(['1']);
    const direct = await scene.complete(MARA, 'status', 'run', '#2', {}, { place: DM });
    expect(direct).toEqual([{ name: '#2 waiting in line · vgg baseline · Vision Lab', value: second.key }]);
    expect(await scene.complete(JUN, 'status', 'run', '', {}, { place: DM })).toEqual([]);
  });
});

describe('/status', () => {
  test('lists what is alive, and says what to do when nothing is', async () => {
    expect((await scene.say(MARA, 'status')).text).toContain('Nothing of yours is running or waiting.');
    const run = await running();
    const said = await scene.say(MARA, 'status');
    expect(said.text).toContain('### 1 running');
    expect(said.ids).toContain(`status:v1:${run.key}`);
    expect((await scene.say(JUN, 'status')).text).toContain('Nothing of yours');
  });

  test('of one run it is the card; #1, 1 and a chosen key are alike', async () => {
    const run = await running();
    for (const said of ['1', '#1', ' # 1 ', run.key]) {
      const one = await scene.say(MARA, 'status', { run: said });
      expect(one.text).toContain('#1 running');
      expect(one.text).toContain('Vision Lab');
    }
    expect((await scene.say(JUN, 'status', { run: '1' })).text).toContain(`for <@${MARA.id}>`);
  });

  test('in a direct message a number may stand for two runs', async () => {
    const here = await scene.commit(MARA, 'train.ipynb');
    const there = await scene.commit(MARA, 'other.ipynb', { place: OTHER });
    for (const [name, verb] of [
      ['status', 'status'],
      ['log', 'log'],
      ['stop', 'stop'],
      ['outputs', 'outputs'],
      ['again', 'again'],
    ] as const) {
      const said = await scene.say(MARA, name, { run: '1' }, { place: DM });
      expect(said.text).toContain('#1 exists on two servers:');
      expect([...said.ids].sort()).toEqual([`${verb}:v1:${here.key}`, `${verb}:v1:${there.key}`].sort());
    }
  });

  test('Refresh asks Kaggle once in ten seconds, whoever presses', async () => {
    const run = await running();
    await scene.beat(30);
    const before = scene.emulator.count('GetKernelSessionStatus');
    const id = `refresh:v1:${run.key}`;
    const messageId = now(run).card?.messageId ?? '';
    const said = await scene.press(JUN, id, { messageId });
    // The card stays the card, also for its launcher; an answer that looks like it names the server instead.
    expect((await scene.press(MARA, id, { messageId })).text).toContain(`<@${MARA.id}>`);
    expect((await scene.press(MARA, id)).text).toContain('Vision Lab');
    expect(said.text).toContain('#1 running');
    expect(said.text).toContain(`<@${MARA.id}>`);
    expect(scene.emulator.count('GetKernelSessionStatus') - before).toBe(1);
  });

  test.each([
    'refresh',
    'log',
    'logMore',
    'logWhole',
    'curve',
    'outputs',
    'outputsPage',
    'outputsImages',
    'links',
    'linksRevoke',
    'tableSummary',
    'stop',
    'withdraw',
    'again',
    'againGo',
    'againChosen',
    'againAccelerator',
    'status',
    'lookAgain',
    'giveUp',
    'giveUpGo',
    'mute',
  ])('the button %s of a forwarded message tells another server nothing', async (verb) => {
    const run = await scene.commit(MARA, 'secret-project.ipynb');
    const said = await scene.press(MARA, `${verb}:v1:${run.key}`, { place: OTHER });
    expect(said.text).toBe('**This button belongs to an older message.** </status:1> shows the run.');
    expect((await scene.press(JUN, `${verb}:v1:${run.key}`, { place: DM })).text).toBe(said.text);
    expect(now(run).state.phase).toBe('accepted');
  });
});

describe('/log', () => {
  test('of a running run shows the tail and follows; of an ended one the stored end', async () => {
    const run = await running();
    await scene.beat(5);
    const live = await scene.say(MARA, 'log');
    expect(live.text).toContain('**Log of #1**, last 2 of 2 lines · follows for 10 min');
    expect(live.text).toContain('loss: 0.5');
    expect(live.reply).toHaveProperty('follow');
    expect((await scene.press(JUN, `log:v1:${run.key}`)).text).toContain('loss: 0.5');
  });

  test('of an ended run gives the whole as a file', async () => {
    const run = await complete();
    const said = await scene.say(MARA, 'log', { run: '1' });
    expect(said.text).toContain('of 40 lines');
    expect(said.text).toContain('line 39');
    expect(said.reply).not.toHaveProperty('follow');
    const whole = await scene.press(JUN, `logWhole:v1:${run.key}`);
    expect(whole.files.map(({ name }) => name)).toEqual(['run-1.log']);
    expect(whole.files[0]?.bytes.toString()).toContain('line 0\n');
    const small = await scene.press(JUN, `logWhole:v1:${run.key}`, { uploadLimit: 1_100 });
    expect(small.files.map(({ name }) => name)).toEqual(['run-1-end.log']);
    expect(small.files[0]?.bytes.length).toBeLessThanOrEqual(1_100);
  });

  test('before the push there is none', async () => {
    await scene.commit(MARA, 'train.ipynb');
    expect((await scene.say(MARA, 'log')).text).toBe('**#1 has no log yet.** It is not on Kaggle so far.');
  });
});

describe('/outputs', () => {
  test('lists the files; links are made at the click, with the launcher’s account, for whoever clicks', async () => {
    const run = await complete();
    const listed = await scene.say(JUN, 'outputs', { run: '1' });
    expect(listed.text).toContain('### Outputs of #1');
    expect(listed.text).toContain('model.pt · 97.8 MB');
    expect(listed.text).not.toContain('Signature');
    const select = listed.reply !== null && 'body' in listed.reply ? JSON.stringify(listed.reply.body) : '';
    const values = [...select.matchAll(/"value":"([^"]+)"/g)].map(([, value]) => value ?? '');
    const links = await scene.press(JUN, `links:v1:${run.key}`, { values: values.slice(0, 2) });
    expect(links.text).toContain('Direct links to files of #1, for you only:');
    expect(links.text).toContain('[Download model.pt](');
    expect(links.text).toContain('[Download submission.csv](');
    const asked = scene.emulator.requests.filter(({ method }) => method === 'ListKernelSessionOutput').at(-1);
    expect(asked?.user).toBe('mara-k');
    expect(asked?.body.versionLabel).toBe('v1');
  });

  test('has links that last where the operator gave an address; the launcher can make them dead', async () => {
    await scene[Symbol.asyncDispose]();
    scene = await startScene({ publicUrl: 'https://nightshift.example' });
    scene.link(MARA, 'mara-k', MARA_TOKEN);
    scene.link(JUN, 'jun-ito', JUN_TOKEN);
    const run = await complete();
    const listed = await scene.say(MARA, 'outputs', { run: '1' });
    expect(listed.text).toMatch(
      /\[\u2068?model\.pt\u2069?\]\(https:\/\/nightshift\.example\/d\/[\w.-]+\) · 97\.8\u00a0?\s?MB/,
    );
    expect(listed.ids).toContain(`linksRevoke:v1:${run.key}`);
    const ofOthers = await scene.say(JUN, 'outputs', { run: '1' });
    expect(ofOthers.text).toContain('https://nightshift.example/d/');
    expect(ofOthers.ids).not.toContain(`linksRevoke:v1:${run.key}`);
    expect((await scene.press(JUN, `linksRevoke:v1:${run.key}`)).isError).toBe(true);
    expect(scene.needs.links.timesRevoked(run.key)).toBe(0);
    const said = await scene.press(MARA, `linksRevoke:v1:${run.key}`);
    expect(said.text).toContain('**All download links of #1 made until now are dead.**');
    expect(said.text).toContain('</outputs:1> shows new ones.');
    expect(scene.needs.links.timesRevoked(run.key)).toBe(1);
    expect((await scene.say(MARA, 'outputs', { run: '1' })).text).not.toBe(listed.text);
    const end = scene.posts.at(-1);
    expect(JSON.stringify(end?.body)).toContain('https://nightshift.example/d/');
    const settings = await scene.say(MARA, 'settings', { links: 7 }, { manages: true });
    expect(settings.text).toContain('**Download links** last 7 days');
    expect((await scene.say(MARA, 'settings', { reset: 'links' }, { manages: true })).text).toContain('last 30 days');
  });

  test('sums up a table of the page for whoever asks', async () => {
    const run = await complete('train.ipynb', { 'oof.csv': 'id,p\n1,0.25\n2,\n', 'model.pt': 10 });
    const listed = await scene.say(JUN, 'outputs', { run: '1' });
    const id = `tableSummary:v1:${run.key}`;
    expect(listed.ids).toContain(id);
    const said = await scene.press(JUN, id, { values: [fileId('oof.csv')] });
    expect(said.text).toContain('### Summary of');
    expect(said.text).toContain('2 rows × 2 columns');
    expect(said.text).toMatch(/id {2}whole {3}1 – 2\np {3}whole|p {3}number {2}0\.25, 1 missing/);
    expect((await scene.press(JUN, id, { values: ['nothing'] })).isError).toBe(true);
  });

  test('turns pages, and shows pictures', async () => {
    const pixel = Buffer.from('89504e470d0a1a0a', 'hex').toString('latin1');
    const files = {
      ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`fold_${i}/model.pt`, 10])),
      'loss.png': pixel,
    };
    const run = await complete('train.ipynb', files);
    const second = await scene.press(JUN, `outputsPage:v1:${run.key}:2`);
    expect(second.text).toContain('page 2 of 2');
    expect((await scene.press(JUN, `outputsPage:v1:${run.key}:99.m`)).text).toContain('page 2 of 2');
    const images = await scene.press(JUN, `outputsImages:v1:${run.key}`);
    expect(images.files.map(({ name }) => name)).toEqual(['image-1.png']);
  });

  test('a chosen file that is not one of this run’s is not looked up', async () => {
    const run = await complete();
    const before = scene.emulator.count('ListKernelSessionOutput');
    const said = await scene.press(JUN, `links:v1:${run.key}`, { values: ['../../etc/passwd'] });
    expect(said.text).toContain('This list is older than the files.');
    expect(scene.emulator.count('ListKernelSessionOutput')).toBe(before);
  });

  test('while it runs there are none, and after unlinking nobody can ask for links', async () => {
    await running();
    expect((await scene.say(MARA, 'outputs')).text).toBe(
      '**#1 has no outputs yet.** Kaggle shows them when the run has ended.',
    );
  });
});

describe('/quota, /help and /settings', () => {
  test('hours come from Kaggle, and the last known ones when it is away', async () => {
    await running();
    const said = await scene.say(MARA, 'quota');
    expect(said.text).toContain('### Kaggle hours of mara-k');
    expect(said.text).toContain('**GPU sessions** 1 of 2 in use: #1');
    // Where the run cannot be seen, its session counts, but its number means another run.
    expect((await scene.say(MARA, 'quota', {}, { place: OTHER })).text).toContain(
      '1 of 2 in use: one not started here',
    );
    scene.emulator.faults.always('*', { when: 'before', answer: { kind: 'error', status: 503, body: 'empty' } });
    for (let i = 0; i < 2; i++) await scene.say(MARA, 'quota');
    const stale = await scene.say(MARA, 'quota');
    expect(stale.text).toContain('Kaggle is not answering now');
    expect((await scene.say({ id: '100000000000000009', name: 'Nobody' }, 'quota')).text).toContain(
      'No Kaggle account is linked.',
    );
  });

  test('help names every command and whether Kaggle answers', async () => {
    const said = await scene.say(JUN, 'help');
    for (const name of [
      'commit',
      'again',
      'status',
      'runs',
      'compare',
      'log',
      'outputs',
      'quota',
      'stop',
      'link',
      'unlink',
      'settings',
    ])
      expect(said.text).toContain(`</${name}:1>`);
    expect(said.text).toContain('Kaggle answers · 0 runs alive');
  });

  test('settings are for managers, change what was said only, and hold for the next commit', async () => {
    const before = scene.traces();
    expect((await scene.say(MARA, 'settings', { accelerator: 'cpu' })).text).toContain(
      'Only members with Manage Server',
    );
    for (const wrong of [
      { limit: '14h' },
      { limit: 'soon' },
      { accelerator: 'abacus' },
      { silent: '4m' },
      { silent: '13h' },
      { silent: 'never' },
    ])
      expect((await scene.say(MARA, 'settings', wrong, { manages: true })).isError).toBe(true);
    expect(scene.traces()).toEqual(before);
    const said = await scene.say(
      MARA,
      'settings',
      { accelerator: 'cpu', limit: '2h', internet: true },
      { manages: true },
    );
    expect(said.text).toContain('**Accelerator** CPU');
    const run = await scene.commit(MARA, 'train.ipynb');
    expect(run.settings).toMatchObject({ accelerator: 'none', limitMinutes: 120, internet: true });
    expect((await scene.say(MARA, 'settings', { reset: 'defaults' }, { manages: true })).text).toContain(
      '**Accelerator** GPU T4 x2',
    );
    expect((await scene.say(MARA, 'settings', {}, { manages: true, place: DM })).isError).toBe(true);
  });

  test('silence and the ground of curves are set, shown and forgotten', async () => {
    const at = { manages: true };
    const usual = (await scene.say(MARA, 'settings', {}, at)).text;
    expect(usual).toContain('**Silent** a run is reported after 20 min without a line');
    expect(usual).toContain('**Curves** on dark ground');
    const said = (await scene.say(MARA, 'settings', { silent: '2h', curve: 'light' }, at)).text;
    expect(said).toContain('**Silent** a run is reported after 2 h without a line');
    expect(said).toContain('**Curves** on light ground');
    expect((await scene.say(MARA, 'settings', { reset: 'silent' }, at)).text).toContain('after 20 min');
    expect(scene.needs.guilds.settings(LAB.guildId)).toMatchObject({ silentMinutes: null, curve: 'light' });
  });
});
