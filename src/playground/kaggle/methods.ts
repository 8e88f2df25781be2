import type { Reply } from './answer.ts';
import { json, textOf, timestamp } from './answer.ts';
import type { Call } from './call.ts';
import * as catalog from './read-catalog.ts';
import * as kernels from './read-kernels.ts';

/** As Kaggle's own client expects it. Unknown and revoked tokens are inactive, not 401. */
function introspectToken(call: Call): Reply {
  const account = call.site.byToken(textOf(call.body, 'token'));
  if (account === null) return json({ active: false });
  return json({
    active: true,
    clientId: '',
    username: account.user,
    usernameNullable: account.user,
    userId: account.userId,
    hasUserId: true,
    scope: 'resources.admin:*',
    exp: Math.floor(call.at / 1_000) + 365 * 24 * 3_600,
    issuedAt: timestamp(call.at),
  });
}

const KERNELS = 'kernels.KernelsApiService';
const DATASETS = 'datasets.DatasetApiService';
const COMPETITIONS = 'competitions.CompetitionApiService';
const MODELS = 'models.ModelApiService';

/** Every method with its service. SaveKernel and the log stream have their own ways and stand in `server.ts`. */
export const METHODS = {
  IntrospectToken: { service: 'security.OAuthService', run: introspectToken },
  GetKernel: { service: KERNELS, run: kernels.getKernel },
  ListKernels: { service: KERNELS, run: kernels.listKernels },
  ListKernelFiles: { service: KERNELS, run: kernels.listKernelFiles },
  GetKernelSessionStatus: { service: KERNELS, run: kernels.getKernelSessionStatus },
  ListKernelSessionOutput: { service: KERNELS, run: kernels.listKernelSessionOutput },
  DownloadKernelOutput: { service: KERNELS, run: kernels.downloadKernelOutput },
  CancelKernelSession: { service: KERNELS, run: kernels.cancelKernelSession },
  DeleteKernel: { service: KERNELS, run: kernels.deleteKernel },
  GetAcceleratorQuotaStatistics: { service: KERNELS, run: kernels.getAcceleratorQuotaStatistics },
  ListDatasets: { service: DATASETS, run: catalog.listDatasets },
  GetDataset: { service: DATASETS, run: catalog.getDataset },
  GetDatasetStatus: { service: DATASETS, run: catalog.getDatasetStatus },
  ListDatasetFiles: { service: DATASETS, run: catalog.listDatasetFiles },
  DownloadDataset: { service: DATASETS, run: catalog.downloadDataset },
  ListCompetitions: { service: COMPETITIONS, run: catalog.listCompetitions },
  GetCompetition: { service: COMPETITIONS, run: catalog.getCompetition },
  ListDataFiles: { service: COMPETITIONS, run: catalog.listDataFiles },
  DownloadDataFile: { service: COMPETITIONS, run: catalog.downloadDataFile },
  ListModels: { service: MODELS, run: catalog.listModels },
  GetModel: { service: MODELS, run: catalog.getModel },
  GetModelInstance: { service: MODELS, run: catalog.getModelInstance },
  ListModelInstanceVersionFiles: { service: MODELS, run: catalog.listModelInstanceVersionFiles },
} as const satisfies Record<string, { service: string; run: (call: Call) => Reply }>;

export type PlainMethod = keyof typeof METHODS;
export type Method = PlainMethod | 'SaveKernel' | 'GetKernelSessionLogsStream' | 'Storage';

export const serviceOf = (method: Method): string =>
  method === 'Storage' ? 'storage' : method in METHODS ? METHODS[method as PlainMethod].service : KERNELS;

/** The REST path under `/api/v1` that means a method, with its path parts as fields (source: Kaggle's own client). */
export const ALIASES: readonly { verb: 'GET' | 'POST'; path: RegExp; method: PlainMethod | 'SaveKernel' }[] = [
  { verb: 'POST', path: /^\/oauth2\/introspect$/, method: 'IntrospectToken' },
  { verb: 'GET', path: /^\/kernels\/list$/, method: 'ListKernels' },
  { verb: 'POST', path: /^\/kernels\/push$/, method: 'SaveKernel' },
  { verb: 'GET', path: /^\/kernels\/pull$/, method: 'GetKernel' },
  { verb: 'GET', path: /^\/kernels\/files$/, method: 'ListKernelFiles' },
  { verb: 'GET', path: /^\/kernels\/status$/, method: 'GetKernelSessionStatus' },
  { verb: 'GET', path: /^\/kernels\/output$/, method: 'ListKernelSessionOutput' },
  {
    verb: 'GET',
    path: /^\/kernels\/output\/download\/(?<ownerSlug>[^/]+)\/(?<kernelSlug>[^/]+)(?:\/(?<filePath>.+))?$/,
    method: 'DownloadKernelOutput',
  },
  { verb: 'GET', path: /^\/kernels\/quota$/, method: 'GetAcceleratorQuotaStatistics' },
  { verb: 'GET', path: /^\/datasets\/list$/, method: 'ListDatasets' },
  { verb: 'GET', path: /^\/datasets\/list\/(?<ownerSlug>[^/]+)\/(?<datasetSlug>[^/]+)$/, method: 'ListDatasetFiles' },
  { verb: 'GET', path: /^\/datasets\/view\/(?<ownerSlug>[^/]+)\/(?<datasetSlug>[^/]+)$/, method: 'GetDataset' },
  { verb: 'GET', path: /^\/datasets\/status\/(?<ownerSlug>[^/]+)\/(?<datasetSlug>[^/]+)$/, method: 'GetDatasetStatus' },
  {
    verb: 'GET',
    path: /^\/datasets\/download\/(?<ownerSlug>[^/]+)\/(?<datasetSlug>[^/]+)(?:\/(?<fileName>.+))?$/,
    method: 'DownloadDataset',
  },
  { verb: 'GET', path: /^\/competitions\/list$/, method: 'ListCompetitions' },
  { verb: 'GET', path: /^\/competitions\/get\/(?<competitionName>[^/]+)$/, method: 'GetCompetition' },
  { verb: 'GET', path: /^\/competitions\/data\/list\/(?<competitionName>[^/]+)$/, method: 'ListDataFiles' },
  {
    verb: 'GET',
    path: /^\/competitions\/data\/download\/(?<competitionName>[^/]+)\/(?<fileName>.+)$/,
    method: 'DownloadDataFile',
  },
  { verb: 'GET', path: /^\/models\/list$/, method: 'ListModels' },
  { verb: 'GET', path: /^\/models\/(?<ownerSlug>[^/]+)\/(?<modelSlug>[^/]+)\/get$/, method: 'GetModel' },
  {
    verb: 'GET',
    path: /^\/models\/(?<ownerSlug>[^/]+)\/(?<modelSlug>[^/]+)\/(?<framework>[^/]+)\/(?<instanceSlug>[^/]+)\/get$/,
    method: 'GetModelInstance',
  },
];
