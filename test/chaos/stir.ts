import type { BadAnswer, Fault as KaggleFault } from '../../src/playground/kaggle/emulator.ts';
import type { ChaosWorld } from './world.ts';

/** Real ms between two faults, on average. */
const EACH_MS = 250;

const METHODS = [
  'SaveKernel',
  'GetKernel',
  'GetKernelSessionStatus',
  'ListKernelSessionOutput',
  'ListKernelFiles',
  'GetAcceleratorQuotaStatistics',
  'Storage',
] as const;

const ROUTES = [
  'createMessage',
  'createMessage',
  'editMessage',
  'callback',
  'editAnswer',
  'listMessages',
  'openDirect',
] as const;

/** Gives both platforms faults now and then, as they come in life. @returns what ends it. */
export function stir(world: ChaosWorld, random: () => number): () => void {
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const seconds = (most: number): number => Math.round(1 + random() * (most - 1));

  const answer = (): BadAnswer =>
    one<() => BadAnswer>([
      () => ({ kind: 'reset' }),
      () => ({ kind: 'error', status: one([500, 502, 503, 504]), body: one(['A', 'B', 'html', 'empty']) }),
      () => ({ kind: 'html', status: one([200, 503]) }),
    ])();
  const kaggleFault = (isPush: boolean): KaggleFault =>
    one<() => KaggleFault>([
      () => ({ when: 'before', answer: answer() }),
      () => ({ when: 'before', answer: { kind: 'limited', retryAfter: { seconds: seconds(20) } } }),
      () => ({ when: 'before', answer: { kind: 'limited' } }),
      () => ({ when: 'after', answer: answer() }),
      () => ({ when: 'after', answer: { kind: one(['truncated', 'cutBody']) } }),
      // Only a push changes anything, so only a push can land late.
      ...(isPush ? [() => ({ when: 'late', seconds: seconds(45), answer: answer() }) as const] : []),
    ])();

  const happen = (): void => {
    const { kaggle, discord } = world;
    const where = random();
    if (where < 0.5) {
      const method = one(METHODS);
      kaggle.faults.next(method, kaggleFault(method === 'SaveKernel'));
    } else if (where < 0.6) {
      const how = one(['cut', 'noEnd'] as const);
      kaggle.faults.next(
        'GetKernelSessionLogsStream',
        how === 'cut' ? { when: 'stream', how, afterEvents: seconds(3) - 1 } : { when: 'stream', how },
      );
    } else if (where < 0.65) kaggle.faults.next('GetKernelSessionStatus', { when: 'status', says: { stale: true } });
    else if (where < 0.92) {
      const when = one(['before', 'after'] as const);
      discord.faults.next(
        one(ROUTES),
        one([
          { kind: 'reset', when },
          { kind: 'status', status: one([500, 502, 503, 504] as const), when },
          { kind: 'limited', scope: 'user', retryAfterMs: 300 },
        ]),
      );
    } else if (where < 0.96) discord.gateway.drop(random() < 0.5);
    else if (where < 0.98) discord.gateway.duplicateNext('INTERACTION_CREATE');
    else discord.gateway.invalidate();
  };

  const timer = setInterval(() => random() < 0.5 && happen(), EACH_MS / 2);
  return () => {
    clearInterval(timer);
    world.kaggle.faults.clear();
    world.discord.faults.clear();
  };
}
