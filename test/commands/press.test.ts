import { afterEach, beforeEach, expect, test } from 'vitest';
import { mustMayEnd } from '../../commands/press.ts';
import { UserError } from '../../src/domain/user-error.ts';
import { DM, JUN, MARA, MARA_TOKEN, OTHER, type Scene, startScene } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
  scene.link(MARA, 'mara-k', MARA_TOKEN);
});
afterEach(async () => {
  await scene[Symbol.asyncDispose]();
});

test('Manage Server holds on the server of the run only', async () => {
  const run = await scene.commit(MARA, 'train.ipynb');
  expect(() => mustMayEnd(scene.ask(MARA), run)).not.toThrow();
  expect(() => mustMayEnd(scene.ask(JUN, { manages: true }), run)).not.toThrow();
  expect(() => mustMayEnd(scene.ask(JUN), run)).toThrow(UserError);
  expect(() => mustMayEnd(scene.ask(JUN, { manages: true, place: OTHER }), run)).toThrow(UserError);
  expect(() => mustMayEnd(scene.ask(JUN, { manages: true, place: DM }), run)).toThrow(UserError);
});
