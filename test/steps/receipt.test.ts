import { afterEach, beforeEach, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/clock.ts';
import type { Run } from '../../src/domain/run.ts';
import { LogFollower } from '../../src/steps/log-follower.ts';
import { textOf } from '../world.ts';
import { notebook, type StepsWorld, startSteps } from './world.ts';

const REF = 'mara-k/leaf-disease';
let world: StepsWorld;

beforeEach(async () => {
  world = await startSteps({
    follower: (needs) =>
      new LogFollower(needs, { pause: () => new Promise((resolve) => setImmediate(() => resolve())) }),
  });
});
afterEach(() => world[Symbol.asyncDispose]());

const session = () => world.site.session(REF, 1);
const card = () => textOf(world.messages()[0] ?? null);
const line = (gpus: readonly string[], verdict = 'works'): string =>
  `NIGHTSHIFT-RECEIPT ${JSON.stringify({ v: 1, verdict, by: 'torch', gpus: gpus.map((name) => [name, '15360 MiB', '580.159.04']), error: null })}\n`;

async function running(printed: string, over = {}): Promise<Run> {
  const run = await world.commit(over);
  await world.tick();
  session().start();
  session().print(printed);
  await expect.poll(() => world.run(run).dueAt, { interval: 10 }).toBeLessThanOrEqual(world.clock.now());
  await world.pass(SECOND, SECOND);
  return run;
}

test('what is pushed begins with the check cell, and its hash is of that', async () => {
  const run = await world.commit();
  await world.tick();
  const pushed = world.site.versions(REF)[0]?.source ?? '';
  expect(pushed).toBe(world.needs.runs.source(run.sourceHash));
  const { cells } = JSON.parse(pushed) as { cells: { metadata: { tags?: string[] } }[] };
  expect(cells[0]?.metadata.tags).toEqual(['nightshift-receipt']);
  expect([cells.length, run.settings.cells, run.settings.receipt]).toEqual([2, 1, true]);
});

test('a CPU run, a script and a server that wants none have no check cell', async () => {
  const cpu = await world.commit({ accelerator: 'cpu' });
  const script = await world.commit({ from: { kind: 'file', name: 'train-it.py', text: 'print(1)\n' } });
  world.needs.guilds.set(world.guildId, { ...world.needs.guilds.settings(world.guildId), receipt: false });
  const off = await world.commit();
  for (const run of [cpu, script, off]) {
    expect(run.settings.receipt).toBe(false);
    expect(world.needs.runs.source(run.sourceHash)).not.toContain('nightshift-receipt');
  }
});

test('a notebook that just fits is not refused for the sake of the check', async () => {
  const big = notebook(`x = "${'a'.repeat(998_500)}"`);
  const run = await world.commit({ from: { kind: 'file', name: 'leaf-disease.ipynb', text: big } });
  expect(run.settings.receipt).toBe(false);
});

test('the card says what the run got', async () => {
  const run = await running(line(['Tesla T4', 'Tesla T4']));
  await expect.poll(() => world.run(run).receipt?.verdict, { interval: 10 }).toBe('works');
  await world.pass(2 * MINUTE, 30 * SECOND);
  expect(card()).toContain('asked T4 x2\u00a0· got 2 × Tesla T4\u00a0· works'.replaceAll('\u00a0', ' '));
  await world.pass(10 * MINUTE, MINUTE);
  expect(world.messages()).toHaveLength(1);
});

test('another GPU is told once, not in the first minutes, and not when the run is over by then', async () => {
  const run = await running(line(['Tesla P100-PCIE-16GB']));
  await expect.poll(() => world.run(run).receipt?.gpus.length, { interval: 10 }).toBe(1);
  await world.pass(3 * MINUTE, 30 * SECOND);
  expect(world.messages()).toHaveLength(1);
  expect(card()).toContain('got 1 × Tesla P100 · not what was asked');
  await world.pass(10 * MINUTE, MINUTE);
  const alarms = world.messages().slice(1).map(textOf);
  expect(alarms).toHaveLength(1);
  expect(alarms[0]).toContain('#1 got another GPU** · asked T4 x2, got 1 × Tesla P100');
  expect(alarms[0]).toContain('The check on it passed.');
});

test('a check that failed is told with its advice; an end in the first minutes makes the alarm needless', async () => {
  const run = await running(line(['Tesla T4', 'Tesla T4'], 'failed'));
  await expect.poll(() => world.run(run).receipt?.verdict, { interval: 10 }).toBe('failed');
  session().complete();
  await world.pass(10 * MINUTE, 30 * SECOND);
  const told = world.messages().slice(1).map(textOf);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('complete');
  expect(told[0]).toContain('2 × Tesla T4');
});

test('a stand-in of a GPU without memory is no other GPU', async () => {
  const standIn = { v: 1, verdict: 'unsure', by: null, gpus: [['Stand-in', '0 MiB', '0']], error: null };
  const run = await running(`NIGHTSHIFT-RECEIPT ${JSON.stringify(standIn)}\n`);
  await expect.poll(() => world.run(run).receipt?.verdict, { interval: 10 }).toBe('unsure');
  await world.pass(10 * MINUTE, MINUTE);
  expect(world.messages()).toHaveLength(1);
  expect(card()).toContain('asked T4 x2 · not checked');
});

test('a run without a check cell believes nobody', async () => {
  const run = await running(line(['Tesla P100-PCIE-16GB']), {
    from: { kind: 'file', name: 'leaf-disease.py', text: 'print(1)\n' },
  });
  await world.pass(10 * MINUTE, MINUTE);
  expect(world.run(run).receipt ?? null).toBeNull();
  expect(world.messages()).toHaveLength(1);
  expect(card()).toContain('asked T4 x2 · not checked');
});

test('a run that the check ended says so, and that only minutes were lost', async () => {
  await running('NIGHTSHIFT-RECEIPT {"v":1,"verdict":"missing","by":null,"gpus":[],"error":null}\n');
  const said = 'Nightshift ended this run before cell 1: this machine has no GPU, though one was asked for.';
  session().print(
    `papermill.exceptions.PapermillExecutionError: \n${'-'.repeat(75)}\nException encountered at "In [1]":\nRuntimeError: ${said}\n`,
    'stderr',
  );
  world.clock.advance(40 * SECOND);
  session().fail(null);
  await world.pass(MINUTE, 5 * SECOND);
  const told = textOf(world.messages().at(-1) ?? null);
  expect(told).toContain('#1 ended early: no working GPU');
  expect(told).toContain('The check before cell 1 ended the run, so only');
  expect(told).toContain('This machine has no GPU, though one was asked for.');
  expect(told).toContain('phone number');
  expect(told).toContain('[Run again]');
});

test('again takes the old check cell out and brings its own', async () => {
  const first = await world.commit();
  const again = await world.commit({ from: { kind: 'run', key: first.key } });
  const text = world.needs.runs.source(again.sourceHash) ?? '';
  expect(text.match(/def _nightshift_receipt/g)).toHaveLength(1);
  const cpu = await world.commit({ from: { kind: 'run', key: first.key }, accelerator: 'cpu' });
  expect(world.needs.runs.source(cpu.sourceHash)).not.toContain('_nightshift_receipt');
});
