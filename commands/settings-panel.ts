import { ComponentType } from 'discord-api-types/v10';
import type { GuildSettings } from '../db/guilds.ts';
import type { MessageBody } from '../src/discord/chat.ts';
import { acceleratorFacts, DEFAULT_ACCELERATOR } from '../src/domain/accelerator.ts';
import { formatLimit } from '../src/domain/limit.ts';
import { escapeText, plural } from '../src/domain/words.ts';
import { SILENT_MINUTES } from '../src/steps/alarms.ts';
import { LINK_DAYS } from '../src/steps/lasting-links.ts';

/** What a server has set, as those who manage it see it. */
export function renderSettings(of: {
  readonly settings: GuildSettings;
  readonly isChanged: boolean;
  readonly guildName: string | null;
  /** Whether this bot gives lasting download links. */
  readonly hasLinks: boolean;
}): MessageBody {
  const { channelId, roles, accelerator, limitMinutes, internet, silentMinutes, curve, linkDays, receipt } =
    of.settings;
  const lines = [
    `### Settings of ${of.guildName === null ? 'this server' : escapeText(of.guildName)}`,
    ...(of.isChanged ? ['-# changed just now'] : []),
    `**Cards** ${channelId === null ? 'stay in the channel of the commit' : `go to <#${channelId}>`}`,
    `**May commit** ${roles.length === 0 ? 'everybody' : `${roles.map((role) => `<@&${role}>`).join(', ')} and members with Manage Server`}`,
    `**Accelerator** ${acceleratorFacts(accelerator ?? DEFAULT_ACCELERATOR).label}`,
    `**Limit** ${limitMinutes === null ? 'the most that Kaggle allows' : formatLimit(limitMinutes)}`,
    `**Internet** ${internet === null ? 'as the notebook says, else off' : internet ? 'on' : 'off'}`,
    `**Silent** a run is reported after ${formatLimit(silentMinutes ?? SILENT_MINUTES)} without a line`,
    `**Curves** on ${curve ?? 'dark'} ground`,
    ...(of.hasLinks ? [`**Download links** last ${plural(linkDays ?? LINK_DAYS, 'day')}`] : []),
    `**Check of the GPU** ${receipt === false ? 'off: nobody proves which GPU a run got' : 'on: a small cell before cell 1 of each GPU run proves which GPU it got, within a minute or two, and ends the run if there is none'}`,
    '-# What a commit says itself comes first.',
  ];
  return {
    kind: 'panel',
    components: [
      {
        type: ComponentType.Container,
        components: [{ type: ComponentType.TextDisplay, content: lines.join('\n') }],
      },
    ],
  };
}
