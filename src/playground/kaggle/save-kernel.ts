import { randomInt } from 'node:crypto';
import { ApiError, flagOf, invalid, json, listOf, numberOf, type Reply, textOf } from './answer.ts';
import { machineOf, SESSION_CEILING } from './machine.ts';
import type { Account, Kernel, Site } from './site.ts';
import { slugify } from './slug.ts';
import type { AttachedSources, Machine } from './types.ts';
import { Version } from './version.ts';

/** Decimal, of `text` in bytes (source: public reports). */
const SOURCE_LIMIT = 1_000_000;

type Sources = {
  readonly attached: AttachedSources;
  readonly invalidDatasetSources: string[];
  readonly invalidCompetitionSources: string[];
  readonly invalidKernelSources: string[];
  readonly invalidModelSources: string[];
};

/**
 * SaveKernel (source: Kaggle's own client): refusals that concern the account's state come as HTTP 200 with `error`,
 * those that concern the request as 4xx.
 * @param at When it takes effect: a call whose answer was lost may land later.
 * @throws ApiError
 */
export function saveKernel(
  site: Site,
  account: Account,
  body: Readonly<Record<string, unknown>>,
  webUrl: string,
  at: number,
  pushed: (version: Version, kernel: Kernel) => void,
): Reply {
  const text = textOf(body, 'text');
  if (Buffer.byteLength(text) >= SOURCE_LIMIT)
    throw invalid('The kernel source must be less than 1 megabytes in size.');
  const title = textOf(body, 'newTitle');
  if (title !== '' && (title.length < 5 || title.length > 50))
    throw invalid('The title must be between 5 and 50 characters.');
  const kernelType = textOf(body, 'kernelType') || 'script';
  if (kernelType !== 'notebook' && kernelType !== 'script') throw invalid(`Invalid kernel type: ${kernelType}`);
  const language = textOf(body, 'language') || 'python';
  if (!['python', 'r', 'rmarkdown'].includes(language)) throw invalid(`Invalid language: ${language}`);

  const found = find(site, account, body);
  if (found === 'foreign') return refused('Notebook not found');
  if (found !== null && found.kernelType !== kernelType)
    return refused('You cannot change the editor type of a kernel');
  if (found === null && title === '') throw invalid('A title is required for a new notebook.');
  const slug = found?.slug ?? freeSlug(site, account, title, textOf(body, 'slug').split('/')[1] ?? '');
  if (found !== null && title !== '' && title !== found.title) checkTitle(site, account, title, found);

  const { machine, shape } = machineOf(body);
  const runs = !['QUICK_SAVE', 'INTER_ACTIVE'].includes(textOf(body, 'kernelExecutionType'));
  if (runs) {
    const full = whyFull(site, account, machine);
    if (full !== null) return refused(full);
  }
  const limit = numberOf(body, 'sessionTimeoutSeconds');
  if (limit !== null && (limit < 1 || limit > SESSION_CEILING[machine]))
    throw invalid(`The session timeout must be at most ${SESSION_CEILING[machine]} seconds.`);

  const kernel: Kernel = found ?? {
    id: site.newId(),
    owner: account.user,
    slug,
    kernelType,
    createdAt: at,
    title,
    language,
    isPrivate: true,
    versions: [],
  };
  // Each push replaces title, language and privacy as a whole.
  if (title !== '') kernel.title = title;
  kernel.language = language;
  kernel.isPrivate = flagOf(body, 'isPrivate') ?? true;
  site.kernels.set(`${kernel.owner}/${kernel.slug}`, kernel);

  const { attached, ...invalidSources } = attach(site, account, body);
  const { text: _, ...settings } = body;
  const version = new Version({
    ref: `${kernel.owner}/${kernel.slug}`,
    number: kernel.versions.length + 1,
    source: text,
    settings: { ...settings, ...(shape === '' ? {} : { machineShape: shape }) },
    machine,
    attached,
    limitSeconds: limit ?? SESSION_CEILING[machine],
    pushedAt: at,
    state: runs ? 'QUEUED' : 'NEW_SCRIPT',
    // Large and at random, so that nobody guesses it from a kernel id or a version number (source: Kaggle's own client).
    sessionId: randomInt(10 ** 11, 10 ** 12),
  });
  kernel.versions.push(version);
  pushed(version, kernel);

  const path = `/code/${kernel.owner}/${kernel.slug}`;
  return json({
    ref: path,
    url: `${webUrl}${path}`,
    versionNumber: version.born.number,
    versionNumberNullable: version.born.number,
    hasVersionNumber: true,
    error: '',
    hasError: false,
    errorNullable: null,
    invalidTags: [],
    ...invalidSources,
    kernelId: kernel.id,
  });
}

