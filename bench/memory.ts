import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fill } from './fill.ts';
import { startProgram } from './real-program.ts';
import { StandInsHandle } from './stand-ins-handle.ts';

const SETTLES_MS = 15_000;
const LOOKED_WITHIN_MS = 180_000;

/**
 * Resident memory of the real program with so many runs that are followed, after every one of them was looked at once.
 * @returns bytes, and how many log streams were open.
 */
export async function memoryWith(runs: number, folder: string): Promise<{ bytes: number; streams: number }> {
  await using standIns = await StandInsHandle.start();
  const databaseFile = join(folder, `memory-${runs}.db`);
  fill(databaseFile, runs, standIns.at);
  await using program = await startProgram(standIns.at, databaseFile);
  for (const until = performance.now() + LOOKED_WITHIN_MS; performance.now() < until; await pause(1_000)) {
    const { count } = await standIns.ask({ kind: 'countLooks' }, 'looks');
    if (count >= runs) break;
  }
  await pause(SETTLES_MS);
  const measured = {
    bytes: await program.metric('process_resident_memory_bytes'),
    streams: await program.metric('nightshift_log_streams'),
  };
  await rm(databaseFile, { force: true });
  return measured;
}
