import { ApplicationCommandType } from 'discord-api-types/v10';
import { type Command, customId, type FormAsk, type PressAsk, type Reply } from '../src/discord/command.ts';
import type { AcceptedView } from '../src/discord/render/accepted.ts';
import {
  linkedWords,
  linkModal,
  renderLinked,
  renderLinkOutage,
  renderLinkPanel,
  renderLinkRefused,
} from '../src/discord/render/link.ts';
import { renderPreflight } from '../src/discord/render/preflight.ts';
import { UserError } from '../src/domain/user-error.ts';
import { type Credential, KaggleError } from '../src/kaggle/kaggle.ts';
import type { Needs } from '../src/steps/needs.ts';
import type { CommitOrder } from '../src/steps/order.ts';
import { followAgain } from '../src/steps/resume.ts';
import { within } from './complete.ts';
import { everywhere } from './declare.ts';
import { acceptedFacts, DRAFT, followCard, mayLaunch, sourceName } from './launch.ts';
import { launchChecked } from './launch-checked.ts';
import { readCredential } from './link-fields.ts';
import { newPanelKey } from './panel-key.ts';
import { gpuSessions } from './quota.ts';

const QUOTA_WAIT_MS = 2_000;

export const link: Command<Needs> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'link',
    description: 'Link your own Kaggle account; only you see that',
    ...everywhere,
  },
  execute: async (_, { settings, chat }) => ({
    body: renderLinkPanel({
      key: newPanelKey(),
      draftName: null,
      web: settings.web,
      mention: (name) => chat.mention(name),
    }),
  }),
  presses: { link: { answers: 'modal', execute: async (ask, needs) => ({ modal: openedForm(ask, needs) }) } },
  forms: {
    /** Opened from a link panel, which only the asker sees: it becomes the answer. */
    linkForm: { answers: 'update', execute: (ask, needs) => linked(ask, ask.key, needs) },
    /** Opened from a message everybody sees, which must stay as it is. */
    linkFormApart: { answers: 'reply', execute: (ask, needs) => linked(ask, newPanelKey(), needs) },
  },
};

function openedForm(ask: PressAsk, { runs }: Needs): ReturnType<typeof linkModal> {
  const modal = linkModal({ key: ask.key });
  // A card's button carries the run's key, the welcome's none.
  const isPanel = ask.key !== '-' && runs.byKey(ask.key) === null;
  return isPanel ? modal : { ...modal, custom_id: customId('linkFormApart', '-') };
}

/** Verifies what was entered, stores it sealed, and goes on with the commit that waited. */
async function linked(ask: FormAsk, key: string, needs: Needs): Promise<Reply> {
  const { kaggle, accounts, clock, settings, health } = needs;
  const credential = readCredential(ask.fields);
  let account: string;
  try {
    account = (await kaggle.whoAmI(credential)).user;
    health.answered(clock.now());
  } catch (error) {
    if (!(error instanceof KaggleError)) throw error;
    if (error.kind === 'unavailable' || error.kind === 'unreadable') health.failed(clock.now());
    return { body: error.isOutage ? renderLinkOutage({ key }) : renderLinkRefused({ key, web: settings.web }) };
  }
  const before = accounts.kaggleUserOf(ask.user.id);
  accounts.link(ask.user.id, account, credential, clock.now());
  followAgain(ask.user.id, needs);
  const facts = {
    account,
    instead: before !== null && before !== account ? before : null,
    ...(await hoursOf(credential, account, needs)),
  };
  const waiting = draftOf(ask, key, needs);
  if (waiting === null) return { body: renderLinked({ ...facts, goesOn: null }) };
  const name = sourceName(waiting);
  needs.drafts.forget(key, ask.user.id);
  try {
    mayLaunch(ask, needs);
    const launched = await launchChecked(waiting, needs);
    if ('asks' in launched) return { body: renderPreflight({ ...launched.asks, above: linkedWords(facts) }) };
    const render = (goesOn: AcceptedView) => renderLinked({ ...facts, goesOn: { ...goesOn, name } });
    return { body: render(acceptedFacts(launched, needs)), follow: followCard(launched, needs, render) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const problem = { name, title: error.title, advice: error.advice };
    return { body: renderLinked({ ...facts, goesOn: null, problem }) };
  }
}

const draftOf = (ask: FormAsk, key: string, { drafts, clock }: Needs): CommitOrder | null =>
  drafts.find(key, ask.user.id, DRAFT, clock.now()) as CommitOrder | null;

/** A kindness: without it the account is linked all the same. */
async function hoursOf(credential: Credential, account: string, { kaggle, runs, log }: Needs) {
  const quota = await within(kaggle.quota(credential), log, QUOTA_WAIT_MS, null);
  const gpu = quota?.gpu ?? null;
  const { used, total } = gpuSessions(runs.aliveOfAccount(account));
  return {
    quota:
      gpu === null
        ? null
        : { left: Math.max(0, gpu.total - gpu.used - gpu.reserved), refillAt: quota?.refillAt ?? null },
    sessions: { used, total },
  };
}
