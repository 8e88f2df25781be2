import {
  type APIApplicationCommandBooleanOption,
  type APIApplicationCommandStringOption,
  ApplicationCommandOptionType,
  ApplicationIntegrationType,
  InteractionContextType,
} from 'discord-api-types/v10';

/**
 * Pieces of which the commands are declared. Contexts and integration types: Discord's documentation of application commands.
 * `everywhere` includes places where the bot is only installed by the person; there it answers that person alone and reports
 * by direct message.
 */
export const everywhere = {
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
};

export const inServers = {
  contexts: [InteractionContextType.Guild],
  integration_types: [ApplicationIntegrationType.GuildInstall],
};

/** A text option; completed while it is typed unless `completes` is false. */
export const textOption = (
  name: string,
  description: string,
  more: { completes?: boolean; maxLength?: number } = {},
): APIApplicationCommandStringOption => ({
  type: ApplicationCommandOptionType.String,
  name,
  description,
  ...(more.completes === false ? {} : { autocomplete: true }),
  ...(more.maxLength === undefined ? {} : { max_length: more.maxLength }),
});

export const choiceOption = (
  name: string,
  description: string,
  choices: readonly (readonly [value: string, name: string])[],
): APIApplicationCommandStringOption => ({
  type: ApplicationCommandOptionType.String,
  name,
  description,
  choices: choices.map(([value, label]) => ({ name: label, value })),
});

export const yesNoOption = (name: string, description: string): APIApplicationCommandBooleanOption => ({
  type: ApplicationCommandOptionType.Boolean,
  name,
  description,
});
