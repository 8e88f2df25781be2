import type { Run } from '../../domain/run.ts';
import { at } from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import type { CardView } from '../views.ts';
import { queuedFace, runningFace } from './card-alive.ts';
import { endedFace, lostFace } from './card-ended.ts';
import type { Face } from './card-face.ts';
import { noteLine, settingsLine, titleLine } from './card-lines.ts';
import { beforePushFace } from './card-waiting.ts';
import { framed, gallery, row, small, text, textIfAny } from './components.ts';

/** The run's one message in the channel. Every phase of a run has its face. */
export function renderCard(view: CardView): MessageBody {
  return cardOf(view, at(view.now, 'R'));
}

/**
 * What the card says, without the moment of its last change: equal texts mean that an edit would change nothing a reader
 * wants to know.
 */
export const cardContent = (view: CardView): string => JSON.stringify(cardOf(view, ''));

function cardOf(view: CardView, updated: string): MessageBody {
  const { run, curve } = view;
  const face = faceOf(view, updated);
  return framed(
    face.accent,
    [
      text(`### ${face.heading}`, titleLine(view), small(settingsLine(view)), noteLine(run)),
      ...face.groups.map((lines) => textIfAny(...lines)),
      curve == null ? null : gallery([curve]),
      face.small === null ? null : text(small(face.small)),
      row(...face.buttons),
    ],
    curve == null ? [] : [curve],
  );
}

function faceOf(view: CardView, updated: string): Face {
  const phase: Run['state']['phase'] = view.run.state.phase;
  switch (phase) {
    case 'accepted':
    case 'waiting':
    case 'pushing':
      return beforePushFace(view);
    case 'queued':
      return queuedFace(view);
    case 'running':
    case 'finishing':
      return runningFace(view, updated);
    case 'complete':
    case 'error':
    case 'cancelled':
      return endedFace(view);
    case 'lost':
      return lostFace(view);
  }
}
