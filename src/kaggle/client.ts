import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type KernelRef, parseKernelRef } from '../domain/kernel.ts';
import { CAPS, cleanSaid, createTransport, readBytes, type Timeouts, type Transport, USUAL_TIMEOUTS } from './http.ts';
import { inputSeen } from './input-seen.ts';
import {
  type Credential,
  type Kaggle,
  KaggleError,
  type LogEvent,
  type LogReadingOptions,
  type Quota,
} from './kaggle.ts';
import { readLogStream } from './log-stream.ts';
import { bodyOf, hoursOf, kernelOf, pushAnswerOf, sessionOf, timeOf } from './meanings.ts';
import { type Pace, strangerOf } from './pace.ts';
import { pacedTransport } from './paced.ts';
import { COMPETITIONS, DATASETS, KERNELS, OAUTH } from './services.ts';
import * as shapes from './shapes.ts';
import { readStoredLog } from './stored-log.ts';

/** Kaggle's largest page (source: Kaggle's own client). */
const PAGE = 200;
/** Load balancers cut silent streams; without a byte for this long one is dead. */
const STREAM_IDLE_MS = 200_000;
/** While a run is queued Kaggle holds the request for its log up to 60 s (its standard for `waitForLogsUrlSeconds`). */
const HELD_MS = 75_000;

/** A stored log may be large: it gets the time of so many calls, and no more, however slowly it drips. */
const STORED_LOG_CALLS = 5;

const label = (version: number): string => `v${version}`;
const owned = ({ owner, slug }: KernelRef) => ({ userName: owner, kernelSlug: slug });

/**
 * The door to Kaggle over axios.
 * @param options `apiUrl` without a slash at its end; `timeouts` in ms. One `pace` may serve several doors.
 */
