import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ChannelType,
  PermissionFlagsBits,
} from 'discord-api-types/v10';
import type { GuildSettings } from '../db/guilds.ts';
import type { Command, CommandAsk } from '../src/discord/command.ts';
import { acceleratorFacts, DEFAULT_ACCELERATOR, parseAccelerator } from '../src/domain/accelerator.ts';
import { parseLimit } from '../src/domain/limit.ts';
import { UserError } from '../src/domain/user-error.ts';
import { cutEnd, escapeText } from '../src/domain/words.ts';
import type { Needs } from '../src/steps/needs.ts';
import { completed } from './complete.ts';
import { acceleratorChoices, limitChoices } from './complete-commit.ts';
import { choiceOption, inServers, textOption, yesNoOption } from './declare.ts';
import { renderSettings } from './settings-panel.ts';

const MOST_ROLES = 25;
/** The longest a download link lasts, in days. */
const LINKS_TO = 365;
const UNCHANGED = 'Nothing was changed.';

type SettingsNeeds = Pick<Needs, 'guilds' | 'settings' | 'chat' | 'log'>;

export const settings: Command<SettingsNeeds> = {
  data: {
    type: ApplicationCommandType.ChatInput,
    name: 'settings',
    description: 'Where cards go, who may commit, and what a commit gets unless it says otherwise',
    ...inServers,
    default_member_permissions: String(PermissionFlagsBits.ManageGuild),
    options: [
      {
        type: ApplicationCommandOptionType.Channel,
        name: 'channel',
        description: 'All cards go to this channel',
        channel_types: [ChannelType.GuildText, ChannelType.GuildAnnouncement],
      },
      {
        type: ApplicationCommandOptionType.Role,
        name: 'role',
        description: 'This role may commit; chosen again: no longer',
      },
      textOption('accelerator', 'The machine of a commit that names none', { maxLength: 50 }),
      textOption('limit', 'The limit of a commit that names none: 90m, 9h', { maxLength: 30 }),
      yesNoOption('internet', 'Internet of a commit that does not say'),
      yesNoOption('check', 'Whether a small cell before cell 1 proves the GPU of each run'),
      textOption('silent', 'A run is reported as silent after so long without a line: 20m, 2h', {
        completes: false,
        maxLength: 30,
      }),
      {
        type: ApplicationCommandOptionType.Integer,
        name: 'links',
        description: 'For how many days a download link lasts, where this bot gives lasting ones',
        min_value: 1,
        max_value: LINKS_TO,
      },
      choiceOption('curve', 'The ground of the pictures of curves', [
        ['dark', 'dark'],
        ['light', 'light'],
      ]),
      choiceOption('reset', 'Forget a setting', [
        ['channel', 'channel: cards stay where they are asked for'],
        ['roles', 'roles: everybody may commit'],
        ['defaults', 'defaults: accelerator, limit, internet and check as they were'],
        ['silent', 'silent: after 20 min without a line'],
        ['links', 'links: download links last 30 days'],
      ]),
    ],
  },
  autocomplete: (ask, needs) =>
    completed(async () => {
      const { name, value } = ask.focused;
      if (name === 'accelerator') return acceleratorChoices(value);
      return name === 'limit' ? limitChoices(value, String(ask.options.get('accelerator') ?? ''), needs) : [];
    }, needs.log),
  execute: async (ask, needs) => {
    const guildId = managedGuild(ask);
    const before = needs.guilds.settings(guildId);
    const after = changed(before, ask, needs);
    const isChanged = ask.options.size > 0;
    if (isChanged) needs.guilds.set(guildId, after);
    const guildName = needs.chat.guildName(guildId);
    const hasLinks = needs.settings.publicUrl !== null;
    return { body: renderSettings({ settings: after, isChanged, guildName, hasLinks }) };
  },
};

/** Discord hides the command from others, but a server can change that, so the right is looked at again. */
function managedGuild(ask: CommandAsk): string {
  if (ask.place.kind !== 'guild' || ask.place.guildId === null)
    throw new UserError('There are no settings here.', 'They belong to a server that Nightshift is a member of.');
  if (!ask.manages) throw new UserError('Only members with Manage Server may change the settings.', UNCHANGED);
  return ask.place.guildId;
}

