import {
  denied,
  duration,
  flagOf,
  json,
  listOf,
  notFound,
  numberOf,
  pageOf,
  type Reply,
  textOf,
  timestamp,
} from './answer.ts';
import { type Call, signedIn } from './call.ts';
import { findKernel, findVersion } from './find-version.ts';
import { type Account, type Kernel, weekOf } from './site.ts';
import type { OutputTruth } from './types.ts';
import { storedLog, type Version } from './version.ts';

const asked = (call: Call): { kernel: Kernel; version: Version } => {
  const kernel = findKernel(call, textOf(call.body, 'userName'), textOf(call.body, 'kernelSlug'));
  return { kernel, version: findVersion(kernel, textOf(call.body, 'versionLabel')) };
};

/** ApiKernelMetadata. Settings are the version's own; the title, the privacy and the newest version are the kernel's. */
function metadata(kernel: Kernel, version: Version): object {
  const { settings, machine } = version.born;
  const shape = textOf(settings, 'machineShape');
  return {
    id: kernel.id,
    ref: `${kernel.owner}/${kernel.slug}`,
    title: kernel.title,
    author: kernel.owner,
    slug: kernel.slug,
    lastRunTime: timestamp(version.born.pushedAt),
    language: kernel.language,
    kernelType: kernel.kernelType,
    isPrivate: kernel.isPrivate,
    enableGpu: machine === 'gpu',
    enableTpu: machine === 'tpu',
    enableInternet: flagOf(settings, 'enableInternet') ?? false,
    categoryIds: listOf(settings, 'categoryIds'),
    datasetDataSources: version.born.attached.datasets,
    kernelDataSources: version.born.attached.kernels,
    competitionDataSources: version.born.attached.competitions,
    modelDataSources: version.born.attached.models,
    totalVotes: 0,
    currentVersionNumber: kernel.versions.length,
    currentVersionNumberNullable: kernel.versions.length,
    hasCurrentVersionNumber: true,
    dockerImage: '',
    machineShape: shape,
    machineShapeNullable: shape === '' ? null : shape,
    hasMachineShape: shape !== '',
  };
}

export function getKernel(call: Call): Reply {
  const { kernel, version } = asked(call);
  return json({
    metadata: metadata(kernel, version),
    blob: {
      source: version.born.source,
      sourceNullable: version.born.source,
      hasSource: true,
      language: textOf(version.born.settings, 'language') || kernel.language,
      kernelType: kernel.kernelType,
      slug: kernel.slug,
    },
  });
}

const newestFirst = (a: Kernel, b: Kernel): number =>
  (b.versions.at(-1)?.born.pushedAt ?? 0) - (a.versions.at(-1)?.born.pushedAt ?? 0) || b.id - a.id;

/** How many kernels a listing reaches at most (source: Kaggle's own client). */
const LISTED_MAX = 1_000;

export function listKernels(call: Call): Reply {
  const account = signedIn(call);
  const { body, site } = call;
  const group = textOf(body, 'group');
  const user = textOf(body, 'user');
  const search = textOf(body, 'search').toLowerCase();
  const type = textOf(body, 'kernelType');
  const language = textOf(body, 'language');
  const mineOnly = group === 'PROFILE' || group === 'COLLABORATION';
  const found = [...site.kernels.values()]
    .filter((one) => one.versions.length > 0)
    .filter((one) => call.at >= one.createdAt + site.rules.visibilityLagSeconds * 1_000)
    .filter((one) => one.owner === account.user || (!one.isPrivate && !mineOnly))
    // Without a group of one's own, private kernels are left out, as on the site.
    .filter((one) => mineOnly || user === account.user || group === 'PUBLIC_AND_USERS_PRIVATE' || !one.isPrivate)
    .filter((one) => user === '' || one.owner === user)
    .filter((one) => type === '' || type === 'all' || one.kernelType === type)
    .filter((one) => language === '' || language === 'all' || one.language === language)
    .filter((one) => search === '' || one.title.toLowerCase().includes(search) || one.slug.includes(search))
    .sort(newestFirst)
    .slice(0, LISTED_MAX);
  const page = pageOf(found, {
    size: numberOf(body, 'pageSize'),
    token: textOf(body, 'pageToken'),
    page: numberOf(body, 'page'),
    standard: 20,
    max: 100,
    what: 'kernels',
  });
  const kernels = page.items.flatMap((kernel) => {
    const newest = kernel.versions.at(-1);
    return newest === undefined ? [] : [metadata(kernel, newest)];
  });
  return json({ kernels, nextPageToken: page.nextPageToken });
}

export function getKernelSessionStatus(call: Call): Reply {
  const { version } = asked(call);
  const message = version.failureMessage;
  const isDefault = version.state === 'QUEUED' && call.site.rules.omitsDefaults;
  return json({
    ...(isDefault ? {} : { status: version.state }),
    failureMessageNullable: message,
    hasFailureMessage: message !== null,
    ...(message === null ? (call.site.rules.omitsDefaults ? {} : { failureMessage: '' }) : { failureMessage: message }),
  });
}

