import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import { ACCELERATORS, acceleratorFacts } from '../domain/accelerator.ts';
import type { InputRef } from '../domain/input.ts';
import { formatKernel, type KernelRef, parseKernelRef } from '../domain/kernel.ts';
import { CAPS, createTransport, readBytes, readText, type Timeouts, type Transport, USUAL_TIMEOUTS } from './http.ts';
import {
  type Credential,
  type Kaggle,
  KaggleError,
  type KernelSeen,
  type LogEvent,
  type Push,
  type Quota,
  type QuotaHours,
} from './kaggle.ts';
import { readLogStream, storedLog } from './log-stream.ts';
import { pushAnswerOf, sessionOf } from './meanings.ts';
import * as shapes from './shapes.ts';

const KERNELS = 'kernels.KernelsApiService';
const DATASETS = 'datasets.DatasetApiService';
const COMPETITIONS = 'competitions.CompetitionApiService';
const MODELS = 'models.ModelApiService';
const OAUTH = 'security.OAuthService';

/** Kaggle's largest page (kaggle-api.md 6.2). */
const PAGE = 200;
/** Load balancers cut silent streams; without a byte for this long one is dead (reliability.md 1.5). */
const STREAM_IDLE_MS = 200_000;

const label = (version: number): string => `v${version}`;
const owned = ({ owner, slug }: KernelRef) => ({ userName: owner, kernelSlug: slug });
const sources = (inputs: readonly InputRef[], kind: InputRef['kind']): string[] =>
  inputs.filter((one) => one.kind === kind).map(({ ref }) => ref);

/**
 * The door to Kaggle over axios.
 * @param options `apiUrl` without a slash at its end; `timeouts` in ms.
 */
