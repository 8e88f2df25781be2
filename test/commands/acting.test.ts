import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { followLog } from '../../commands/follow-log.ts';
import { nonceOf } from '../../src/domain/notice.ts';
import type { Run } from '../../src/domain/run.ts';
import { areAlarmsMuted } from '../../src/steps/mute.ts';
import { DM, JUN, JUN_TOKEN, LAB, MARA, MARA_TOKEN, OTHER, readBody, type Scene, startScene } from './scene.ts';

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

async function running(): Promise<Run> {
  scene.emulator.plan({ seconds: 36_000, prints: [{ at: 1, text: 'first line\n' }], end: 'complete' });
  const run = await scene.commit(MARA, 'train.ipynb');
  await vi.waitFor(
    async () => {
      await scene.beat(5);
      expect(now(run).state.phase).toBe('running');
    },
    { timeout: 5_000, interval: 10 },
  );
  return now(run);
}

describe('/stop', () => {
  test('withdraws what is not pushed; nothing is pushed afterwards', async () => {
    const run = await scene.commit(MARA, 'train.ipynb');
    const said = await scene.say(MARA, 'stop');
    expect(said.text).toBe('**#1 is withdrawn.** It was not pushed; no GPU hours were used.');
    await scene.beat(60);
    expect(scene.emulator.pushes).toBe(0);
    expect(now(run).state).toMatchObject({ phase: 'cancelled', how: 'withdrawn', by: 'Mara' });
    expect((await scene.press(MARA, `withdraw:v1:${run.key}`)).text).toBe(
      '**#1 has already ended.** The card shows how.',
    );
  });

  test('says honestly that only Kaggle can stop a running session, with the link and the limit', async () => {
    const run = await running();
    const said = await scene.press(MARA, `stop:v1:${run.key}`);
    expect(said.text).toContain(
      '**#1 can only be stopped on Kaggle.** Kaggle gives bots no way to stop a running session.',
    );
    expect(said.text).toMatch(/at the latest until its limit at <t:\d+:t>/);
    expect(said.links[0]).toContain('/code/mara-k/train');
    expect(now(run).state.phase).toBe('running');
    expect(scene.emulator.count('CancelKernelSession')).toBe(0);
    expect((await scene.press(JUN, `noAlarms:v1:${run.key}`)).isError).toBe(true);
    expect(areAlarmsMuted(run, scene.needs)).toBe(false);
    const quiet = await scene.press(JUN, `noAlarms:v1:${run.key}`, { manages: true });
    expect(quiet.text).toContain('**No more alarms for #1.** Its end is told as always.');
    expect(areAlarmsMuted(run, scene.needs)).toBe(true);
    const muted = await scene.press(MARA, `mute:v1:${run.key}`);
    expect(muted.text).toContain('**#1 is muted.**');
    expect((await scene.press(JUN, `mute:v1:${run.key}`)).text).toContain('Only Mara is notified of #1.');
  });

  test('is for the launcher and for members with Manage Server of that server', async () => {
    const run = await scene.commit(MARA, 'train.ipynb');
    for (const id of [`stop:v1:${run.key}`, `withdraw:v1:${run.key}`])
      expect((await scene.press(JUN, id)).text).toContain(
        'Only Mara and members with Manage Server can do this to #1.',
      );
    expect((await scene.say(JUN, 'stop', { run: '1' })).isError).toBe(true);
    expect(now(run).state.phase).toBe('accepted');
    expect((await scene.press(JUN, `withdraw:v1:${run.key}`, { manages: true })).text).toContain('#1 is withdrawn.');
    expect(now(run).state).toMatchObject({ by: 'Jun' });
  });

  test('while Kaggle is being asked it waits for the answer', async () => {
    const run = await scene.commit(MARA, 'train.ipynb');
    scene.needs.runs.move(run, { type: 'pushStarted', at: scene.clock.now(), baseVersion: 0 }, { dueAt: null });
    expect((await scene.say(MARA, 'stop')).text).toBe(
      '**#1 is being pushed to Kaggle at this moment.** Please try again in some seconds.',
    );
  });

  test('a lost run is looked for again, or given up after a question', async () => {
    const run = await running();
    scene.needs.runs.move(run, { type: 'lostSight', at: scene.clock.now(), why: 'gone' }, { dueAt: null });
    expect((await scene.press(JUN, `lookAgain:v1:${run.key}`)).isError).toBe(true);
    expect((await scene.press(MARA, `lookAgain:v1:${run.key}`)).text).toContain('#1 is looked for again.');
    expect(now(run).state.phase).toBe('running');
    scene.needs.runs.move(now(run), { type: 'lostSight', at: scene.clock.now(), why: 'gone' }, { dueAt: null });
    const asked = await scene.press(MARA, `giveUp:v1:${run.key}`);
    expect(asked.text).toContain('Give up on #1?');
    expect(now(run).state).toMatchObject({ givenUp: false });
    expect((await scene.press(MARA, asked.ids[0] ?? '')).text).toContain('#1 is given up.');
    expect(now(run).state).toMatchObject({ phase: 'lost', givenUp: true });
    expect((await scene.press(MARA, `giveUp:v1:${run.key}`)).text).toContain('#1 was given up.');
  });
});

