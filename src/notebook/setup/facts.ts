import { readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * What is known of Kaggle's notebook image, from `src/notebook/facts/*.json`; each file names its date and its sources.
 * Kaggle takes a new image every one to three months, so whoever renews the files renews the date in them.
 */
const Named = z.record(z.string(), z.string());
const Image = z.object({
  asOf: z.string(),
  packages: z.record(z.string(), z.string().nullable()),
  imports: z.array(z.string()),
  gpuOnly: z.array(z.string()),
  namespaces: z.record(z.string(), z.array(z.string())),
  stdlib: z.array(z.string()),
  goneFromStdlib: z.array(z.string()),
  absent: z.object({ reported: Named, removed: Named, byList: Named }),
  tpu: z.object({ imports: z.array(z.string()), absent: z.array(z.string()) }),
  nltk: z.array(z.string()),
});
const SaveCalls = z.object({
  calls: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['model', 'table']),
      match: z.string(),
      imports: z.array(z.string()).optional(),
    }),
  ),
});

const Gone = z.object({ gone: z.record(z.string(), z.string()), keras: z.record(z.string(), z.string()) });

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../facts/${name}`, import.meta.url), 'utf8'));
const image = Image.parse(read('image.json'));

/** The day on which a public measurement still agreed with the list. */
export const IMAGE_AS_OF = image.asOf;

/** A distribution's name as pip compares it: `scikit_learn` and `Scikit-Learn` are one. */
export const plainPackage = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** Distribution to version; null: present, version not public. Names as plainPackage gives them. */
export const PACKAGES: ReadonlyMap<string, string | null> = new Map(Object.entries(image.packages));
/** Names at the top that can be imported, those of the standard library too. */
export const IMPORTS: ReadonlySet<string> = new Set([...image.imports, ...image.stdlib]);
export const GPU_ONLY: ReadonlySet<string> = new Set(image.gpuOnly);
/** Gone from the standard library since Python 3.12, with no stand-in in the image. */
export const GONE: ReadonlySet<string> = new Set(image.goneFromStdlib);
/** Import name to distribution, of what was measured or taken out: a session certainly lacks it. */
export const SURELY_ABSENT: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...image.absent.reported, ...image.absent.removed }),
);
/** Import name to distribution, of what no list has; it could still come along with something else. */
export const LIKELY_ABSENT: ReadonlyMap<string, string> = new Map(Object.entries(image.absent.byList));
export const NAMESPACES: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(image.namespaces));
/** A TPU session has another, much smaller image. */
export const TPU_IMPORTS: ReadonlySet<string> = new Set([...image.tpu.imports, ...image.stdlib]);
export const TPU_ABSENT: ReadonlySet<string> = new Set(image.tpu.absent);
export const NLTK: ReadonlySet<string> = new Set(image.nltk);

/** Calls that write a model or a table, by one logical line; `imports`: one of them has to be imported for it to count. */
export const SAVE_CALLS = SaveCalls.parse(read('save-calls.json')).calls.map((call) => ({
  kind: call.kind,
  match: new RegExp(call.match),
  imports: call.imports ?? null,
}));

const old = Gone.parse(read('gone.json'));
/** Full name (`numpy.float`) of what the image's versions no longer have, to what takes its place; empty: nothing. */
export const GONE_NAMES: ReadonlyMap<string, string> = new Map(Object.entries(old.gone));
/** Module of Keras 3 to its public names; `tensorflow.keras.…` to what TensorFlow's has beyond them. */
export const KERAS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(old.keras).map(([module, names]) => [module, new Set(names.split(' '))]),
);
