import { denied, json, notFound, numberOf, pageOf, type Reply, textOf, timestamp } from './answer.ts';
import { type Call, signedIn } from './call.ts';
import { type Competition, type Dataset, type Model, type StoredFile, sameFramework } from './catalog.ts';

const total = (files: readonly StoredFile[]): number => files.reduce((sum, one) => sum + one.bytes.byteLength, 0);

const matches = (search: string, ...texts: string[]): boolean =>
  search === '' || texts.some((text) => text.toLowerCase().includes(search.toLowerCase()));

const paged = <T>(call: Call, all: readonly T[], what: string) =>
  pageOf(all, {
    size: numberOf(call.body, 'pageSize'),
    token: textOf(call.body, 'pageToken'),
    page: numberOf(call.body, 'page'),
    standard: 20,
    max: 200,
    what,
  });

// Datasets (source: Kaggle's own client)

const MINE = /^DATASET_SELECTION_GROUP_MY/;

const apiDataset = (call: Call, set: Dataset): object => ({
  id: set.id,
  ref: set.ref,
  title: set.title,
  titleNullable: set.title,
  hasTitle: true,
  subtitle: '',
  url: `${call.webUrl}/datasets/${set.ref}`,
  ownerName: set.owner,
  ownerRef: set.owner,
  creatorName: set.owner,
  totalBytes: total(set.files),
  totalBytesNullable: total(set.files),
  hasTotalBytes: true,
  lastUpdated: timestamp(call.at),
  downloadCount: 0,
  voteCount: 0,
  viewCount: 0,
  kernelCount: 0,
  isPrivate: set.isPrivate,
  licenseName: 'CC0-1.0',
  currentVersionNumber: 1,
  usabilityRating: 0.5,
  tags: [],
  files: [],
  versions: [],
});

export function listDatasets(call: Call): Reply {
  const user = signedIn(call).user;
  const group = textOf(call.body, 'group');
  const of = textOf(call.body, 'user');
  const search = textOf(call.body, 'search');
  const found = [...call.site.catalog.datasets.values()]
    .filter((one) => one.status !== 'DELETED')
    .filter((one) => (MINE.test(group) ? one.owner === user : !one.isPrivate || (of === user && one.owner === user)))
    .filter((one) => group !== 'DATASET_SELECTION_GROUP_MY_PRIVATE' || one.isPrivate)
    .filter((one) => group !== 'DATASET_SELECTION_GROUP_MY_PUBLIC' || !one.isPrivate)
    .filter((one) => of === '' || one.owner === of)
    .filter((one) => matches(search, one.title, one.ref));
  const page = paged(call, found, 'datasets');
  return json({ datasets: page.items.map((one) => apiDataset(call, one)), nextPageToken: page.nextPageToken });
}

/** Public sets can be read without a credential. @throws ApiError 403 for one that is unknown or private. */
function datasetAsked(call: Call): Dataset {
  const ref = `${textOf(call.body, 'ownerSlug')}/${textOf(call.body, 'datasetSlug')}`;
  const set = call.site.catalog.datasetFor(call.account?.user ?? null, ref);
  if (set === null || set.status === 'DELETED') throw denied('datasets.get');
  return set;
}

export const getDataset = (call: Call): Reply => json(apiDataset(call, datasetAsked(call)));

export function getDatasetStatus(call: Call): Reply {
  const { status } = datasetAsked(call);
  return json(call.site.rules.omitsDefaults && status === 'NOT_YET_PERSISTED' ? {} : { status });
}

export function listDatasetFiles(call: Call): Reply {
  const set = datasetAsked(call);
  const page = paged(call, set.files, `dataset-${set.id}`);
  return json({
    datasetFiles: page.items.map((file) => ({
      ref: file.name,
      datasetRef: set.ref,
      ownerRef: set.owner,
      name: file.name,
      creationDate: timestamp(call.at),
      totalBytes: file.bytes.byteLength,
      columns: [],
    })),
    errorMessage: '',
    hasErrorMessage: false,
    errorMessageNullable: null,
    nextPageToken: page.nextPageToken,
  });
}

export function downloadDataset(call: Call): Reply {
  const set = datasetAsked(call);
  const name = textOf(call.body, 'fileName');
  const file = name === '' && set.files.length === 1 ? set.files[0] : set.files.find((one) => one.name === name);
  if (file === undefined) throw notFound();
  return { status: 302, headers: { Location: call.storage.signShared(`datasets/${set.id}`, file, call.at) }, body: '' };
}

// Competitions (source: Kaggle's own client)

const apiCompetition = (call: Call, one: Competition): object => ({
  id: one.id,
  // The whole address, not the slug.
  ref: `https://www.kaggle.com/competitions/${one.slug}`,
  title: one.title,
  titleNullable: one.title,
  hasTitle: true,
  url: `${call.webUrl}/competitions/${one.slug}`,
  description: '',
  category: 'Playground',
  reward: 'Knowledge',
  tags: [],
  ...(one.deadline === null ? {} : { deadline: timestamp(one.deadline) }),
  kernelCount: 0,
  teamCount: 0,
  userHasEntered: call.account !== null && call.site.catalog.hasEntered(call.account.user, one),
  userRank: 0,
  hasUserRank: false,
  maxDailySubmissions: 5,
  maxTeamSize: 5,
  evaluationMetric: '',
  isKernelsSubmissionsOnly: one.isKernelsSubmissionsOnly,
  submissionsDisabled: false,
});

