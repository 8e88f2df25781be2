import type { MessageBody } from '../chat.ts';
import type { EndView } from '../views.ts';
import { renderCompletion } from './completion.ts';
import { renderFailure } from './failure.ts';

/**
 * The message that tells how a run ended: a new one, for an edit notifies nobody. Complete, failed, or stopped on Kaggle.
 * @throws Error for a run that has not ended: nobody is told what is not so
 */
export function renderEnd(view: EndView): MessageBody {
  const { state } = view.run;
  if (state.phase === 'error') return renderFailure(view);
  if (state.phase === 'complete' || state.phase === 'cancelled') return renderCompletion(view);
  throw new Error(`a run that is ${state.phase} has no end to tell`);
}