/** The files a version shows: those of a session that is over; of a failed one only where Kaggle keeps them (12.25). */
export function shownFiles(call: Pick<Call, 'site'>, version: Version): OutputTruth[] {
  if (!version.isOver) return [];
  if (version.state !== 'COMPLETE' && !call.site.rules.keepsOutputsOfFailed) return [];
  return [...version.files.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function listKernelFiles(call: Call): Reply {
  const { version } = asked(call);
  const page = pageOf(shownFiles(call, version), {
    size: numberOf(call.body, 'pageSize'),
    token: textOf(call.body, 'pageToken'),
    standard: 20,
    max: 200,
    what: `files-${version.blobId}`,
  });
  return json({
    files: page.items.map(({ name, size, createdAt }) => ({ name, size, creationDate: timestamp(createdAt) })),
    nextPageToken: page.nextPageToken,
    nextPageTokenNullable: page.nextPageToken === '' ? null : page.nextPageToken,
    hasNextPageToken: page.nextPageToken !== '',
  });
}

export function listKernelSessionOutput(call: Call): Reply {
  const { version } = asked(call);
  const page = pageOf(shownFiles(call, version), {
    size: numberOf(call.body, 'pageSize'),
    token: textOf(call.body, 'pageToken'),
    standard: 20,
    max: 200,
    what: `output-${version.blobId}`,
  });
  const log = version.isOver ? storedLog(version.log) : '';
  return json({
    files: page.items.map(({ name }) => {
      const url = call.storage.sign(version, name, call.at);
      return { url, urlNullable: url, hasUrl: true, fileName: name, fileNameNullable: name, hasFileName: true };
    }),
    log,
    logNullable: log === '' ? null : log,
    hasLog: log !== '',
    nextPageToken: page.nextPageToken,
    nextPageTokenNullable: page.nextPageToken === '' ? null : page.nextPageToken,
    hasNextPageToken: page.nextPageToken !== '',
  });
}

/** 302 to a signed address. Takes `ownerSlug`, not `userName`, and a number, not a label (source: Kaggle's own client). */
export function downloadKernelOutput(call: Call): Reply {
  const kernel = findKernel(call, textOf(call.body, 'ownerSlug'), textOf(call.body, 'kernelSlug'));
  const number = numberOf(call.body, 'versionNumber');
  const version = findVersion(kernel, number === null ? '' : `v${number}`);
  const files = shownFiles(call, version);
  const path = textOf(call.body, 'filePath');
  const file = path === '' && files.length === 1 ? files[0] : files.find((one) => one.name === path);
  if (file === undefined) throw notFound();
  return { status: 302, headers: { Location: call.storage.sign(version, file.name, call.at) }, body: '' };
}

/** The id is one that no call gives out, so this is 403 for everybody who did not look into the server (7.1). */
export function cancelKernelSession(call: Call): Reply {
  const account = signedIn(call);
  const id = numberOf(call.body, 'kernelSessionId');
  const session = call.site.sessions(account.user).find((one) => one.born.sessionId === id && !one.isOver);
  if (session === undefined) throw denied('kernelSessions.cancel');
  session.requestCancel();
  return json({ errorMessage: null, errorMessageNullable: null, hasErrorMessage: false });
}

export function deleteKernel(call: Call): Reply {
  const account = signedIn(call);
  const kernel = findKernel(call, textOf(call.body, 'userName'), textOf(call.body, 'kernelSlug'));
  if (kernel.owner !== account.user) throw denied('kernels.delete');
  call.site.kernels.delete(`${kernel.owner}/${kernel.slug}`);
  for (const version of kernel.versions) if (!version.isOver) version.requestCancel();
  call.site.forget(kernel);
  return json({ errorMessage: null, errorMessageNullable: null, hasErrorMessage: false });
}

export function getAcceleratorQuotaStatistics(call: Call): Reply {
  const account = signedIn(call);
  return json({
    quotaRefreshTime: timestamp(weekOf(call.at).to),
    gpuQuota: quota(call, account, 'gpu'),
    tpuQuota: quota(call, account, 'tpu'),
  });
}

function quota(call: Call, account: Account, machine: 'gpu' | 'tpu'): object {
  const { usedMs, reservedMs, totalMs } = call.site.accelerator(account, machine);
  return {
    timeUsed: duration(usedMs),
    timeReserved: duration(reservedMs),
    totalTimeAllowed: duration(totalMs),
    minimumTimeAllowed: duration(totalMs),
    isPayToScaleEnabled: false,
    hasEverRun: call.site.sessions(account.user).some((one) => one.born.machine === machine && one.startedAt !== null),
  };
}