export function listCompetitions(call: Call): Reply {
  const user = signedIn(call).user;
  const search = textOf(call.body, 'search');
  const enteredOnly = textOf(call.body, 'group') === 'COMPETITION_LIST_TAB_ENTERED';
  const found = [...call.site.catalog.competitions.values()]
    .filter((one) => !enteredOnly || call.site.catalog.hasEntered(user, one))
    .filter((one) => matches(search, one.title, one.slug));
  const page = paged(call, found, 'competitions');
  return json({
    competitions: page.items.map((one) => apiCompetition(call, one)),
    nextPageToken: page.nextPageToken,
  });
}

function competitionAsked(call: Call): Competition {
  signedIn(call);
  const one = call.site.catalog.competitions.get(textOf(call.body, 'competitionName').toLowerCase());
  if (one === undefined) throw notFound();
  return one;
}

export const getCompetition = (call: Call): Reply => json(apiCompetition(call, competitionAsked(call)));

export function listDataFiles(call: Call): Reply {
  const one = competitionAsked(call);
  const page = paged(call, one.files, `competition-${one.id}`);
  return json({
    files: page.items.map((file) => ({
      ref: file.name,
      name: file.name,
      description: '',
      totalBytes: file.bytes.byteLength,
      url: `${call.webUrl}/competitions/${one.slug}/data?select=${encodeURIComponent(file.name)}`,
      creationDate: timestamp(call.at),
    })),
    nextPageToken: page.nextPageToken,
    childrenFetchTimeMs: 0,
  });
}

export function downloadDataFile(call: Call): Reply {
  const one = competitionAsked(call);
  // The data of a competition is for those who accepted its rules.
  if (!call.site.catalog.hasEntered(signedIn(call).user, one)) throw denied('competitions.participate');
  const file = one.files.find((each) => each.name === textOf(call.body, 'fileName'));
  if (file === undefined) throw notFound();
  return {
    status: 302,
    headers: { Location: call.storage.signShared(`competitions/${one.id}`, file, call.at) },
    body: '',
  };
}

// Models: methods and fields as in kagglesdk/models (ModelApiService).

const frameworkEnum = (framework: string): string =>
  `MODEL_FRAMEWORK_${framework
    .replace(/([a-z])([A-Z0-9])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()}`;

const apiInstance = (call: Call, one: Model): object => ({
  id: one.id,
  slug: one.variation,
  framework: frameworkEnum(one.framework),
  fineTunable: false,
  overview: '',
  usage: '',
  downloadUrl: `${call.webUrl}/api/v1/models/${one.owner}/${one.slug}/${one.framework}/${one.variation}/${one.versionNumber}/download`,
  versionId: one.id,
  versionNumber: one.versionNumber,
  trainingData: [],
  url: `${call.webUrl}/models/${one.owner}/${one.slug}/${one.framework}/${one.variation}`,
  licenseName: 'Apache 2.0',
  modelInstanceType: 'MODEL_INSTANCE_TYPE_UNSPECIFIED',
  externalBaseModelUrl: '',
  totalUncompressedBytes: total(one.files),
});

const visible = (call: Call, one: Model): boolean => !one.isPrivate || one.owner === call.account?.user;

function modelAsked(call: Call): [Model, ...Model[]] {
  signedIn(call);
  const owner = textOf(call.body, 'ownerSlug').toLowerCase();
  const slug = textOf(call.body, 'modelSlug').toLowerCase();
  const [first, ...rest] = call.site.catalog.models.filter(
    (one) => one.owner.toLowerCase() === owner && one.slug.toLowerCase() === slug && visible(call, one),
  );
  if (first === undefined) throw denied('models.get');
  return [first, ...rest];
}

const apiModel = (call: Call, models: readonly [Model, ...Model[]]): object => ({
  id: models[0].id,
  ref: `${models[0].owner}/${models[0].slug}`,
  title: models[0].title,
  subtitle: '',
  author: models[0].owner,
  slug: models[0].slug,
  isPrivate: models[0].isPrivate,
  description: '',
  instances: models.map((one) => apiInstance(call, one)),
  tags: [],
  provenanceSources: '',
  url: `${call.webUrl}/models/${models[0].owner}/${models[0].slug}`,
  modelVersionLinks: [],
  voteCount: 0,
});

export const getModel = (call: Call): Reply => json(apiModel(call, modelAsked(call)));

function instanceAsked(call: Call): Model {
  const one = modelAsked(call).find(
    (each) =>
      sameFramework(each.framework, textOf(call.body, 'framework')) &&
      each.variation.toLowerCase() === textOf(call.body, 'instanceSlug').toLowerCase(),
  );
  if (one === undefined) throw notFound();
  return one;
}

export const getModelInstance = (call: Call): Reply => json(apiInstance(call, instanceAsked(call)));

export function listModelInstanceVersionFiles(call: Call): Reply {
  const one = instanceAsked(call);
  const number = numberOf(call.body, 'versionNumber');
  if (number !== null && number > one.versionNumber) throw notFound();
  const page = paged(call, one.files, `model-${one.id}`);
  return json({
    files: page.items.map((file) => ({
      name: file.name,
      size: file.bytes.byteLength,
      creationDate: timestamp(call.at),
    })),
    nextPageToken: page.nextPageToken,
  });
}

export function listModels(call: Call): Reply {
  signedIn(call);
  const owner = textOf(call.body, 'owner');
  const search = textOf(call.body, 'search');
  const byModel = new Map<string, [Model, ...Model[]]>();
  for (const one of call.site.catalog.models) {
    if (!visible(call, one) || (owner !== '' && one.owner !== owner) || !matches(search, one.title, one.slug)) continue;
    const known = byModel.get(`${one.owner}/${one.slug}`);
    if (known === undefined) byModel.set(`${one.owner}/${one.slug}`, [one]);
    else known.push(one);
  }
  const page = paged(call, [...byModel.values()], 'models');
  return json({
    models: page.items.map((one) => apiModel(call, one)),
    nextPageToken: page.nextPageToken,
    totalResults: byModel.size,
  });
}
