import type { Finding } from '../domain/finding.ts';
import { formatInput, type InputRef, parseInput } from '../domain/input.ts';
import type { Credential } from '../kaggle/kaggle.ts';
import type { Needs } from './needs.ts';

type AttachNeeds = Pick<Needs, 'kaggle'>;
type Asked = { readonly account: string; readonly credential: Credential };

const MOST_LOOKED_UP = 4;
const MOST_LISTED = 20;

/**
 * Offers to attach what a notebook reads although nothing provides it, where it is beyond doubt what is meant: an input that
 * is named in full and can be attached, a dataset of the person of just that slug, a competition they have entered, or the only
 * dataset Kaggle has under it. An offer that cannot be made good is taken away.
 * @throws KaggleError
 */
export async function withAttachable(
  findings: readonly Finding[],
  attached: readonly InputRef[],
  asked: Asked,
  needs: AttachNeeds,
): Promise<Finding[]> {
  const isAttached = (input: InputRef): boolean =>
    attached.some(({ kind, ref }) => kind === input.kind && ref === input.ref);
  const slugs = new Map<string, Promise<InputRef | null>>();
  const lookUp = (name: string, work: () => Promise<InputRef | null>): Promise<InputRef | null> => {
    const known = slugs.get(name);
    if (known !== undefined) return known;
    // A notebook that reads many things nobody attached is not mended by many buttons.
    const found = slugs.size < MOST_LOOKED_UP ? work() : Promise.resolve(null);
    slugs.set(name, found);
    return found;
  };
  return Promise.all(
    findings.map(async (finding): Promise<Finding> => {
      const { fix, missing, ...rest } = finding;
      if (fix === undefined && missing === undefined) return finding;
      if (fix !== undefined && fix.kind !== 'attach') return finding;
      const named = fix?.kind === 'attach' ? parseInput(fix.input) : null;
      const found = await (named !== null
        ? lookUp(formatInput(named), () => readyOrNull(named, asked, needs))
        : missing === undefined
          ? null
          : lookUp(`/${missing}`, () => withSlug(missing, asked, needs)));
      if (found === null || isAttached(found)) return missing === undefined ? rest : { ...rest, missing };
      return { ...rest, fix: { kind: 'attach', input: formatInput(found) } };
    }),
  );
}

/**
 * The input a missing path is likely meant to name, if it exists and is not attached.
 * @param missing `datasets/owner/slug`, `competitions/slug`, `notebooks/owner/slug`, `models/…`, or a slug alone
 * @throws KaggleError
 */
export async function likelyInput(
  missing: string,
  attached: readonly InputRef[],
  asked: Asked,
  needs: AttachNeeds,
): Promise<InputRef | null> {
  const found = missing.includes('/')
    ? await namedInput(parseInput(missing), asked, needs)
    : await withSlug(missing, asked, needs);
  return found === null || attached.some(({ kind, ref }) => kind === found.kind && ref === found.ref) ? null : found;
}

const namedInput = async (input: InputRef | null, asked: Asked, needs: AttachNeeds): Promise<InputRef | null> =>
  input === null ? null : readyOrNull(input, asked, needs);

async function readyOrNull(input: InputRef, { credential }: Asked, { kaggle }: AttachNeeds): Promise<InputRef | null> {
  return (await kaggle.input(credential, input)).kind === 'ready' ? input : null;
}

const SLUG = /^[a-z0-9][a-z0-9-]{1,79}$/i;

async function withSlug(missing: string, asked: Asked, needs: AttachNeeds): Promise<InputRef | null> {
  if (!SLUG.test(missing)) return null;
  const slug = missing.toLowerCase();
  const { account, credential } = asked;
  const [datasets, competitions] = await Promise.all([
    needs.kaggle.datasets(credential, slug, MOST_LISTED),
    needs.kaggle.competitions(credential, slug, MOST_LISTED),
  ]);
  const same = datasets.map(({ ref }) => ref).filter((ref) => ref.toLowerCase().endsWith(`/${slug}`));
  const own = same.find((ref) => ref.toLowerCase() === `${account}/${slug}`);
  if (own !== undefined) return readyOrNull({ kind: 'dataset', ref: own }, asked, needs);
  const competition = competitions.find((one) => one.slug.toLowerCase() === slug);
  if (competition?.entered === true) return { kind: 'competition', ref: competition.slug };
  // With a competition of that name it is not known which of the two is meant; a full list may hide another one.
  const [only] = same;
  if (competition !== undefined || same.length !== 1 || datasets.length >= MOST_LISTED || only === undefined)
    return null;
  return readyOrNull({ kind: 'dataset', ref: only }, asked, needs);
}
