/** A data source a kernel reads: what Kaggle mounts under /kaggle/input. */
export type InputRef = { readonly kind: 'dataset' | 'competition' | 'kernel' | 'model'; readonly ref: string };

const PART = '[A-Za-z0-9][A-Za-z0-9_.-]*';
const PAIR = new RegExp(`^(${PART})/(${PART})$`);
const MODEL = new RegExp(`^${PART}/${PART}/${PART}/${PART}(?:/\\d+)?$`);
const ONE = new RegExp(`^${PART}$`);

function fromPath(path: string): InputRef | null {
  const prefix = /^(datasets?|d|competitions?|c|code|kernels?|notebooks?|models?|m)\/(.+)$/i.exec(path);
  const what = prefix?.[1]?.toLowerCase() ?? '';
  const rest = prefix?.[2] ?? path;
  if (what.startsWith('comp') || what === 'c') {
    // A competition's page has tabs behind its slug: /competitions/titanic/data.
    const slug = rest.split('/')[0] ?? '';
    return ONE.test(slug) ? { kind: 'competition', ref: slug.toLowerCase() } : null;
  }
  if (what === 'code' || what.startsWith('kernel') || what.startsWith('notebook')) {
    return PAIR.test(rest) ? { kind: 'kernel', ref: rest.toLowerCase() } : null;
  }
  if (what.startsWith('model') || what === 'm') return MODEL.test(rest) ? { kind: 'model', ref: rest } : null;
  if (what.startsWith('dataset') || what === 'd')
    return PAIR.test(rest) ? { kind: 'dataset', ref: rest.toLowerCase() } : null;
  if (MODEL.test(rest)) return { kind: 'model', ref: rest };
  if (PAIR.test(rest)) return { kind: 'dataset', ref: rest.toLowerCase() };
  return ONE.test(rest) ? { kind: 'competition', ref: rest.toLowerCase() } : null;
}

/**
 * Reads one input as people type or paste it: `owner/slug` (a dataset), `titanic` (a competition), `code/owner/slug`,
 * `models/owner/model/framework/variation`, or the address of its page. Null when it is none of these.
 */
export function parseInput(text: string): InputRef | null {
  const path = text
    .trim()
    .replace(/^<(.*)>$/, '$1')
    .replace(/^(?:https?:\/\/)?(?:www\.)?kaggle\.com\//i, '')
    .replace(/[?#].*$/, '')
    .replace(/^\/+|\/+$/g, '');
  return path === '' ? null : fromPath(path);
}

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