export function createKaggle(options: {
  apiUrl: string;
  userAgent: string;
  clock: Clock;
  timeouts?: Timeouts;
  streamIdleMs?: number;
  /** Without it every call goes out at once. */
  pace?: { readonly pace: Pace; readonly isForPeople: boolean };
}): Kaggle {
  const plain = createTransport(options);
  const pacedFor = (payer?: typeof strangerOf): Transport =>
    options.pace === undefined ? plain : pacedTransport(plain, options.pace.pace, options.pace.isForPeople, payer);
  const transport = pacedFor();
  // Whoever enters somebody else's name with a wrong key must not use up that account's calls.
  const unproved = pacedFor(strangerOf);
  const timeouts = options.timeouts ?? USUAL_TIMEOUTS;
  const { idle } = timeouts;
  const ask = <T extends z.ZodType>(
    credential: Credential,
    method: string,
    body: object,
    shape: T,
    cap: number = CAPS.list,
  ) => askWith(transport, credential, method, body, shape, cap);

  return {
    async whoAmI(credential) {
      return credential.kind === 'token' ? whoHasToken(unproved, credential) : whoHasKey(unproved, credential);
    },

    async push(credential, push) {
      try {
        return pushAnswerOf(
          await ask(credential, `${KERNELS}/SaveKernel`, bodyOf(push), shapes.Saved, CAPS.small),
          push,
        );
      } catch (error) {
        // A refusal in Kaggle's words, such as a title in use (409) or a source that is too large (400): nothing was saved.
        // A 403 may be a matter of moments (source: public reports), so it is left to whoever asked to try again.
        if (error instanceof KaggleError && error.kind === 'rejected' && error.said !== null)
          return { kind: 'refused', said: error.said };
        throw error;
      }
    },

    async kernel(credential, kernel, version) {
      const body = { ...owned(kernel), ...(version === undefined ? {} : { versionLabel: label(version) }) };
      return kernelOf(kernel, await ask(credential, `${KERNELS}/GetKernel`, body, shapes.Pulled, CAPS.kernel));
    },

    async session(credential, kernel, version) {
      const body = { ...owned(kernel), versionLabel: label(version) };
      return sessionOf(await ask(credential, `${KERNELS}/GetKernelSessionStatus`, body, shapes.Session, CAPS.small));
    },

    async outputs(credential, kernel, version, pageToken) {
      const body = {
        ...owned(kernel),
        versionLabel: label(version),
        pageSize: PAGE,
        ...(pageToken === undefined ? {} : { pageToken }),
      };
      const seen = await ask(credential, `${KERNELS}/ListKernelSessionOutput`, body, shapes.Outputs, CAPS.outputs);
      return {
        files: seen.files.map(({ fileName, url }) => ({ name: fileName, url })),
        log: seen.log,
        nextPage: seen.nextPageToken || null,
      };
    },

    async files(credential, kernel, version, pageToken) {
      const body = {
        ...owned(kernel),
        versionLabel: label(version),
        pageSize: PAGE,
        ...(pageToken === undefined ? {} : { pageToken }),
      };
      const seen = await ask(credential, `${KERNELS}/ListKernelFiles`, body, shapes.Files);
      return { files: seen.files, nextPage: seen.nextPageToken || null };
    },

    log: (credential, kernel, version, signal, reading = {}) =>
      readLog(
        transport,
        { credential, kernel, version },
        { streamIdleMs: options.streamIdleMs ?? STREAM_IDLE_MS, ...timeouts },
        reading,
        signal,
      ),

    downloadUrl: (credential, { owner, slug }, version, name) =>
      // Here the owner has another field, and the version is a number (source: Kaggle's own client).
      transport.redirect(credential, `${KERNELS}/DownloadKernelOutput`, {
        ownerSlug: owner,
        kernelSlug: slug,
        filePath: name,
        versionNumber: version,
      }),

    async quota(credential) {
      const seen = await ask(credential, `${KERNELS}/GetAcceleratorQuotaStatistics`, {}, shapes.Quotas, CAPS.small);
      return {
        gpu: hoursOf(seen.gpuQuota),
        tpu: hoursOf(seen.tpuQuota),
        refillAt: timeOf(seen.quotaRefreshTime),
      } satisfies Quota;
    },

    async kernels(credential, search, limit) {
      const body = { group: 'PROFILE', sortBy: 'DATE_RUN', search, page: 1, pageSize: Math.min(limit, 100) };
      const seen = await ask(credential, `${KERNELS}/ListKernels`, body, shapes.KernelList);
      return seen.kernels
        .flatMap(({ ref, title, lastRunTime }) => {
          const parsed = parseKernelRef(ref);
          return parsed === null ? [] : [{ ref: parsed, title, lastRunAt: timeOf(lastRunTime) }];
        })
        .slice(0, limit);
    },

    async datasets(credential, search, limit) {
      const lists = await Promise.all(
        [{ group: 'DATASET_SELECTION_GROUP_MY' }, {}].map((group) =>
          ask(
            credential,
            `${DATASETS}/ListDatasets`,
            { ...group, search, page: 1, pageSize: limit },
            shapes.DatasetList,
          ),
        ),
      );
      const seen = new Map(
        lists
          .flatMap(({ datasets }) => datasets)
          .map(({ ref, title, totalBytes }) => [ref, { ref, title, bytes: totalBytes }] as const),
      );
      return [...seen.values()].filter(({ ref }) => ref !== '').slice(0, limit);
    },

    async competitions(credential, search, limit) {
      const seen = await ask(
        credential,
        `${COMPETITIONS}/ListCompetitions`,
        { group: 'COMPETITION_LIST_TAB_EVERYTHING', search, page: 1, pageSize: limit },
        shapes.CompetitionList,
      );
      return seen.competitions
        .map(({ ref, title, userHasEntered }) => ({
          slug: ref.slice(ref.lastIndexOf('/') + 1),
          title,
          entered: userHasEntered,
        }))
        .filter(({ slug }) => slug !== '')
        .slice(0, limit);
    },

    input: (credential, input) => inputSeen(ask, credential, input),

    async download(url, maxBytes) {
      // A file that drips must not hold up what waits behind it.
      const enough = AbortSignal.timeout(timeouts.total);
      try {
        const opened = await transport.open(null, url, {}, enough);
        return await readBytes(opened.body, maxBytes, idle, 'stop');
      } catch (error) {
        throw error instanceof KaggleError
          ? error
          : new KaggleError('unavailable', 'download', { said: 'it took too long' });
      }
    },
  };
}

