import type { z } from 'zod';
import type { InputRef } from '../domain/input.ts';
import { CAPS } from './http.ts';
import { type Credential, type InputSeen, KaggleError } from './kaggle.ts';
import { COMPETITIONS, DATASETS, KERNELS, MODELS } from './services.ts';
import * as shapes from './shapes.ts';

/** One RPC whose answer has that shape. */
export type Ask = <T extends z.ZodType>(
  credential: Credential,
  method: string,
  body: object,
  shape: T,
  cap?: number,
) => Promise<z.output<T>>;

/** Whether Kaggle would attach this input: it exists, may be read, and is ready. */
export async function inputSeen(ask: Ask, credential: Credential, { kind, ref }: InputRef): Promise<InputSeen> {
  try {
    const [owner = '', slug = ''] = ref.split('/');
    switch (kind) {
      case 'dataset': {
        const { status } = await ask(
          credential,
          `${DATASETS}/GetDatasetStatus`,
          { ownerSlug: owner, datasetSlug: slug },
          shapes.DatasetState,
          CAPS.small,
        );
        const state = status.toUpperCase().replace(/^.*STATUS_/, '') || 'NOT_YET_PERSISTED';
        if (state === 'READY') return { kind: 'ready' };
        return state === 'DELETED'
          ? { kind: 'missing' }
          : {
              kind: 'notReady',
              said: state === 'FAILED' ? 'Kaggle could not process it' : 'Kaggle is still processing it',
            };
      }
      case 'competition': {
        const { userHasEntered } = await ask(
          credential,
          `${COMPETITIONS}/GetCompetition`,
          { competitionName: ref },
          shapes.Competition,
        );
        return userHasEntered
          ? { kind: 'ready' }
          : { kind: 'notReady', said: 'you have not joined this competition, or not accepted its rules' };
      }
      case 'kernel':
        await ask(
          credential,
          `${KERNELS}/GetKernel`,
          { userName: owner, kernelSlug: slug },
          shapes.Pulled,
          CAPS.kernel,
        );
        return { kind: 'ready' };
      case 'model':
        return hasVariation(
          await ask(credential, `${MODELS}/GetModel`, { ownerSlug: owner, modelSlug: slug }, shapes.ModelSeen),
          ref,
        )
          ? { kind: 'ready' }
          : { kind: 'missing' };
    }
  } catch (error) {
    // Kaggle answers 403 for what does not exist, so that names cannot be probed (source: public reports).
    if (
      error instanceof KaggleError &&
      (error.kind === 'forbidden' || error.kind === 'notFound' || error.kind === 'rejected')
    )
      return { kind: 'missing' };
    throw error;
  }
}

const plain = (framework: string): string =>
  framework
    .replace(/^MODEL_FRAMEWORK_/i, '')
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase();

/**
 * Whether a model has the framework, variation and version that `ref` (`owner/model/framework/variation[/version]`) names. What
 * Kaggle does not list, or lists by numbers, counts as there: the push would say it.
 */
function hasVariation({ instances }: z.output<typeof shapes.ModelSeen>, ref: string): boolean {
  if (instances == null || instances.length === 0) return true;
  const [, , framework = '', variation = '', version] = ref.split('/');
  return instances.some(
    (one) =>
      one.slug.toLowerCase() === variation.toLowerCase() &&
      (typeof one.framework !== 'string' || plain(one.framework) === plain(framework)) &&
      (version === undefined || one.versionNumber == null || Number(version) <= one.versionNumber),
  );
}