/** The shape seen live: HTTP 200, no version. */
const refused = (error: string): Reply =>
  json({
    errorNullable: error,
    ref: '',
    url: '',
    versionNumber: 0,
    hasVersionNumber: false,
    error,
    hasError: true,
    kernelId: 0,
  });

function find(site: Site, account: Account, body: Readonly<Record<string, unknown>>): Kernel | 'foreign' | null {
  const id = numberOf(body, 'id');
  if (id !== null && id > 0) {
    const kernel = [...site.kernels.values()].find((one) => one.id === id);
    return kernel === undefined || kernel.owner !== account.user ? 'foreign' : kernel;
  }
  const [owner = '', slug = '', more] = textOf(body, 'slug').split('/');
  if (owner === '' || slug === '' || more !== undefined) throw invalid('The slug must be owner/slug.');
  if (owner !== account.user) return 'foreign';
  return site.kernels.get(`${owner}/${slug}`) ?? null;
}

const titleInUse = (): ApiError =>
  new ApiError(
    409,
    'ALREADY_EXISTS',
    'The requested title is already in use by a notebook. Please choose another title.',
  );

function checkTitle(site: Site, account: Account, title: string, self: Kernel | null): void {
  const slug = slugify(title);
  for (const kernel of site.ownedBy(account.user))
    if (kernel !== self && (slugify(kernel.title) === slug || kernel.slug === slug)) throw titleInUse();
}

/** The slug of a new kernel comes from its title, whatever was asked for. */
function freeSlug(site: Site, account: Account, title: string, asked: string): string {
  checkTitle(site, account, title, null);
  const slug = slugify(title) || `notebook${site.newId()}`;
  if (slug !== asked && site.rules.titleRule === 'refuse') throw titleInUse();
  return slug;
}

function whyFull(site: Site, account: Account, machine: Machine): string | null {
  const slots = site.rules.slots[machine];
  if (site.slotsInUse(account.user, machine) >= slots)
    return `Maximum batch ${machine.toUpperCase()} session count of ${slots} reached.`;
  if (machine === 'cpu') return null;
  const { usedMs, reservedMs, totalMs } = site.accelerator(account, machine);
  if (usedMs + reservedMs < totalMs) return null;
  return `Maximum weekly ${machine.toUpperCase()} quota of ${account.hours[machine].toFixed(2)} hours reached.`;
}

/** Sorts the asked sources into those Kaggle mounts and those it drops without stopping the run. */
function attach(site: Site, account: Account, body: Readonly<Record<string, unknown>>): Sources {
  const { catalog } = site;
  const sort = (field: string, isGood: (ref: string) => boolean): { good: string[]; bad: string[] } => {
    const refs = listOf(body, field);
    return { good: refs.filter(isGood), bad: refs.filter((ref) => !isGood(ref)) };
  };
  const datasets = sort('datasetDataSources', (ref) => catalog.datasetFor(account.user, ref)?.status === 'READY');
  const competitions = sort('competitionDataSources', (ref) => {
    const one = catalog.competitions.get(ref.toLowerCase());
    return one !== undefined && catalog.hasEntered(account.user, one);
  });
  const kernels = sort('kernelDataSources', (ref) => {
    const one = site.kernels.get(ref);
    return one !== undefined && (one.owner === account.user || !one.isPrivate);
  });
  const models = sort('modelDataSources', (ref) => catalog.modelFor(account.user, ref) !== null);
  return {
    attached: {
      datasets: datasets.good,
      competitions: competitions.good,
      kernels: kernels.good,
      models: models.good,
    },
    invalidDatasetSources: datasets.bad,
    invalidCompetitionSources: competitions.bad,
    invalidKernelSources: kernels.bad,
    invalidModelSources: models.bad,
  };
}