async function askWith<T extends z.ZodType>(
  transport: Transport,
  credential: Credential,
  method: string,
  body: object,
  shape: T,
  cap: number,
): Promise<z.output<T>> {
  const answer = await transport.call(credential, method, body, cap);
  const parsed = shape.safeParse(answer);
  const said = failureIn(answer);
  // What a push answers there decides what becomes of it; anywhere else it stands in place of the answer.
  if (said !== null && shape !== (shapes.Saved as z.ZodType))
    throw new KaggleError('unreadable', method.slice(method.indexOf('/') + 1), { said });
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new KaggleError('unreadable', method.slice(method.indexOf('/') + 1), {
    said: `unexpected answer at ${where}`,
    maybeDone: true,
  });
}

/** Words of failure inside HTTP 200 (source: public reports); null without any. */
function failureIn({ error, errorMessage }: Record<string, unknown>): string | null {
  const said = [error, errorMessage].find((one) => typeof one === 'string' && one.trim() !== '');
  return typeof said === 'string' ? cleanSaid(said) : null;
}

/** The user name behind a token comes only from introspection (source: Kaggle's own client). */
async function whoHasToken(
  transport: Transport,
  credential: Extract<Credential, { kind: 'token' }>,
): Promise<{ user: string }> {
  const unknown = new KaggleError('unauthorized', 'IntrospectToken', { said: 'the token is not active' });
  try {
    const seen = await askWith(
      transport,
      credential,
      `${OAUTH}/IntrospectToken`,
      { token: credential.token.reveal() },
      shapes.Introspected,
      CAPS.small,
    );
    if (!seen.active || seen.username === '') throw unknown;
    return { user: seen.username.toLowerCase() };
  } catch (error) {
    // 400, 403 and 404 mean "no such token" here.
    if (error instanceof KaggleError && ['rejected', 'forbidden', 'notFound'].includes(error.kind)) throw unknown;
    throw error;
  }
}

/** Legacy keys are not introspected: whoever may list kernels with one is its user. */
async function whoHasKey(
  transport: Transport,
  credential: Extract<Credential, { kind: 'key' }>,
): Promise<{ user: string }> {
  try {
    await askWith(
      transport,
      credential,
      `${KERNELS}/ListKernels`,
      { group: 'PROFILE', page: 1, pageSize: 1 },
      shapes.KernelList,
      CAPS.list,
    );
    return { user: credential.user.toLowerCase() };
  } catch (error) {
    if (error instanceof KaggleError && error.kind === 'forbidden')
      throw new KaggleError('unauthorized', 'ListKernels', { said: error.said, status: error.status });
    throw error;
  }
}

async function* readLog(
  transport: Transport,
  { credential, kernel: { owner, slug }, version }: { credential: Credential; kernel: KernelRef; version: number },
  { streamIdleMs, idle, total }: { streamIdleMs: number } & Timeouts,
  { onBytes, whileQueued = false }: LogReadingOptions,
  signal?: AbortSignal,
): AsyncGenerator<LogEvent> {
  const path = `/kernels/logs/stream/${encodeURIComponent(owner)}/${encodeURIComponent(slug)}?versionLabel=${label(version)}`;
  const headers = { Accept: 'text/event-stream, */*' };
  const opened = await transport.open(credential, path, headers, signal, whileQueued ? HELD_MS : undefined);
  if (opened.contentType.startsWith('text/event-stream')) yield* readLogStream(opened.body, streamIdleMs, onBytes);
  else yield* inTime(readStoredLog(opened.body, idle, onBytes), opened.body, STORED_LOG_CALLS * total);
}

/** Ends a body that takes longer than that in all. */
async function* inTime(events: AsyncGenerator<LogEvent>, body: Readable, ms: number): AsyncGenerator<LogEvent> {
  const late = new KaggleError('unavailable', 'log', { said: 'it took too long' });
  const timer = setTimeout(() => body.destroy(late), ms);
  try {
    yield* events;
  } finally {
    clearTimeout(timer);
  }
}
