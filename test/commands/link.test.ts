import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  DM,
  FOREIGN,
  JUN,
  JUN_TOKEN,
  KEY,
  MARA,
  MARA_TOKEN,
  notebook,
  type Read,
  type Scene,
  startScene,
} from './scene.ts';

let scene: Scene;

beforeEach(async () => {
  scene = await startScene();
});

afterEach(async () => {
  await scene[Symbol.asyncDispose]();
});

const enter = (said: Read): string => said.ids.find((id) => id.startsWith('link:')) ?? '';
const file = { name: 'vgg-baseline.ipynb', bytes: notebook() };

/** Presses *Enter token…* of a message and submits the form that opens. */
async function enterToken(said: Read, person = JUN, token = JUN_TOKEN): Promise<Read> {
  const opened = await scene.press(person, enter(said));
  return scene.submit(person, opened.ids[0] ?? '', { token });
}

describe('/link', () => {
  test('shows the panel, opens the form, and links what Kaggle confirms', async () => {
    const panel = await scene.say(JUN, 'link');
    expect(panel.text).toContain('### Link your Kaggle account');
    expect(panel.text).not.toContain('is kept for');
    const opened = await scene.press(JUN, enter(panel));
    expect(opened.reply).toHaveProperty('modal');
    expect(opened.ids[0]).toMatch(/^linkForm:v1:/);
    const linked = await scene.submit(JUN, opened.ids[0] ?? '', { token: JUN_TOKEN });
    expect(linked.text).toContain('### Linked to Kaggle as jun-ito');
    expect(linked.text).toMatch(/30\.0 GPU hours left, refill <t:\d+:R> · 0 of 2 GPU sessions in use/);
    expect(linked.text).not.toContain(JUN_TOKEN);
    expect(scene.needs.accounts.of(JUN.id)?.kaggleUser).toBe('jun-ito');
  });

  test('takes an old key, and a token in the field of the key', async () => {
    const panel = await scene.say(MARA, 'link');
    const form = (await scene.press(MARA, enter(panel))).ids[0] ?? '';
    expect((await scene.submit(MARA, form, { username: 'mara-k', key: KEY })).text).toContain(
      'Linked to Kaggle as mara-k',
    );
    expect(scene.needs.accounts.of(MARA.id)?.credential.kind).toBe('key');
    expect((await scene.submit(MARA, form, { username: 'mara-k', key: MARA_TOKEN })).text).toContain(
      'Linked to Kaggle as mara-k',
    );
    expect(scene.needs.accounts.of(MARA.id)?.credential.kind).toBe('token');
  });

  test('a wrong token is refused, nothing is stored, and the form can be opened again', async () => {
    const refused = await enterToken(await scene.say(JUN, 'link'), JUN, 'KGAT_wrong_canary');
    expect(refused.text).toContain('### Kaggle does not accept this token');
    expect(refused.text).toContain('Nothing was stored.');
    expect(refused.text).not.toContain('canary');
    expect(scene.needs.accounts.kaggleUserOf(JUN.id)).toBeNull();
    expect((await enterToken(refused)).text).toContain('Linked to Kaggle as jun-ito');
  });

  test('a wrong old key is refused', async () => {
    const form = (await scene.press(JUN, enter(await scene.say(JUN, 'link')))).ids[0] ?? '';
    const refused = await scene.submit(JUN, form, { username: 'jun-ito', key: 'f'.repeat(32) });
    expect(refused.text).toContain('### Kaggle does not accept this token');
    expect(scene.needs.accounts.count()).toBe(0);
  });

  test.each([
    ['an outage', { kind: 'error', status: 503, body: 'empty' }],
    ['a web page', { kind: 'html', status: 200 }],
    ['too many requests', { kind: 'limited' }],
  ] as const)('%s says that the token is not checked, and stores nothing', async (_, answer) => {
    scene.emulator.faults.always('*', { when: 'before', answer });
    const said = await enterToken(await scene.say(JUN, 'link'));
    expect(said.text).toContain('### Kaggle is not answering, so the token is not checked');
    expect(scene.needs.accounts.count()).toBe(0);
    scene.emulator.faults.clear();
    expect((await enterToken(said)).text).toContain('Linked to Kaggle as jun-ito');
  });

  test('a form that is filled in wrongly says so, without repeating anything', async () => {
    const form = (await scene.press(JUN, enter(await scene.say(JUN, 'link')))).ids[0] ?? '';
    const said = await scene.submit(JUN, form, { token: JUN_TOKEN, username: 'jun-ito', key: KEY });
    expect(said.isError).toBe(true);
    expect(said.text).toContain('not both');
    expect(said.text).not.toContain(JUN_TOKEN);
    expect(scene.needs.accounts.count()).toBe(0);
  });

  test('another account replaces the first, and its runs are no longer followed', async () => {
    scene.link(MARA, 'mara-k', MARA_TOKEN);
    const run = await scene.commit(MARA, 'train.ipynb');
    await scene.beat(1);
    const said = await enterToken(await scene.say(MARA, 'link'), MARA, JUN_TOKEN);
    expect(said.text).toContain('### Linked to Kaggle as jun-ito instead of mara-k');
    expect(said.text).toContain('Runs of mara-k are no longer followed; they go on at Kaggle.');
    expect(scene.needs.runs.byKey(run.key)?.state).toMatchObject({ phase: 'lost', why: 'unlinked' });
  });

  test('opened from a message everybody sees, the form leaves that message as it is', async () => {
    const opened = await scene.press(JUN, 'link:v1:-');
    expect(opened.ids[0]).toBe('linkFormApart:v1:-');
    scene.link(MARA, 'mara-k', MARA_TOKEN);
    const run = await scene.commit(MARA, 'train.ipynb');
    expect((await scene.press(JUN, `link:v1:${run.key}`)).ids[0]).toBe('linkFormApart:v1:-');
    expect((await scene.submit(JUN, 'linkFormApart:v1:-', { token: JUN_TOKEN })).text).toContain(
      'Linked to Kaggle as jun-ito',
    );
  });
});