describe('/again', () => {
  test('asks, takes another accelerator, and pushes the same source as a new version', async () => {
    const run = await running();
    const asked = await scene.say(MARA, 'again');
    expect(asked.text).toContain('Run again train, as in #1?');
    expect(asked.text).toMatch(/h left\./);
    const chosen = await scene.press(MARA, `againAccelerator:v1:${run.key}`, { values: ['none'] });
    const go = chosen.ids.find((id) => id.startsWith('againChosen:')) ?? '';
    expect(go).toBe(`againChosen:v1:${run.key}:none`);
    expect((await scene.press(MARA, go)).text).toContain('**#2 accepted.**');
    await scene.beat(5);
    const versions = scene.emulator.versions('mara-k/train');
    expect(versions).toHaveLength(2);
    expect(versions[1]?.machine).toBe('cpu');
    expect(scene.run(MARA)?.settings).toMatchObject({ accelerator: 'none', origin: { from: 'again', name: '#1' } });
  });

  test('starts at once when the accelerator is named, or a button on a message does so', async () => {
    const run = await scene.commit(MARA, 'train.ipynb');
    expect((await scene.say(MARA, 'again', { run: '1', accelerator: 'tpu' })).text).toContain('**#2 accepted.**');
    scene.clock.advance(1);
    expect((await scene.press(MARA, `againGo:v1:${run.key}:NvidiaTeslaT4.on`)).text).toContain('**#3 accepted.**');
    expect(scene.run(MARA)?.settings.internet).toBe(true);
  });

  test('of a button with a limit has that limit, and nothing else changed', async () => {
    const run = await scene.commit(MARA, 'train.ipynb', {}, { limit: '9h' });
    scene.clock.advance(1);
    expect((await scene.press(MARA, `againGo:v1:${run.key}:NvidiaTeslaT4.720`)).text).toContain('**#2 accepted.**');
    expect(scene.run(MARA)?.settings).toEqual({
      ...run.settings,
      limitMinutes: 720,
      origin: expect.objectContaining({ from: 'again' }),
    });
  });

  test('of a button that adds an input says so when it is not known which', async () => {
    const run = await scene.commit(MARA, 'train.ipynb');
    const said = await scene.press(MARA, `againGo:v1:${run.key}:none.input`);
    expect(said.text).toContain('**It is not known which input #1 misses.**');
    expect(scene.needs.runs.list(scene.ask(MARA).scope, {}, 10)).toHaveLength(1);
  });

  test('is for the launcher alone: it is their Kaggle account', async () => {
    const run = await scene.commit(MARA, 'train.ipynb');
    const words =
      '**#1 runs on Mara’s Kaggle account, so only Mara can run it again.** You can start your own with </commit:1>.';
    for (const said of [
      await scene.say(JUN, 'again', { run: '1' }),
      await scene.say(JUN, 'again', { run: '1', accelerator: 'cpu' }, { manages: true }),
      await scene.press(JUN, `again:v1:${run.key}`, { manages: true }),
      await scene.press(JUN, `againGo:v1:${run.key}:none`, { manages: true }),
      await scene.press(JUN, `againChosen:v1:${run.key}:none`),
      await scene.press(JUN, `againAccelerator:v1:${run.key}`, { values: ['none'] }),
    ])
      expect(said.text).toBe(words);
    expect(scene.needs.runs.list(scene.ask(MARA).scope, {}, 10)).toHaveLength(1);
  });

  test('keeps to the rate and the rights of a commit', async () => {
    const run = await scene.commit(MARA, 'train.ipynb');
    for (let i = 0; i < 2; i++) await scene.say(MARA, 'again', { run: '1', accelerator: 'cpu' });
    expect((await scene.press(MARA, `againGo:v1:${run.key}:none`)).text).toContain('You can launch again in');
    scene.clock.advance(60_000);
    expect((await scene.press(MARA, `againGo:v1:${run.key}:none`, { mayPost: false })).text).toContain(
      'I may not post in #general.',
    );
  });

  test('an argument of another making starts nothing', async () => {
    const run = await scene.commit(MARA, 'train.ipynb');
    expect((await scene.press(MARA, `againGo:v1:${run.key}:NvidiaTeslaP100`)).text).toContain(
      'This button belongs to an older message.',
    );
    expect(scene.needs.runs.list(scene.ask(MARA).scope, {}, 10)).toHaveLength(1);
  });
});

