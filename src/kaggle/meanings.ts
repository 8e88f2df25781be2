import type { z } from 'zod';
import { acceleratorFacts } from '../domain/accelerator.ts';
import type { InputRef } from '../domain/input.ts';
import { formatKernel, type KernelRef, parseKernelRef } from '../domain/kernel.ts';
import { cleanSaid } from './http.ts';
import {
  KaggleError,
  type KernelSeen,
  type Push,
  type PushAnswer,
  type QuotaHours,
  type SessionSeen,
} from './kaggle.ts';
import type * as shapes from './shapes.ts';

const NO_SLOT = /Maximum batch \w+ session count/i;
const NO_HOURS = /Maximum weekly \w+ quota/i;
const TIME_LIMIT = /exceeded the max(?:imum)? allowed execution duration/i;

/**
 * What Kaggle's answer to a push means (source: Kaggle's own client): refusals come inside HTTP 200, dropped inputs beside a
 * version that runs without them, and the slug that counts is the one in the answered address.
 */
export function pushAnswerOf(saved: z.output<typeof shapes.Saved>, push: Push): PushAnswer {
  if (saved.error !== '') {
    const said = cleanSaid(saved.error);
    if (NO_SLOT.test(said)) return { kind: 'full', of: 'slot', said };
    return NO_HOURS.test(said) ? { kind: 'full', of: 'hours', said } : { kind: 'refused', said };
  }
  const version = saved.versionNumber ?? 0;
  if (version < 1)
    throw new KaggleError('unreadable', 'SaveKernel', { said: 'neither a version nor a reason', maybeDone: true });
  return {
    kind: 'pushed',
    pushed: {
      kernel: parseKernelRef(saved.url) ?? parsePath(saved.url) ?? parseKernelRef(saved.ref) ?? push.kernel,
      version,
      page: versionPageIn(saved.url),
      inputsDropped: [
        ...saved.invalidDatasetSources,
        ...saved.invalidCompetitionSources,
        ...saved.invalidKernelSources,
        ...saved.invalidModelSources,
      ],
    },
  };
}

/** The address of the version itself, if the answer gave more than that of the notebook, whose page is known anyway. */
const versionPageIn = (url: string): string | null =>
  /^https?:\/\/[^/]+\/code\/[^/?#]+\/[^/?#]+[/?#]./.test(url) ? url : null;

/** `…/code/owner/slug` on whatever host serves Kaggle's pages. */
function parsePath(url: string): ReturnType<typeof parseKernelRef> {
  const match = /^https?:\/\/[^?#]*\/code\/([^/?#]+\/[^/?#]+)/.exec(url);
  return match?.[1] === undefined ? null : parseKernelRef(match[1]);
}

/**
 * What a status means (source: Kaggle's own client). A missing status is QUEUED; names come in several spellings; new ones are
 * `unknown`.
 */
export function sessionOf(session: z.output<typeof shapes.Session>): SessionSeen {
  const message = session.failureMessage === '' ? null : cleanSaid(session.failureMessage);
  if (session.status === undefined || session.status === null || session.status === '') return { kind: 'queued' };
  const name = String(session.status)
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/^KERNEL_WORKER_STATUS_/i, '')
    .toUpperCase();
  switch (name) {
    case 'QUEUED':
    case 'NEW_SCRIPT':
      return { kind: 'queued' };
    case 'RUNNING':
      return { kind: 'running', stopping: false };
    case 'CANCEL_REQUESTED':
      return { kind: 'running', stopping: true };
    case 'COMPLETE':
      return { kind: 'ended', end: 'complete', message };
    case 'ERROR':
      return { kind: 'ended', end: message !== null && TIME_LIMIT.test(message) ? 'timeLimit' : 'failed', message };
    // Stopped by a person, or by a time limit: only the message tells (source: Kaggle's own client).
    case 'CANCEL_ACKNOWLEDGED':
      return { kind: 'ended', end: message !== null && TIME_LIMIT.test(message) ? 'timeLimit' : 'stopped', message };
    default:
      return { kind: 'unknown', said: cleanSaid(name).slice(0, 40) };
  }
}

const sources = (inputs: readonly InputRef[], kind: InputRef['kind']): string[] =>
  inputs.filter((one) => one.kind === kind).map(({ ref }) => ref);

/** "Save & Run All", never "Quick save", is said outright: left out it would depend on Kaggle's default. */
export function bodyOf(push: Push): object {
  const facts = acceleratorFacts(push.accelerator);
  return {
    slug: formatKernel(push.kernel),
    newTitle: push.title,
    text: push.source,
    language: push.language,
    kernelType: push.kind,
    isPrivate: !push.isPublic,
    enableGpu: facts.kind === 'gpu',
    enableTpu: facts.kind === 'tpu',
    enableInternet: push.internet,
    datasetDataSources: sources(push.inputs, 'dataset'),
    competitionDataSources: sources(push.inputs, 'competition'),
    kernelDataSources: sources(push.inputs, 'kernel'),
    modelDataSources: sources(push.inputs, 'model'),
    sessionTimeoutSeconds: push.limitMinutes * 60,
    kernelExecutionType: 'SAVE_AND_RUN_ALL',
    ...(facts.kind === 'cpu' ? {} : { machineShape: facts.id }),
  };
}

export function kernelOf(asked: KernelRef, { metadata, blob }: z.output<typeof shapes.Pulled>): KernelSeen {
  const inputs = (kind: InputRef['kind'], refs: string[]): InputRef[] => refs.map((ref) => ({ kind, ref }));
  return {
    ref: parseKernelRef(metadata.ref) ?? asked,
    title: metadata.title,
    currentVersion: metadata.currentVersionNumber ?? 0,
    source: blob.source,
    kind: blob.kernelType === 'script' ? 'script' : 'notebook',
    language: blob.language || 'python',
    isPrivate: metadata.isPrivate,
    internet: metadata.enableInternet,
    machineShape: metadata.machineShape || null,
    gpu: metadata.enableGpu,
    inputs: [
      ...inputs('dataset', metadata.datasetDataSources),
      ...inputs('competition', metadata.competitionDataSources),
      ...inputs('kernel', metadata.kernelDataSources),
      ...inputs('model', metadata.modelDataSources),
    ],
  };
}

/** `"6809.769267400s"` → hours. Null when it is no duration. */
function durationHours(said: string): number | null {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(said)?.[1];
  return seconds === undefined ? null : Number(seconds) / 3600;
}

export function hoursOf(
  said: { timeUsed: string; timeReserved: string; totalTimeAllowed: string } | null | undefined,
): QuotaHours | null {
  if (said == null) return null;
  const total = durationHours(said.totalTimeAllowed);
  return total === null
    ? null
    : { used: durationHours(said.timeUsed) ?? 0, reserved: durationHours(said.timeReserved) ?? 0, total };
}

/** Timestamps come with or without `Z` and are UTC (source: Kaggle's own client). */
export function timeOf(said: string): number | null {
  if (said === '') return null;
  const at = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(said) ? said : `${said}Z`);
  return Number.isNaN(at) ? null : at;
}
