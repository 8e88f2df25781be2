import { z } from 'zod';

/**
 * What we read of Kaggle's answers, tolerant of the rest (kaggle-api.md 4): unknown fields pass, missing ones are their
 * default, null is as good as missing, 64-bit numbers may be strings.
 */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const whole = z
  .union([z.number(), z.string().regex(/^\d+$/)])
  .nullish()
  .transform((value) => (value == null ? null : Number(value)));
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((value) => (value ?? []) as z.output<T>[]);

export const Introspected = z.object({ active: flag, username: text });

export const Saved = z.object({
  url: text,
  versionNumber: whole,
  error: text,
  invalidDatasetSources: texts,
  invalidCompetitionSources: texts,
  invalidKernelSources: texts,
  invalidModelSources: texts,
});

const Metadata = z.object({
  ref: text,
  title: text,
  isPrivate: flag,
  enableGpu: flag,
  enableInternet: flag,
  currentVersionNumber: whole,
  machineShape: text,
  lastRunTime: text,
  datasetDataSources: texts,
  kernelDataSources: texts,
  competitionDataSources: texts,
  modelDataSources: texts,
});

export const Pulled = z.object({
  metadata: Metadata,
  blob: z.object({ source: text, language: text, kernelType: text }),
});

export const Session = z.object({ status: z.unknown(), failureMessage: text });

export const Outputs = z.object({
  files: list(z.object({ url: text, fileName: text })),
  log: text,
  nextPageToken: text,
});

export const Files = z.object({ files: list(z.object({ name: text, size: whole })), nextPageToken: text });

const Hours = z.object({ timeUsed: text, timeReserved: text, totalTimeAllowed: text }).nullish();

export const Quotas = z.object({ quotaRefreshTime: text, gpuQuota: Hours, tpuQuota: Hours });

export const KernelList = z.object({ kernels: list(Metadata) });

export const DatasetList = z.object({ datasets: list(z.object({ ref: text, title: text, totalBytes: whole })) });

export const CompetitionList = z.object({
  competitions: list(z.object({ ref: text, title: text, userHasEntered: flag })),
});

export const DatasetState = z.object({ status: text });

export const Competition = z.object({ ref: text, userHasEntered: flag });

export const LogRecord = z.object({ stream_name: text, time: z.coerce.number().catch(0), data: text });

export const Anything = z.looseObject({});
