import {
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from 'discord-api-types/v10';
import { settingsPage } from '../../domain/links.ts';
import { accountOf, at, clean, cutEnd, cutMiddle, escapeText, facts, hours, plural } from '../../domain/words.ts';
import type { MessageBody } from '../chat.ts';
import { customId } from '../command.ts';
import { type AcceptedView, acceptedText } from './accepted.ts';
import { ACCENTS, button, framed, linkButton, panel, row, small, text, textIfAny } from './components.ts';

/** Linking a Kaggle account. */
export type LinkPanelView = {
  /** Of the draft that goes on afterwards, or `-`. Stands in the button and comes back with the form. */
  readonly key: string;
  /** The file or kernel of the commit that waits; null for /link itself. */
  readonly draftName: string | null;
  /** KAGGLE_WEB_URL. */
  readonly web: string;
  readonly mention: (command: string) => string;
};

const STEPS = [
  '**1** Create a token on Kaggle: Settings, API, Generate new token.',
  '**2** Enter it here. It is checked with Kaggle, sealed, and never shown again.',
];

const enterToken = (key: string) => button('Enter token…', { verb: 'link', key }, 'primary');
const kaggleSettings = (web: string) => linkButton('Kaggle settings', settingsPage(web));
const fileName = (name: string): string => escapeText(cutMiddle(clean(name), 48));

export function renderLinkPanel({ key, draftName, web, mention }: LinkPanelView): MessageBody {
  const heading =
    draftName === null
      ? text('### Link your Kaggle account')
      : text(
          '### Link your Kaggle account first',
          small(`${fileName(draftName)} is kept for 15\u00a0min and goes on by itself once you are linked`),
        );
  return framed(null, [
    heading,
    text(...STEPS),
    text(
      small(
        `A Kaggle token gives access to the whole account. This bot uses it only to push notebooks and read runs, and forgets it with ${mention('unlink')}.`,
      ),
    ),
    row(enterToken(key), kaggleSettings(web)),
  ]);
}

/** The ids of the form's fields, as `FormAsk.fields` names them. */
export const LINK_FIELDS = { token: 'token', user: 'username', key: 'key' } as const;

const field = (id: string, label: string, description: string | null, placeholder: string | null) =>
  ({
    type: ComponentType.Label,
    label,
    ...(description === null ? {} : { description }),
    component: {
      type: ComponentType.TextInput,
      custom_id: id,
      style: TextInputStyle.Short,
      // Exactly one way is filled in, which only the submit can check.
      required: false,
      // Room for a pasted kaggle.json, which is read too.
      max_length: 1000,
      ...(placeholder === null ? {} : { placeholder }),
    },
  }) satisfies APILabelComponent;

/** The form. Its custom id carries the draft's key (or `-`) on. */
export function linkModal({
  key,
  operator = null,
}: {
  readonly key: string;
  readonly operator?: string | null;
}): APIModalInteractionResponseCallbackData {
  const runBy =
    operator === null || operator.trim() === '' ? '' : `, run by ${escapeText(cutEnd(clean(operator), 50))}`;
  return {
    custom_id: customId('linkForm', key),
    title: 'Link a Kaggle account',
    components: [
      {
        type: ComponentType.TextDisplay,
        content: `This form goes to Nightshift${runBy}. Never enter your Kaggle password.`,
      },
      field(LINK_FIELDS.token, 'API token', 'Starts with KGAT_. Leave the rest empty.', 'KGAT_…'),
      field(LINK_FIELDS.user, 'Username, for an old key only', null, 'mara-k'),
      field(LINK_FIELDS.key, 'Key, for an old key only', '32 letters and digits from kaggle.json', null),
    ],
  };
}

export type LinkedView = {
  readonly account: string;
  /** The account that was linked before, if it is another one. */
  readonly instead: string | null;
  /** What Kaggle said of the account; null when it could not be read. */
  readonly quota: { readonly left: number; readonly refillAt: number | null } | null;
  readonly sessions: { readonly used: number; readonly total: number } | null;
  /** The commit that waited and was accepted. */
  readonly goesOn: (AcceptedView & { readonly name: string }) | null;
  /** Markdown of why the commit that waited was not accepted (the texts of its UserError). */
  readonly problem?: { readonly name: string; readonly title: string; readonly advice: string } | null;
};

/** Above what else is to be said after linking, when a commit that waited has to ask first. */
export const linkedWords = ({ account, instead }: Pick<LinkedView, 'account' | 'instead'>): string =>
  instead === null
    ? `**Linked to Kaggle as ${accountOf(account)}.**`
    : `**Linked to Kaggle as ${accountOf(account)} instead of ${accountOf(instead)}.** ${notFollowed(instead)}`;

const notFollowed = (account: string): string =>
  `Runs of ${accountOf(account)} are no longer followed; they go on at Kaggle.`;

export function renderLinked({ account, instead, quota, sessions, goesOn, problem }: LinkedView): MessageBody {
  const name = accountOf(account);
  const heading =
    instead === null
      ? `### Linked to Kaggle as ${name}`
      : `### Linked to Kaggle as ${name} instead of ${accountOf(instead)}`;
  const left =
    quota === null
      ? null
      : `${hours(quota.left).replace(/\u00a0h$/, '')}\u00a0GPU hours left${quota.refillAt === null ? '' : `, refill ${at(quota.refillAt, 'R')}`}`;
  const inUse = sessions === null ? null : `${sessions.used} of ${plural(sessions.total, 'GPU session')} in use`;
  const next =
    goesOn !== null
      ? `Going on with ${fileName(goesOn.name)}: ${shortly(acceptedText(goesOn))}`
      : problem != null
        ? `${fileName(problem.name)} was not committed: **${problem.title}** ${problem.advice}`
        : null;
  return framed(ACCENTS.green, [
    text(heading, facts(left, inUse), instead === null ? null : notFollowed(instead)),
    textIfAny(next),
    row(linkButton('Go to the card', goesOn?.cardLink ?? null)),
  ]);
}

/** Where the rest is said already, that the computer may be closed is not said again. */
const shortly = (accepted: string): string => accepted.replace(/ You can close (?:your computer|this page)\.$/, '');

export type LinkAgainView = { readonly key: string; readonly web: string };

export const renderLinkRefused = ({ key, web }: LinkAgainView): MessageBody =>
  framed(ACCENTS.red, [
    text(
      '### Kaggle does not accept this token',
      'It answered that the token is wrong or was revoked. Nothing was stored.',
      'Create a new one under Settings, API, and enter it again.',
    ),
    row(enterToken(key), kaggleSettings(web)),
  ]);

export const renderLinkOutage = ({ key }: Pick<LinkAgainView, 'key'>): MessageBody =>
  framed(ACCENTS.amber, [
    text(
      '### Kaggle is not answering, so the token is not checked',
      'Nothing was stored. Please try again in some minutes.',
    ),
    row(enterToken(key)),
  ]);

export type UnlinkedView = {
  readonly account: string;
  /** Runs that were alive and are no longer followed. */
  readonly running: number;
};

export function renderUnlinked({ account, running }: UnlinkedView): MessageBody {
  const rest =
    running === 0
      ? ''
      : ` ${plural(running, 'running run')} ${running === 1 ? 'is no longer followed; it goes' : 'are no longer followed; they go'} on at Kaggle.`;
  return panel([text(`**The token of ${accountOf(account)} is forgotten.**${rest}`)]);
}

/** /unlink without a linked account. */
export const renderNotLinked = (mention: (command: string) => string): MessageBody =>
  panel([text(`**No Kaggle account is linked.** ${mention('link')} links one.`)]);
