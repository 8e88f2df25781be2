import { z } from 'zod';

/**
 * What we read of Kaggle's answers, tolerant of the rest (source: Kaggle's own client): unknown fields pass, missing ones are
 * their default, null is as good as missing, 64-bit numbers may be strings. A field that decides something must be what it is
 * said to be, else the answer counts as unreadable; one that is only shown is left out when it is something else (`shown…`).
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
const shownText = text.catch('');
const shownWhole = whole.catch(null);
const shownFlag = flag.catch(false);
const shownTexts = texts.catch([]);
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((value) => (value ?? []) as z.output<T>[]);

export const Introspected = z.object({ active: flag, username: text });

export const Saved = z.object({
  ref: shownText,
  url: shownText,
  versionNumber: whole,
  error: text,
  invalidDatasetSources: shownTexts,
  invalidCompetitionSources: shownTexts,
  invalidKernelSources: shownTexts,
  invalidModelSources: shownTexts,
});

const Metadata = z.object({
  ref: text,
  title: shownText,
  // Whoever commits it again keeps it as it is: a public notebook must not come of an answer that cannot be read.
  isPrivate: flag,
  enableGpu: shownFlag,
  enableInternet: shownFlag,
  currentVersionNumber: whole,
  machineShape: shownText,
  lastRunTime: shownText,
  datasetDataSources: shownTexts,
  kernelDataSources: shownTexts,
  competitionDataSources: shownTexts,
  modelDataSources: shownTexts,
});

export const Pulled = z.object({
  metadata: Metadata,
  blob: z.object({ source: text, language: text, kernelType: text }),
});

export const Session = z.object({ status: z.unknown(), failureMessage: shownText });

export const Outputs = z.object({
  files: list(z.object({ url: shownText, fileName: text })),
  log: text,
  nextPageToken: text,
});

export const Files = z.object({ files: list(z.object({ name: text, size: shownWhole })), nextPageToken: text });

const Hours = z.object({ timeUsed: shownText, timeReserved: shownText, totalTimeAllowed: shownText }).nullish();

export const Quotas = z.object({ quotaRefreshTime: shownText, gpuQuota: Hours, tpuQuota: Hours });

export const KernelList = z.object({ kernels: list(Metadata) });

export const DatasetList = z.object({
  datasets: list(z.object({ ref: text, title: shownText, totalBytes: shownWhole })),
});

export const CompetitionList = z.object({
  competitions: list(z.object({ ref: text, title: shownText, userHasEntered: shownFlag })),
});

export const DatasetState = z.object({ status: text });

export const Competition = z.object({ ref: shownText, userHasEntered: flag });

export const LogRecord = z.object({ stream_name: shownText, time: z.coerce.number().catch(0), data: text });

/** A model with its variations. Their framework is an enum or its number; what is not there is not judged by. */
export const ModelSeen = z.looseObject({
  instances: z
    .array(
      z.looseObject({
        slug: z.string().default(''),
        framework: z.union([z.string(), z.number()]).nullish(),
        versionNumber: z.number().nullish(),
      }),
    )
    .nullish()
    .catch(null),
});
