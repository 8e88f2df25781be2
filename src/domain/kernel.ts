/** `owner/slug`, Kaggle's name of a notebook or script. */
export type KernelRef = { readonly owner: string; readonly slug: string };

const OWNER = /^[a-z0-9][a-z0-9_-]{0,49}$/;
const SLUG = /^[a-z0-9][a-z0-9-]{3,79}$/;

export const formatKernel = ({ owner, slug }: KernelRef): string => `${owner}/${slug}`;

export const sameKernel = (a: KernelRef, b: KernelRef): boolean => a.owner === b.owner && a.slug === b.slug;

/**
 * Reads what people type or paste for a kernel: `owner/slug` or the address of its page on Kaggle.
 * @returns null when it is neither.
 */
export function parseKernelRef(text: string): KernelRef | null {
  const trimmed = text.trim().replace(/^<(.*)>$/, '$1');
  const page = /^(?:https?:\/\/)?(?:www\.)?kaggle\.com\/(?:code\/|kernels\/)?([^/?#\s]+)\/([^/?#\s]+)/i.exec(trimmed);
  const [owner, slug, more] = page ? [page[1], page[2]] : trimmed.replace(/^\/?(?:code|kernels)\//i, '').split('/');
  if (owner === undefined || slug === undefined || more !== undefined) return null;
  const ref = { owner: owner.toLowerCase(), slug: slug.toLowerCase() };
  return OWNER.test(ref.owner) && SLUG.test(ref.slug) ? ref : null;
}

/**
 * The slug Kaggle makes of a title, as far as it can be foretold (python-slugify on Latin text). What counts in the end is
 * the slug in the address that the push answers with.
 */
export function slugOf(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80)
    .replace(/-+$/, '');
}

export const TITLE_MIN = 5;
export const TITLE_MAX = 50;

/** Makes a title Kaggle accepts out of a file name: `fold_0-train.ipynb` gives `fold 0 train`. */
export function titleFromFileName(fileName: string): string {
  const stem = fileName.replace(/\.(ipynb|py|r|rmd|irnb)$/i, '');
  const words = stem
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim();
  const title = [...words].slice(0, TITLE_MAX).join('').trim();
  return title.length >= TITLE_MIN ? title : `${title} notebook`.trim();
}
