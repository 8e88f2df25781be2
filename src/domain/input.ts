/** A data source a kernel reads: what Kaggle mounts under /kaggle/input. */
export type InputRef = { readonly kind: 'dataset' | 'competition' | 'kernel' | 'model'; readonly ref: string };

const PART = '[A-Za-z0-9][A-Za-z0-9_.-]*';
const PAIR = new RegExp(`^(${PART})/(${PART})$`);
const MODEL = new RegExp(`^${PART}/${PART}/${PART}/${PART}(?:/\\d{1,9})?$`);
/** The page of a model names its parts: `google/gemma/frameworks/pyTorch/variations/2b/versions/1`. */
const MODEL_PAGE = new RegExp(
  `^(${PART}/${PART})/(?:frameworks/)?(${PART})/(?:variations/)?(${PART})(?:/(?:versions/)?(\\d{1,9}))?(?:/.*)?$`,
);
const ONE = new RegExp(`^${PART}$`);

function fromPath(path: string): InputRef | null {
  const prefix = /^(datasets?|d|competitions?|c|code|kernels?|notebooks?|models?|m)\/(.+)$/i.exec(path);
  // Pages have tabs behind what they show: /datasets/owner/slug/data, /code/owner/slug/output.
  const what = prefix?.[1]?.toLowerCase() ?? '';
  const rest = prefix?.[2] ?? path;
  if (what.startsWith('comp') || what === 'c') {
    const slug = rest.split('/')[0] ?? '';
    return ONE.test(slug) ? { kind: 'competition', ref: slug.toLowerCase() } : null;
  }
  if (what === 'code' || what.startsWith('kernel') || what.startsWith('notebook')) {
    const pair = firstTwo(rest);
    return pair === null ? null : { kind: 'kernel', ref: pair };
  }
  if (what.startsWith('model') || what === 'm') return modelAt(rest);
  if (what.startsWith('dataset') || what === 'd') {
    const pair = firstTwo(rest);
    return pair === null ? null : { kind: 'dataset', ref: pair };
  }
  if (MODEL.test(rest)) return { kind: 'model', ref: rest };
  if (PAIR.test(rest)) return { kind: 'dataset', ref: rest.toLowerCase() };
  return ONE.test(rest) ? { kind: 'competition', ref: rest.toLowerCase() } : null;
}

function firstTwo(path: string): string | null {
  const [owner = '', slug = ''] = path.split('/');
  const pair = `${owner}/${slug}`;
  return PAIR.test(pair) ? pair.toLowerCase() : null;
}

function modelAt(path: string): InputRef | null {
  const [, model, framework, variation, version] = MODEL_PAGE.exec(path) ?? [];
  if (model === undefined || framework === undefined || variation === undefined) return null;
  // `frameworks/pyTorch` alone is no variation.
  if (framework === 'frameworks' || variation === 'variations') return null;
  const ref = [model, framework, variation, ...(version === undefined ? [] : [version])].join('/');
  return { kind: 'model', ref };
}

/** Whether that names a model but not which variation of it: a page people paste, and nothing Kaggle could attach. */
export const isModelWithoutVariation = (text: string): boolean =>
  parseInput(text) === null && new RegExp(`^models?/${PART}/${PART}(?:/.*)?$`, 'i').test(pathOf(text));

/**
 * Reads one input as people type or paste it: `owner/slug` (a dataset), `titanic` (a competition), `code/owner/slug`,
 * `models/owner/model/framework/variation`, the address of its page, or where a notebook reads it
 * (`/kaggle/input/datasets/owner/slug`). Null when it is none of these.
 */
export function parseInput(text: string): InputRef | null {
  const path = pathOf(text);
  // The old layout, /kaggle/input/slug, tells neither the kind nor the owner.
  return path === '' || /^kaggle\/input(?:\/|$)/.test(path) ? null : fromPath(path);
}

const pathOf = (text: string): string =>
  text
    .trim()
    .slice(0, 1_000)
    .replace(/^<(.*)>$/, '$1')
    .replace(/^(?:https?:\/\/)?(?:www\.)?kaggle\.com\//i, '')
    .replace(/^\/?kaggle\/input\/(?=(?:datasets|competitions|models|notebooks)\/)/, '')
    .replace(/[?#].*$/, '')
    .replace(/^\/{1,9}|\/{1,9}$/g, '');

/** Splits the `inputs` option at commas and white space. `wrong` holds what could not be read, as typed. */
export function parseInputs(text: string): { inputs: InputRef[]; wrong: string[] } {
  const inputs: InputRef[] = [];
  const wrong: string[] = [];
  for (const word of text.split(/[\s,;]+/).filter((one) => one !== '')) {
    const input = parseInput(word);
    if (input === null) wrong.push(word);
    else if (!inputs.some((one) => one.kind === input.kind && one.ref === input.ref)) inputs.push(input);
  }
  return { inputs, wrong };
}

/** As a person would type it again; what `parseInput` reads back to the same input. */
export const formatInput = ({ kind, ref }: InputRef): string => (kind === 'kernel' ? `code/${ref}` : ref);