describe('/runs', () => {
  async function many(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      scene.clock.advance(60_000);
      await scene.commit(i % 2 === 0 ? MARA : JUN, `run-number-${i + 1}.ipynb`);
    }
  }
  const numbers = (text: string): number[] => [...text.matchAll(/\*\*#(\d+)\*\*/g)].map(([, n]) => Number(n));
  const turn = (said: { ids: readonly string[] }, n: number): string =>
    said.ids.filter((id) => id.startsWith('runsPage:'))[n] ?? '';

  test('ten to a page, and new runs do not shift it', async () => {
    await many(23);
    const first = await scene.say(JUN, 'runs');
    expect(first.text).toContain('### Runs of Vision Lab');
    expect(first.text).toContain('everyone · every state · page 1 of 3');
    expect(numbers(first.text)).toEqual([23, 22, 21, 20, 19, 18, 17, 16, 15, 14]);
    await many(1);
    const second = await scene.press(JUN, turn(first, 1));
    expect(numbers(second.text)).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4]);
    const third = await scene.press(JUN, turn(second, 1));
    expect(numbers(third.text)).toEqual([3, 2, 1]);
    const back = await scene.press(JUN, turn(third, 0));
    expect(numbers(back.text)).toEqual(numbers(second.text));
  });

  test('narrowed by person, state and kernel, also on the next page', async () => {
    await many(4);
    const mine = await scene.say(JUN, 'runs', { who: 'me', state: 'alive' });
    expect(numbers(mine.text)).toEqual([4, 2]);
    expect(mine.text).toContain('Jun · running or waiting · page 1 of 1');
    expect(numbers((await scene.say(JUN, 'runs', { kernel: 'mara-k/run-number-3' })).text)).toEqual([3]);
    expect((await scene.say(JUN, 'runs', { kernel: 'mara-k/never' })).text).toContain(
      'There is no run of mara-k/never here.',
    );
    expect((await scene.say(JUN, 'runs', { state: 'failed' })).text).toContain('There are no runs here.');
    const everyone = mine.ids.find((id) => id.startsWith('runsPage:') && id.includes(':e')) ?? '';
    expect(numbers((await scene.press(JUN, everyone)).text)).toEqual([4, 3, 2, 1]);
  });

  test('in a direct message they are one’s own, wherever they were started', async () => {
    await scene.commit(MARA, 'here.ipynb');
    await scene.commit(MARA, 'there.ipynb', { place: OTHER });
    await scene.commit(JUN, 'other.ipynb');
    const said = await scene.say(MARA, 'runs', {}, { place: DM });
    expect(said.text).toContain('### Your runs');
    expect(numbers(said.text)).toHaveLength(2);
  });

  test('a run that is opened is shown in full, but never one of another server', async () => {
    const run = await scene.commit(MARA, 'train.ipynb');
    expect((await scene.press(JUN, 'runsOpen:v1:-', { values: [run.key] })).text).toContain('#1 waiting in line');
    expect((await scene.press(JUN, 'runsOpen:v1:-', { values: [run.key], place: OTHER })).isError).toBe(true);
    expect((await scene.press(JUN, "runsPage:v1:-:e*.1'--")).isError).toBe(true);
  });
});

