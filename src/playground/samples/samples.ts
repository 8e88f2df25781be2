import { readFileSync } from 'node:fs';

/** The notebooks the page offers to try, and what they read. */
export type Sample = {
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** Options of /commit besides the file, as a person would type them. */
  readonly options: Readonly<Record<string, string>>;
};

export type SampleDataset = {
  /** `owner/slug` */
  readonly ref: string;
  readonly title: string;
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
};

const read = (path: string): Uint8Array => readFileSync(new URL(path, import.meta.url));

const sample = (name: string, title: string, hint: string, options: Sample['options']): Sample => ({
  name,
  title,
  hint,
  fileName: `${name}.ipynb`,
  bytes: read(`./${name}.ipynb`),
  options,
});

export const samples: readonly Sample[] = [
  sample('train-70-epochs', 'Train 70 epochs', 'About 1 min. Ends with a curve, a model and a CSV.', {
    title: 'Seventy epochs',
  }),
  sample('fail-in-cell-5', 'Fail in cell 5', 'About 5 s. Shows the failure report.', { title: 'Fail in cell 5' }),
  sample('read-a-dataset', 'Read a dataset', 'About 10 s. Attaches an input first.', {
    title: 'Read a dataset',
    inputs: 'nightshift/leaf-measurements',
    accelerator: 'CPU',
  }),
];

export const datasets: readonly SampleDataset[] = [
  {
    ref: 'nightshift/leaf-measurements',
    title: 'Leaf measurements',
    files: ['leaves.csv', 'plots.csv'].map((name) => ({ name, bytes: read(`./datasets/leaf-measurements/${name}`) })),
  },
];
