import { createKaggle } from '../../src/kaggle/client.ts';
import { type Credential, type Kaggle, KaggleError, type Push } from '../../src/kaggle/kaggle.ts';
import { type KaggleEmulator, startKaggleEmulator } from '../../src/playground/kaggle/emulator.ts';
import { Secret } from '../../src/secret.ts';
import { HandClock } from '../hand-clock.ts';

export const TOKEN = 'KGAT_canary0123456789';
export const mara: Credential = { kind: 'token', token: new Secret(TOKEN) };
export const kernel = { owner: 'mara-k', slug: 'leaf-disease' };

export type KaggleDoor = AsyncDisposable & {
  readonly clock: HandClock;
  readonly emulator: KaggleEmulator;
  readonly kaggle: Kaggle;
};

/** The real door before the emulated Kaggle, with an account of Mara and one of Jun; short waits, so that tests are quick. */
export async function openDoor(timeouts = { header: 250, idle: 250, total: 1000 }): Promise<KaggleDoor> {
  const clock = new HandClock();
  const emulator = await startKaggleEmulator({ clock });
  emulator.addAccount({ user: 'mara-k', token: TOKEN, key: '0'.repeat(32) });
  emulator.addAccount({ user: 'jun', token: 'KGAT_jun' });
  const kaggle = createKaggle({
    apiUrl: emulator.apiUrl,
    userAgent: 'Nightshift/test',
    clock,
    timeouts,
    streamIdleMs: 250,
  });
  return { clock, emulator, kaggle, [Symbol.asyncDispose]: () => emulator.close() };
}

export const push = (over: Partial<Push> = {}): Push => ({
  kernel,
  title: 'Leaf disease',
  source: '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":4}',
  kind: 'notebook',
  language: 'python',
  accelerator: 'NvidiaTeslaT4',
  inputs: [],
  internet: false,
  isPublic: false,
  limitMinutes: 540,
  ...over,
});

/** @throws Error when it succeeds. */
export async function failure(work: Promise<unknown>): Promise<KaggleError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof KaggleError) return error;
    throw error;
  }
  throw new Error('it succeeded');
}
