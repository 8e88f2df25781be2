import type { Command, PressAsk, Reply } from '../src/discord/command.ts';
import { renderNotCommitted, renderPreflight, renderSure } from '../src/discord/render/preflight.ts';
import { renderAllFindings, renderHints } from '../src/discord/render/preflight-lists.ts';
import { fixDone } from '../src/discord/render/preflight-words.ts';
import type { Fix } from '../src/domain/finding.ts';
import { formatInput, parseInput } from '../src/domain/input.ts';
import { parseLimit } from '../src/domain/limit.ts';
import { UserError } from '../src/domain/user-error.ts';
import type { Needs } from '../src/steps/needs.ts';
import type { CommitOrder } from '../src/steps/order.ts';
import { countOf } from '../src/steps/preflight.ts';
import { ceilingOf } from '../src/steps/problems.ts';
import { checkReply } from './check-only.ts';
import { acceptedReply, mayLaunch } from './launch.ts';
import { commitChecked, type KeptCheck, keptCheck, viewOf } from './launch-checked.ts';

type Kept = KeptCheck & { readonly order: CommitOrder };

/** The buttons under what preflight found. They work for a day, for the one who asked, also after a restart. */
export const preflightPresses = {
  checkFix: { answers: 'update', execute: (ask, needs) => decided(ask, needs, (kept) => fixed(ask, kept, needs)) },
  /** Asks a second time before a commit in spite of a blocker. */
  checkAnyway: {
    answers: 'update',
    execute: (ask, needs) => decided(ask, needs, async (kept) => ({ body: renderSure(viewOf(ask.key, kept)) })),
  },
  checkBack: {
    answers: 'update',
    execute: (ask, needs) => decided(ask, needs, async (kept) => ({ body: renderPreflight(viewOf(ask.key, kept)) })),
  },
  /** In spite of warnings: one press. */
  checkGo: {
    answers: 'update',
    execute: (ask, needs) =>
      decided(ask, needs, async (kept) =>
        countOf(kept.preflight.findings, 'blocker') > 0
          ? { body: renderSure(viewOf(ask.key, kept)) }
          : committed(ask, kept, needs),
      ),
  },
  checkSure: { answers: 'update', execute: (ask, needs) => decided(ask, needs, (kept) => committed(ask, kept, needs)) },
  checkCancel: {
    answers: 'update',
    execute: async (ask, needs) => {
      const kept = keptCheck(ask.key, ask.user.id, needs);
      if (kept !== null && kept.run !== null) return alreadyCommitted(kept.run, needs);
      needs.drafts.forget(ask.key, ask.user.id);
      return { body: renderNotCommitted() };
    },
  },
  checkAll: {
    answers: 'reply',
    execute: async (ask, needs) => ({ body: renderAllFindings(keptOf(ask, needs).preflight, ask.uploadLimit) }),
  },
  checkHints: {
    answers: 'reply',
    execute: async (ask, needs) => {
      const kept = keptCheck(ask.key, ask.user.id, needs);
      if (kept === null) throw new UserError('These hints are not kept any more.', 'The run itself goes on as it is.');
      const hints = kept.preflight.findings.filter(({ severity }) => severity === 'hint');
      return { body: renderHints(hints, kept.run?.number ?? 0) };
    },
  },
} as const satisfies NonNullable<Command<Needs>['presses']>;

/** @throws UserError when it is gone, or was never this person's */
function keptOf(ask: PressAsk, needs: Needs): KeptCheck {
  const kept = keptCheck(ask.key, ask.user.id, needs);
  if (kept !== null) return kept;
  throw new UserError('This check is too old to commit from.', `Please use ${needs.chat.mention('commit')} again.`);
}

/**
 * Does what a button says, if it is one of the newest state: a double click, or a click on what was just changed, shows how it
 * stands instead.
 */
async function decided(ask: PressAsk, needs: Needs, act: (kept: Kept) => Promise<Reply>): Promise<Reply> {
  const kept = keptOf(ask, needs);
  const { order, run, revision } = kept;
  if (run !== null) return alreadyCommitted(run, needs);
  if (order === null || Number(/^\d+/.exec(ask.argument ?? '')?.[0] ?? -1) !== revision)
    return { body: renderPreflight(viewOf(ask.key, kept)) };
  return act({ ...kept, order });
}

function alreadyCommitted({ key, found }: NonNullable<KeptCheck['run']>, needs: Needs): Reply {
  const run = needs.runs.byKey(key);
  if (run === null) throw new UserError('That run is not here any more.', 'Nothing was committed.');
  return acceptedReply({ run, checkedMs: 0, ...(found === undefined ? {} : { found }) }, needs);
}

async function committed(ask: PressAsk, kept: Kept, needs: Needs): Promise<Reply> {
  mayLaunch(ask, needs);
  const { changes, revision } = kept;
  return commitChecked(kept.order, needs, { key: ask.key, revision: revision + 1, changes }, kept);
}

/** Changes one thing and checks again; with nothing left to ask it commits. */
async function fixed(ask: PressAsk, kept: Kept, needs: Needs): Promise<Reply> {
  const index = Number(/^\d+\.(\d+)$/.exec(ask.argument ?? '')?.[1] ?? -1);
  const fix = kept.preflight.findings[index]?.fix;
  if (fix === undefined) return { body: renderPreflight(viewOf(ask.key, kept)) };
  const order = applyFix(kept.order, fix, kept.inputs, needs.settings.sessionHours);
  const thread = { key: ask.key, revision: kept.revision + 1, changes: [...kept.changes, fixDone(fix)] };
  if (kept.purpose === 'check') return checkReply(order, needs, thread);
  mayLaunch(ask, needs);
  return commitChecked(order, needs, thread);
}

/** The order as if the person had said it so. `inputs`: what it was checked with. */
function applyFix(
  order: CommitOrder,
  fix: Fix,
  inputs: readonly string[],
  sessionHours: Needs['settings']['sessionHours'],
): CommitOrder {
  switch (fix.kind) {
    case 'attach': {
      const input = parseInput(fix.input);
      return { ...order, inputs: [...inputs, input === null ? fix.input : formatInput(input)].join(', ') };
    }
    case 'internet':
      return { ...order, internet: fix.on };
    case 'accelerator': {
      const { limit, ...rest } = order;
      // The longest limit differs from machine to machine; the one that was said may be above it.
      const tooLong = limit !== undefined && (parseLimit(limit) ?? 0) > ceilingOf(fix.to, sessionHours);
      return { ...(tooLong ? rest : order), accelerator: fix.to };
    }
    case 'limit':
      return { ...order, limit: `${fix.minutes}m` };
  }
}
