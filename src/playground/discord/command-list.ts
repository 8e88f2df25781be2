import type { APIApplicationCommand } from 'discord-api-types/v10';
import { PermissionFlagsBits } from 'discord-api-types/v10';
import type { Discord } from './discord.ts';
import { memberMay } from './payloads.ts';
import type { Channel, Person } from './world.ts';

/** The commands a client offers a person in that channel: by context, installation and the permissions a command asks for. */
export function commandsFor(discord: Discord, person: Person, channel: Channel): APIApplicationCommand[] {
  const context = channel.guildId !== null ? 0 : channel.type === 1 ? 1 : 2;
  const byGuild = discord.world.botIsIn(channel);
  const installed = [...(byGuild ? [0] : []), ...(person.userInstalled || !byGuild ? [1] : [])];
  const global = (discord.world.commands.get('global') ?? []).filter((command) => {
    const types = command.integration_types ?? [0];
    const contexts = command.contexts ?? [0, 1, 2];
    return contexts.includes(context) && types.some((type) => installed.includes(type));
  });
  const local = channel.guildId !== null && byGuild ? (discord.world.commands.get(channel.guildId) ?? []) : [];
  const bits = memberMay(discord, channel, person.id);
  return [...local, ...global]
    .filter((command) => context !== 0 || isAllowed(command, bits))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** Null: everybody. `0`: administrators only. */
function isAllowed(command: APIApplicationCommand, bits: bigint): boolean {
  if (command.default_member_permissions === null) return true;
  if ((bits & PermissionFlagsBits.Administrator) !== 0n) return true;
  const needed = BigInt(command.default_member_permissions);
  return needed !== 0n && (bits & needed) === needed;
}
