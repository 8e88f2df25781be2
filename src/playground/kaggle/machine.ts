import { flagOf, textOf } from './answer.ts';
import type { Machine } from './types.ts';

/** Taken off by Kaggle about 2026-09-14: accepted and run on a replacement (source: public reports). */
const RETIRED: ReadonlyMap<string, string> = new Map([
  ['NvidiaTeslaP100', 'NvidiaTeslaT4'],
  ['TpuV38', 'TpuV5E8'],
  ['Tpu1VmV38', 'TpuV5E8'],
  ['TpuV232', 'TpuV5E8'],
  ['TpuV2256', 'TpuV5E8'],
]);

/** The machine a push asks for: its kind, and the shape Kaggle later says it ran on (empty for a CPU). */
export function machineOf(body: Readonly<Record<string, unknown>>): { machine: Machine; shape: string } {
  const asked = textOf(body, 'machineShape');
  const shape = RETIRED.get(asked) ?? asked;
  if (/^tpu/i.test(shape)) return { machine: 'tpu', shape };
  if (/^(?:nvidia|gpu)/i.test(shape)) return { machine: 'gpu', shape };
  if (flagOf(body, 'enableTpu') === true) return { machine: 'tpu', shape: 'TpuV5E8' };
  if (flagOf(body, 'enableGpu') === true) return { machine: 'gpu', shape: 'NvidiaTeslaT4' };
  return { machine: 'cpu', shape: '' };
}

/** Kaggle's ceilings for one session, in seconds (source: public reports). */
export const SESSION_CEILING: Readonly<Record<Machine, number>> = { cpu: 43_200, gpu: 43_200, tpu: 32_400 };