export function createKaggle(options: {
  apiUrl: string;
  userAgent: string;
  clock: Clock;
  timeouts?: Timeouts;
  streamIdleMs?: number;
}): Kaggle {
  const transport = createTransport(options);
  const idle = (options.timeouts ?? USUAL_TIMEOUTS).idle;
  const ask = <T extends z.ZodType>(
    credential: Credential,
    method: string,
    body: object,
    shape: T,
    cap: number = CAPS.list,
  ) => askWith(transport, credential, method, body, shape, cap);

  return {
    async whoAmI(credential) {
      return credential.kind === 'token' ? whoHasToken(transport, credential) : whoHasKey(transport, credential);
    },

    async push(credential, push) {
      try {
        return pushAnswerOf(
          await ask(credential, `${KERNELS}/SaveKernel`, bodyOf(push), shapes.Saved, CAPS.small),
          push,
        );
      } catch (error) {
        // A refusal in Kaggle's words, such as a title in use (409) or a source that is too large (400): nothing was saved.
        if (
          error instanceof KaggleError &&
          (error.kind === 'rejected' || error.kind === 'forbidden') &&
          error.said !== null
        ) {
          return { kind: 'refused', said: error.said };
        }
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

    log: (credential, kernel, version, signal) =>
      readLog(transport, credential, kernel, version, options.streamIdleMs ?? STREAM_IDLE_MS, idle, signal),

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
      const opened = await transport.open(null, url, {});
      return readBytes(opened.body, maxBytes, idle, 'stop');
    },
  };
}

type Ask = <T extends z.ZodType>(
  credential: Credential,
  method: string,
  body: object,
  shape: T,
  cap?: number,
) => Promise<z.output<T>>;

async function askWith<T extends z.ZodType>(
  transport: Transport,
  credential: Credential,
  method: string,
  body: object,
  shape: T,
  cap: number,
): Promise<z.output<T>> {
  const parsed = shape.safeParse(await transport.call(credential, method, body, cap));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new KaggleError('unreadable', method.slice(method.indexOf('/') + 1), {
    said: `unexpected answer at ${where}`,
    maybeDone: true,
  });
}

/** The user name behind a token comes only from introspection (kaggle-api.md 2.1). */
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

/** "Save & Run All", never "Quick save", is said outright: left out it would depend on Kaggle's default. */
function bodyOf(push: Push): object {
  const facts = ACCELERATORS.some(({ id }) => id === push.accelerator)
    ? acceleratorFacts(push.accelerator as Parameters<typeof acceleratorFacts>[0])
    : null;
  return {
    slug: formatKernel(push.kernel),
    newTitle: push.title,
    text: push.source,
    language: push.language,
    kernelType: push.kind,
    isPrivate: !push.isPublic,
    enableGpu: facts?.kind === 'gpu',
    enableTpu: facts?.kind === 'tpu',
    enableInternet: push.internet,
    datasetDataSources: sources(push.inputs, 'dataset'),
    competitionDataSources: sources(push.inputs, 'competition'),
    kernelDataSources: sources(push.inputs, 'kernel'),
    modelDataSources: sources(push.inputs, 'model'),
    sessionTimeoutSeconds: push.limitMinutes * 60,
    kernelExecutionType: 'SAVE_AND_RUN_ALL',
    ...(facts === null || facts.kind === 'cpu' ? {} : { machineShape: facts.id }),
  };
}

function kernelOf(asked: KernelRef, { metadata, blob }: z.output<typeof shapes.Pulled>): KernelSeen {
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

async function* readLog(
  transport: Transport,
  credential: Credential,
  { owner, slug }: KernelRef,
  version: number,
  streamIdleMs: number,
  idleMs: number,
  signal?: AbortSignal,
): AsyncGenerator<LogEvent> {
  const path = `/kernels/logs/stream/${encodeURIComponent(owner)}/${encodeURIComponent(slug)}?versionLabel=${label(version)}`;
  const opened = await transport.open(credential, path, { Accept: 'text/event-stream, */*' }, signal);
  if (opened.contentType.startsWith('text/event-stream')) yield* readLogStream(opened.body, streamIdleMs);
  else yield* storedLog(await readText(opened.body, CAPS.outputs, idleMs));
}

async function inputSeen(ask: Ask, credential: Credential, { kind, ref }: InputRef): ReturnType<Kaggle['input']> {
  try {
    const [owner = '', slug = ''] = ref.split('/');
    switch (kind) {
      case 'dataset': {
        const { status } = await ask(
          credential,
          `${DATASETS}/GetDatasetStatus`,
          { ownerSlug: owner, datasetSlug: slug },
          shapes.DatasetState,
          CAPS.small,
        );
        const state = status.toUpperCase().replace(/^.*STATUS_/, '') || 'NOT_YET_PERSISTED';
        if (state === 'READY') return { kind: 'ready' };
        return state === 'DELETED'
          ? { kind: 'missing' }
          : {
              kind: 'notReady',
              said: state === 'FAILED' ? 'Kaggle could not process it' : 'Kaggle is still processing it',
            };
      }
      case 'competition': {
        const { userHasEntered } = await ask(
          credential,
          `${COMPETITIONS}/GetCompetition`,
          { competitionName: ref },
          shapes.Competition,
        );
        return userHasEntered
          ? { kind: 'ready' }
          : { kind: 'notReady', said: 'you have not joined this competition, or not accepted its rules' };
      }
      case 'kernel':
        await ask(
          credential,
          `${KERNELS}/GetKernel`,
          { userName: owner, kernelSlug: slug },
          shapes.Pulled,
          CAPS.kernel,
        );
        return { kind: 'ready' };
      case 'model':
        await ask(credential, `${MODELS}/GetModel`, { ownerSlug: owner, modelSlug: slug }, shapes.Anything);
        return { kind: 'ready' };
    }
  } catch (error) {
    // Kaggle answers 403 for what does not exist, so that names cannot be probed (kaggle-api.md 3.3).
    if (
      error instanceof KaggleError &&
      (error.kind === 'forbidden' || error.kind === 'notFound' || error.kind === 'rejected')
    )
      return { kind: 'missing' };
    throw error;
  }
}

/** `"6809.769267400s"` → hours. Null when it is no duration. */
function durationHours(said: string): number | null {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(said)?.[1];
  return seconds === undefined ? null : Number(seconds) / 3600;
}

function hoursOf(
  said: { timeUsed: string; timeReserved: string; totalTimeAllowed: string } | null | undefined,
): QuotaHours | null {
  if (said == null) return null;
  const total = durationHours(said.totalTimeAllowed);
  return total === null
    ? null
    : { used: durationHours(said.timeUsed) ?? 0, reserved: durationHours(said.timeReserved) ?? 0, total };
}

/** Timestamps come with or without `Z` and are UTC (kaggle-api.md 4). */
function timeOf(said: string): number | null {
  if (said === '') return null;
  const at = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(said) ? said : `${said}Z`);
  return Number.isNaN(at) ? null : at;
}
