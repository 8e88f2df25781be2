import { z } from 'zod';

/**
 * Notebook format 4, as far as it matters for a push; fields that are not named here survive untouched. An unknown output
 * type must not refuse a whole notebook, and outputs are cleared anyway, so they are not looked at.
 */
const Source = z.union([z.string(), z.array(z.string())]).transform((source) => {
  return typeof source === 'string' ? source : source.join('');
});

const Cell = z.looseObject({
  cell_type: z.string(),
  source: Source,
  // Some tools write `null`.
  metadata: z
    .looseObject({})
    .nullish()
    .transform((metadata) => metadata ?? undefined),
});

const Metadata = z.looseObject({
  kernelspec: z
    .looseObject({ name: z.string().optional(), language: z.string().optional(), display_name: z.string().optional() })
    .optional()
    .catch(undefined),
  language_info: z.looseObject({ name: z.string().optional() }).optional().catch(undefined),
});

export const Notebook4 = z.looseObject({
  nbformat: z.literal(4),
  nbformat_minor: z.number().optional(),
  metadata: Metadata.default({}),
  cells: z.array(Cell),
});

export type Notebook4 = z.infer<typeof Notebook4>;
export type NotebookCell = Notebook4['cells'][number];
