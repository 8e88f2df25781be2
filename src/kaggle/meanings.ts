import type { z } from 'zod';
import { parseKernelRef } from '../domain/kernel.ts';
import { cleanSaid } from './http.ts';
import { KaggleError, type Push, type PushAnswer, type SessionSeen } from './kaggle.ts';
import type { Saved, Session } from './shapes.ts';

const NO_SLOT = /Maximum batch \w+ session count/i;
const NO_HOURS = /Maximum weekly \w+ quota/i;
const TIME_LIMIT = /exceeded the max(?:imum)? allowed execution duration/i;

/**
 * What Kaggle's answer to a push means (kaggle-api.md 5.2): refusals come inside HTTP 200, dropped inputs beside a version
 * that runs without them, and the slug that counts is the one in the answered address.
 */
export function pushAnswerOf(saved: z.output<typeof Saved>, push: Push): PushAnswer {
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
      kernel: parseKernelRef(saved.url) ?? parsePath(saved.url) ?? push.kernel,
      version,
      page: /^https?:\/\//.test(saved.url) ? saved.url : null,
      inputsDropped: [
        ...saved.invalidDatasetSources,
        ...saved.invalidCompetitionSources,
        ...saved.invalidKernelSources,
        ...saved.invalidModelSources,
      ],
    },
  };
}

/** `…/code/owner/slug` on whatever host serves Kaggle's pages. */
function parsePath(url: string): ReturnType<typeof parseKernelRef> {
  const match = /^https?:\/\/[^/]+\/code\/([^/?#]+\/[^/?#]+)/.exec(url);
  return match?.[1] === undefined ? null : parseKernelRef(match[1]);
}

/** What a status means (kaggle-api.md 6.1). A missing status is QUEUED; names come in several spellings; new ones are `unknown`. */
export function sessionOf(session: z.output<typeof Session>): SessionSeen {
  const message = session.failureMessage === '' ? null : cleanSaid(session.failureMessage);
  if (session.status === undefined || session.status === null || session.status === '') return { kind: 'queued' };
  const name = String(session.status)
    .replace(/^KERNEL_WORKER_STATUS_/i, '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
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
    // Stopped by a person, or by a time limit: only the message tells (kaggle-api.md 6.1).
    case 'CANCEL_ACKNOWLEDGED':
      return { kind: 'ended', end: message !== null && TIME_LIMIT.test(message) ? 'timeLimit' : 'stopped', message };
    default:
      return { kind: 'unknown', said: cleanSaid(name).slice(0, 40) };
  }
}
