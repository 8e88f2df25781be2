import type { CompetitionGiven, DatasetGiven, DatasetStatus, FileGiven, ModelGiven } from './types.ts';

export type Dataset = {
  readonly id: number;
  readonly ref: string;
  readonly owner: string;
  readonly slug: string;
  readonly title: string;
  readonly files: readonly StoredFile[];
  status: DatasetStatus;
  readonly isPrivate: boolean;
};

export type Competition = Required<
  Pick<CompetitionGiven, 'slug' | 'title' | 'entered' | 'isKernelsSubmissionsOnly'>
> & {
  readonly id: number;
  readonly files: readonly StoredFile[];
  readonly deadline: number | null;
};

export type Model = {
  readonly id: number;
  readonly owner: string;
  readonly slug: string;
  readonly framework: string;
  readonly variation: string;
  readonly title: string;
  readonly versionNumber: number;
  readonly isPrivate: boolean;
  readonly files: readonly StoredFile[];
};

export type StoredFile = { readonly name: string; readonly bytes: Uint8Array };

const stored = (files: readonly FileGiven[] | undefined): StoredFile[] =>
  (files ?? []).map(({ name, content }) => ({
    name,
    bytes: typeof content === 'string' ? Buffer.from(content, 'utf8') : content,
  }));

const two = (ref: string): [string, string] => {
  const [owner, slug, more] = ref.split('/');
  if (!owner || !slug || more !== undefined) throw new Error(`not owner/slug: ${ref}`);
  return [owner, slug];
};

/** What can be attached to a kernel, besides other kernels. */
export class Catalog {
  readonly datasets = new Map<string, Dataset>();
  readonly competitions = new Map<string, Competition>();
  readonly models: Model[] = [];
  #nextId = 5_000;

  addDataset(given: DatasetGiven): void {
    const [owner, slug] = two(given.ref);
    this.datasets.set(given.ref.toLowerCase(), {
      id: this.#nextId++,
      ref: given.ref,
      owner: given.owner ?? owner,
      slug,
      title: given.title,
      files: stored(given.files),
      status: given.status ?? 'READY',
      isPrivate: given.isPrivate ?? false,
    });
  }

  addCompetition(given: CompetitionGiven): void {
    this.competitions.set(given.slug.toLowerCase(), {
      id: this.#nextId++,
      slug: given.slug,
      title: given.title,
      entered: given.entered,
      files: stored(given.files),
      deadline: given.deadline ?? null,
      isKernelsSubmissionsOnly: given.isKernelsSubmissionsOnly ?? false,
    });
  }

  addModel(given: ModelGiven): void {
    const [owner, slug, framework, variation, more] = given.ref.split('/');
    if (!owner || !slug || !framework || !variation || more !== undefined)
      throw new Error(`not owner/model/framework/variation: ${given.ref}`);
    this.models.push({
      id: this.#nextId++,
      owner,
      slug,
      framework,
      variation,
      title: given.title ?? slug,
      versionNumber: given.versionNumber ?? 1,
      isPrivate: given.isPrivate ?? false,
      files: stored(given.files),
    });
  }

  /** The dataset if this person may see it. A version behind the ref is tolerated. */
  datasetFor(user: string | null, ref: string): Dataset | null {
    const set = this.datasets.get(ref.split('/').slice(0, 2).join('/').toLowerCase());
    return set === undefined || (set.isPrivate && set.owner !== user) ? null : set;
  }

  hasEntered(user: string, competition: Competition): boolean {
    return Array.isArray(competition.entered) ? competition.entered.includes(user) : competition.entered === true;
  }

  /** The variation `owner/model/framework/variation[/version]` if this person may see it. */
  modelFor(user: string | null, ref: string): Model | null {
    const [owner = '', slug = '', framework = '', variation = '', version] = ref.split('/');
    const model = this.models.find(
      (one) =>
        same(one.owner, owner) &&
        same(one.slug, slug) &&
        sameFramework(one.framework, framework) &&
        same(one.variation, variation),
    );
    if (model === undefined || (model.isPrivate && model.owner !== user)) return null;
    return version !== undefined && !(Number(version) >= 1 && Number(version) <= model.versionNumber) ? null : model;
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** `pyTorch`, `PyTorch`, `MODEL_FRAMEWORK_PY_TORCH` and `pytorch` are one. */
export const sameFramework = (a: string, b: string): boolean => plain(a) === plain(b);

const plain = (framework: string): string =>
  framework
    .replace(/^MODEL_FRAMEWORK_/, '')
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase();
