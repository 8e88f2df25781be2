import { parentPort, workerData } from 'node:worker_threads';
import { finishCopy } from './copy.ts';

const { copy, madeAt } = workerData as { copy: string; madeAt: number };
parentPort?.postMessage(finishCopy(copy, madeAt));
