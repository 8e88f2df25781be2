import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fillCompletions } from './fill.ts';
import { startProgram } from './real-program.ts';
import { StandInsHandle } from './stand-ins-handle.ts';

const WITHIN_MS = 600_000;

/** How long the real program takes to tell so many completions in many channels, under Discord's limits. */
export async function drain(
  completions: number,
  folder: string,
): Promise<{ seconds: number; posted: number; refused: number }> {
  await using standIns = await StandInsHandle.start('real');
  const databaseFile = join(folder, 'drain.db');
  fillCompletions(databaseFile, completions, standIns.at);
  const begun = performance.now();
  await using program = await startProgram(standIns.at, databaseFile);
  for (const until = begun + WITHIN_MS; performance.now() < until; await pause(250))
    if ((await program.metric('nightshift_notices_owed')) === 0) break;
  const seconds = (performance.now() - begun) / 1_000;
  const { posted, refused } = await standIns.ask({ kind: 'countMessages' }, 'messages');
  return { seconds, posted, refused };
}