/** The settings with what was said. Throws UserError when something of it cannot be; then nothing is stored. */
function changed(before: GuildSettings, ask: CommandAsk, needs: SettingsNeeds): GuildSettings {
  const { options } = ask;
  const reset = options.get('reset');
  const kept: GuildSettings = {
    ...before,
    ...(reset === 'channel' ? { channelId: null } : {}),
    ...(reset === 'roles' ? { roles: [] } : {}),
    ...(reset === 'defaults' ? { accelerator: null, limitMinutes: null, internet: null, receipt: null } : {}),
    ...(reset === 'silent' ? { silentMinutes: null } : {}),
    ...(reset === 'links' ? { linkDays: null } : {}),
  };
  const channel = options.get('channel');
  const role = options.get('role');
  const accelerator = options.get('accelerator');
  const internet = options.get('internet');
  const receipt = options.get('check');
  const machine = typeof accelerator === 'string' ? readAccelerator(accelerator) : kept.accelerator;
  const limit = options.get('limit');
  const silent = options.get('silent');
  const curve = options.get('curve');
  const links = options.get('links');
  return {
    channelId: typeof channel === 'string' ? channel : kept.channelId,
    roles: typeof role === 'string' ? toggled(kept.roles, role) : kept.roles,
    accelerator: machine,
    limitMinutes: typeof limit === 'string' ? readLimit(limit, machine, needs) : kept.limitMinutes,
    internet: typeof internet === 'boolean' ? internet : kept.internet,
    curve: curve === 'dark' || curve === 'light' ? curve : (kept.curve ?? null),
    silentMinutes: typeof silent === 'string' ? readSilent(silent) : (kept.silentMinutes ?? null),
    linkDays: typeof links === 'number' ? Math.min(LINKS_TO, Math.max(1, links)) : (kept.linkDays ?? null),
    receipt: typeof receipt === 'boolean' ? receipt : (kept.receipt ?? null),
  };
}

function toggled(roles: readonly string[], role: string): readonly string[] {
  if (roles.includes(role)) return roles.filter((one) => one !== role);
  if (roles.length >= MOST_ROLES) throw new UserError(`At most ${MOST_ROLES} roles can be named.`, UNCHANGED);
  return [...roles, role];
}

function readAccelerator(text: string): GuildSettings['accelerator'] {
  const accelerator = parseAccelerator(text);
  if (accelerator === null)
    throw new UserError(
      `I know no accelerator “${escapeText(cutEnd(text, 40))}”.`,
      `The list shows those there are. ${UNCHANGED}`,
    );
  return accelerator;
}

function readLimit(text: string, machine: GuildSettings['accelerator'], { settings }: SettingsNeeds): number {
  const minutes = parseLimit(text);
  if (minutes === null)
    throw new UserError(
      `I cannot read the limit “${escapeText(cutEnd(text, 40))}”.`,
      `Write \`90m\` or \`9h\`. ${UNCHANGED}`,
    );
  const ceiling = settings.sessionHours[acceleratorFacts(machine ?? DEFAULT_ACCELERATOR).kind];
  if (minutes > ceiling * 60)
    throw new UserError(
      `The limit ${escapeText(cutEnd(text, 40))} is above the ${ceiling} h that Kaggle allows.`,
      UNCHANGED,
    );
  return minutes;
}

/** Sooner than in 5 min nothing is reported; later than in 12 h no run goes on. */
const SILENT_FROM = 5;
const SILENT_TO = 720;

function readSilent(text: string): number {
  const minutes = parseLimit(text);
  if (minutes === null || minutes < SILENT_FROM || minutes > SILENT_TO)
    throw new UserError(
      `I cannot take “${escapeText(cutEnd(text, 40))}” as the time of silence.`,
      `Write \`20m\` or \`2h\`, from 5 min to 12 h. ${UNCHANGED}`,
    );
  return minutes;
}