describe('plain text in a direct message', () => {
  test('status, status 1, log 1 and help are answered', async () => {
    await running();
    expect((await scene.write(MARA, 'status'))?.text).toContain('### 1 running');
    expect((await scene.write(MARA, 'Status #1.'))?.text).toContain('#1 running');
    const log = await scene.write(MARA, 'log 1');
    expect(log?.text).toContain('**Log of #1**');
    expect(log?.text).toContain('first line');
    // An answer to a message is not edited on.
    expect(log?.text).not.toMatch(/paused|follows/);
    expect((await scene.write(MARA, 'help'))?.text).toContain('### What you can say');
  });

  test('anything else gets one sentence, once in ten seconds, with the newest run', async () => {
    await running();
    const said = await scene.write(MARA, 'how is my leaf model doing?');
    expect(said?.text).toContain(
      'I understand `status`, `status 42`, `log 42` and `help`, and all the slash commands.',
    );
    expect(said?.text).toContain('Your newest run: **#1** train, running');
    expect(await scene.write(MARA, 'hello?')).toBeNull();
    expect(await scene.write(JUN, 'hello?')).not.toBeNull();
    scene.clock.advance(10_000);
    expect(await scene.write(MARA, 'hello?')).not.toBeNull();
  });

  test('somebody else’s run is not there', async () => {
    await scene.commit(MARA, 'train.ipynb');
    expect((await scene.write(JUN, 'status 1'))?.text).toContain('There is no run #1 here.');
  });

  test('gives parked notices another chance', async () => {
    const run = await scene.commit(MARA, 'train.ipynb', { place: DM });
    const notice = scene.needs.notices.due(scene.clock.now());
    expect(notice?.runKey).toBe(run.key);
    if (notice !== null) scene.needs.notices.park(notice, 'closed');
    await scene.write(JUN, 'status');
    expect(scene.needs.notices.countParked()).toBe(1);
    await scene.write(MARA, 'status');
    expect(scene.needs.notices.countParked()).toBe(0);
    await scene.beat(1);
    expect(scene.posts.map(({ nonce }) => nonce)).toContain(nonceOf(run, 'card', DM.channelId));
  });
});

describe('a log that is followed', () => {
  const follow = async (run: Run, rounds: (round: number) => void | Promise<void>): Promise<string[]> => {
    const seen: string[] = [];
    const over = new AbortController();
    let round = 0;
    await followLog(
      run,
      { lines: ['first line'], total: 1 },
      scene.needs,
      async (body) => void seen.push(readBody(body).text),
      over.signal,
      async (ms) => {
        scene.clock.advance(ms);
        await rounds(++round);
        if (round > 200) over.abort();
      },
    );
    return seen;
  };
  const tailHas = (run: Run, line: string) =>
    vi.waitFor(() => expect(scene.needs.follower.tail(run.key, 5)?.lines.at(-1)).toBe(line), {
      timeout: 3_000,
      interval: 10,
    });

  test('is edited only when there are new lines, and pauses after ten minutes', async () => {
    const run = await running();
    await tailHas(run, 'first line');
    const seen = await follow(run, async (round) => {
      if (round !== 3) return;
      scene.emulator.session('mara-k/train', 1).print('second line\n');
      await tailHas(run, 'second line');
    });
    expect(seen).toHaveLength(2);
    expect(seen[0]).toContain('second line');
    expect(seen[0]).toContain('follows for 10 min');
    expect(seen[1]).toMatch(/paused at <t:\d+:t>/);
    expect(seen[1]).toContain('[Follow for 10 min more]'.slice(1, -1));
  });

  test('ends with the stored log when the run has ended', async () => {
    const run = await running();
    await tailHas(run, 'first line');
    const seen = await follow(run, async (round) => {
      if (round === 2) {
        scene.emulator.session('mara-k/train', 1).print('last line\n');
        scene.emulator.session('mara-k/train', 1).complete();
      }
      await new Promise((resolve) => setImmediate(resolve));
      await scene.beat(30);
    });
    expect(now(run).state.phase).toBe('complete');
    expect(seen.at(-1)).toContain('last line');
    expect(seen.at(-1)).not.toContain('follows');
  });

  test('is read by a stream of its own when nobody else follows the run', async () => {
    const run = await running();
    await scene.needs.follower.stop();
    const seen = await follow(run, async (round) => {
      if (round === 2) scene.emulator.session('mara-k/train', 1).print('second line\n');
      if (round < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    });
    expect(seen.some((text) => text.includes('second line'))).toBe(true);
  });
});

test('nothing that a person, a file or a run is called can mention anybody or smuggle a link', async () => {
  const hostile = { id: MARA.id, name: '@everyone [x](http://evil.example) <@1>' };
  const run = await scene.commit(hostile, 'a](http://evil.example) @everyone `x.ipynb', {}, { note: '@here ||x||' });
  expect(run.place).toEqual(LAB);
  for (const said of [
    await scene.say(JUN, 'runs'),
    await scene.say(JUN, 'status', { run: '1' }),
    await scene.say(JUN, 'again', { run: '1' }),
    await scene.say(JUN, 'stop', { run: '1' }),
  ]) {
    expect(said.links.filter((link) => link.includes('evil'))).toEqual([]);
    const body = said.reply !== null && 'body' in said.reply ? JSON.stringify(said.reply.body) : '';
    expect(body).not.toMatch(/[^\\]\]\(http:\/\/evil/);
  }
});
