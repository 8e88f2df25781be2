import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Ending, Execution, Executor, Job, Sink } from './executor.ts';

const Recording = z.object({
  title: z.string(),
  madeOn: z.string(),
  /** Seconds since the start. */
  chunks: z.array(z.tuple([z.number(), z.enum(['stdout', 'stderr']), z.string()])),
  files: z.array(z.object({ name: z.string().regex(/^[\w.-]+$/), base64: z.string() })),
});
export type Recording = z.infer<typeof Recording>;

/** A run that was recorded when there was a Python. */
export const readRecording = (): Recording =>
  Recording.parse(JSON.parse(readFileSync(new URL('./recording.json', import.meta.url), 'utf8')));

/** Where there is no Python: plays the recording whatever is pushed, and says so at the top of the log. */
export class RecordedExecutor implements Executor {
  readonly runsWith = 'a recorded run';
  readonly #recording: Recording;
  readonly #speed: number;

  /** @param speed 2 plays it in half of the time. */
  constructor(recording = readRecording(), speed = 1) {
    this.#recording = recording;
    this.#speed = speed;
  }

  start(job: Job, sink: Sink): Execution {
    const { title, madeOn, chunks, files } = this.#recording;
    const outputs = join(job.folder, 'sandbox', 'working');
    mkdirSync(outputs, { recursive: true });
    sink.print(
      `There is no Python on this computer, so nothing of this ${job.kernelType} is executed.\n` +
        `What follows is a recording of the sample "${title}", made on ${madeOn}.\n`,
      'stderr',
    );
    const timers: NodeJS.Timeout[] = [];
    const { promise, resolve } = Promise.withResolvers<Ending>();
    const end = (ending: Ending): void => {
      for (const timer of timers) clearTimeout(timer);
      resolve(ending);
    };
    const at = (seconds: number, happen: () => void): void => {
      timers.push(setTimeout(happen, (seconds * 1_000) / this.#speed));
    };
    for (const [seconds, stream, text] of chunks) at(seconds, () => sink.print(text, stream));
    at((chunks.at(-1)?.[0] ?? 0) + 0.2, () => {
      for (const { name, base64 } of files) {
        mkdirSync(dirname(join(outputs, name)), { recursive: true });
        writeFileSync(join(outputs, name), Buffer.from(base64, 'base64'));
      }
      end({ kind: 'complete' });
    });
    at(job.limitSeconds, () => end({ kind: 'timeLimit' }));
    return { ended: promise, outputs, stop: () => end({ kind: 'stopped' }) };
  }
}
