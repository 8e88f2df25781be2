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
        await ask(credential, `${MODELS}/GetModel`, { ownerSlug: owner, modelSlug: slug }, shapes.Anything);
        return { kind: 'ready' };
    }
  } catch (error) {
    // Kaggle answers 403 for what does not exist, so that names cannot be probed (kaggle-api.md 3.3).
    if (
      error instanceof KaggleError &&
      (error.kind === 'forbidden' || error.kind === 'notFound' || error.kind === 'rejected')
    )
      return { kind: 'missing' };
    throw error;
  }
}