describe('a commit without an account', () => {
  test('is kept, and goes on by itself once linked', async () => {
    const panel = await scene.say(JUN, 'commit', { notebook: file, accelerator: 'cpu', limit: '2h' });
    expect(panel.text).toContain('### Link your Kaggle account first');
    expect(panel.text).toContain('vgg-baseline.ipynb is kept for 15 min and goes on by itself once you are linked');
    expect(scene.run(JUN)).toBeNull();
    const linked = await enterToken(panel);
    expect(linked.text).toContain('Going on with vgg-baseline.ipynb: **#1 accepted.** Its card is in this channel.');
    expect(scene.run(JUN)?.settings).toMatchObject({ accelerator: 'none', limitMinutes: 120 });
    await scene.beat(1);
    expect(scene.emulator.versions('jun-ito/vgg-baseline')).toHaveLength(1);
  });

  test('goes on once, however often the form is sent', async () => {
    const panel = await scene.say(JUN, 'commit', { notebook: file });
    const form = (await scene.press(JUN, enter(panel))).ids[0] ?? '';
    await Promise.all([scene.submit(JUN, form, { token: JUN_TOKEN }), scene.submit(JUN, form, { token: JUN_TOKEN })]);
    await scene.submit(JUN, form, { token: JUN_TOKEN });
    expect(scene.needs.runs.list(scene.ask(JUN).scope, {}, 10)).toHaveLength(1);
  });

  test('asked for many times keeps the newest five: nobody fills the disk with sources that wait', async () => {
    const first = await scene.say(JUN, 'commit', { notebook: file });
    for (let n = 0; n < 5; n++) await scene.say(JUN, 'commit', { notebook: file });
    expect(scene.traces()).toMatchObject({ drafts: 5 });
    const linked = await enterToken(first);
    expect(linked.text).toContain('### Linked to Kaggle as jun-ito');
    expect(linked.text).not.toContain('Going on');
  });

  test('survives a wrong token, but not 15 minutes', async () => {
    const panel = await scene.say(JUN, 'commit', { notebook: file });
    const refused = await enterToken(panel, JUN, 'KGAT_wrong_canary');
    expect((await enterToken(refused)).text).toContain('**#1 accepted.**');

    await scene.say(JUN, 'unlink');
    const late = await scene.say(JUN, 'commit', { notebook: file });
    scene.clock.advance(15 * 60_000);
    expect((await enterToken(late)).text).not.toContain('accepted');
    expect(scene.needs.runs.list(scene.ask(JUN).scope, {}, 10)).toHaveLength(1);
  });

  test('belongs to whoever made it: nobody else’s form goes on with it', async () => {
    const panel = await scene.say(JUN, 'commit', { notebook: file });
    const said = await enterToken(panel, MARA, MARA_TOKEN);
    expect(said.text).toContain('Linked to Kaggle as mara-k');
    expect(said.text).not.toContain('vgg-baseline');
    expect(scene.run(MARA)).toBeNull();
  });

  test('whose options turn out wrong leaves the account linked and says what was wrong', async () => {
    const said = await enterToken(await scene.say(JUN, 'commit', { notebook: file, title: 'abc' }));
    expect(said.text).toContain('### Linked to Kaggle as jun-ito');
    expect(said.text).toContain(
      'vgg-baseline.ipynb was not committed: **The title needs 5 to 50 characters;** this one has 3',
    );
    expect(scene.run(JUN)).toBeNull();
  });

  test('where the bot is no member the result comes by direct message', async () => {
    const panel = await scene.say(JUN, 'commit', { notebook: file }, { place: FOREIGN });
    const opened = await scene.press(JUN, enter(panel), { place: FOREIGN });
    const linked = await scene.submit(JUN, opened.ids[0] ?? '', { token: JUN_TOKEN }, { place: FOREIGN });
    expect(linked.text).toContain('The card and the result come by direct message.');
  });
});

describe('/unlink', () => {
  test('forgets the token at once and says what is no longer followed', async () => {
    scene.link(MARA, 'mara-k', MARA_TOKEN);
    await scene.commit(MARA, 'train.ipynb');
    await scene.beat(1);
    const said = await scene.say(MARA, 'unlink', {}, { place: DM });
    expect(said.text).toBe(
      '**The token of mara-k is forgotten.** 1 running run is no longer followed; it goes on at Kaggle.',
    );
    expect(scene.needs.accounts.of(MARA.id)).toBeNull();
  });

  test('without an account says so', async () => {
    expect((await scene.say(JUN, 'unlink')).text).toBe('**No Kaggle account is linked.** </link:1> links one.');
  });
});
