import type { Plan } from '../../src/playground/kaggle/emulator.ts';
import { notebook } from '../notebooks.ts';

/** One `/commit`, and what Kaggle makes of it. */
export type Order = {
  /** The notebook's name: gives the kernel its address. */
  readonly name: string;
  readonly who: 'mara' | 'jun';
  readonly where: 'training' | 'lab' | 'direct';
  readonly ends: 'complete' | 'fails';
  /** Of the clock of the emulated Kaggle. */
  readonly seconds: number;
  /** Whether it prints numbers, which make a picture: drawing one takes longer than everything else. */
  readonly progress?: boolean;
};

export const EVERYDAY: readonly Order[] = [
  { name: 'leaf-disease', who: 'mara', where: 'training', ends: 'complete', seconds: 40 },
  { name: 'wheat-heads', who: 'mara', where: 'training', ends: 'complete', seconds: 60 },
  // Kaggle runs two of an account at once: this one waits for a slot.
  { name: 'rust-count', who: 'mara', where: 'direct', ends: 'complete', seconds: 20, progress: true },
  { name: 'cell-walls', who: 'jun', where: 'lab', ends: 'fails', seconds: 30 },
];

export const ONE_RUN: readonly Order[] = [
  { name: 'leaf-disease', who: 'mara', where: 'training', ends: 'complete', seconds: 10 },
];

export const fileOf = ({ name }: Order): { name: string; bytes: Buffer } => ({
  name: `${name}.ipynb`,
  bytes: notebook('import torch', `print("training ${name}")`),
});

/** What only that version leaves behind and its report has to name: a file, or the words of its error. */
export const signOf = ({ name, ends }: Pick<Order, 'name' | 'ends'>, version: number): string =>
  ends === 'complete' ? `${name}-v${version}.pt` : `${name} broke in version ${version}`;

export function planOf(order: Order, version: number): Plan {
  const { name, ends, seconds, progress = false } = order;
  const sign = signOf(order, version);
  return {
    queueSeconds: 3,
    seconds,
    prints: [
      { at: 1, text: `training ${name}\n` },
      ...(progress ? [{ at: seconds / 2, text: 'epoch 1/2 val_acc: 0.81\nepoch 2/2 val_acc: 0.9\n' }] : []),
    ],
    ...(ends === 'complete'
      ? {
          writes: [
            { name: sign, content: 1_000 },
            { name: 'submission.csv', content: 'id,y\n1,0.5\n2,0.25\n' },
          ],
        }
      : {
          end: {
            fail: null,
            log: `Traceback (most recent call last):\n  File "<ipython-input-2>", line 1, in <module>\nValueError: ${sign}\n`,
          },
        }),
  };
}
