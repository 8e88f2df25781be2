import type { DiscordEmulator } from './discord/emulator.ts';
import type { PersonSide } from './discord/person.ts';
import type { KaggleSummary, PageBackend, PageSample } from './page-backend.ts';

export type PageOf = {
  readonly discord: DiscordEmulator;
  readonly you: PersonSide;
  readonly channel: { readonly id: string; readonly name: string };
  readonly kaggleSummary: () => KaggleSummary;
  readonly samples: readonly PageSample[];
  /** Of the /commit that the first start sent by itself; null without one. */
  readonly firstStartInteraction?: () => string | null;
};

/**
 * The page's view of the emulators. An answer is told as soon as the bot acknowledged, as in the client: what comes after it is a
 * message of its own or an edit, and reaches the page as such.
 */
export function fromEmulator(of: PageOf): PageBackend {
  const { discord, you, channel } = of;
  const bot = { id: discord.botUserId, name: 'Nightshift' };
  return {
    you: { id: you.id, name: you.name },
    bot,
    channel,
    directMessage: { id: you.directMessages(), name: bot.name },
    cdnUrl: discord.cdnUrl,
    firstStartInteraction: of.firstStartInteraction ?? (() => null),
    messages: (channelId) => you.messages(channelId).map((seen) => seen.message),
    commandsFor: (channelId) => you.commandsFor(channelId),
    watch: (see) => discord.sightings.watch(see),
    use: (channelId, command, options) => you.use(channelId, command, options).acknowledged,
    autocomplete: (channelId, command, options, focused) => you.autocomplete(channelId, command, options, focused),
    menu: (channelId, command, messageId) => you.useMenu(channelId, command, messageId).acknowledged,
    press: (messageId, customId) => you.press(messageId, customId).acknowledged,
    select: (messageId, customId, values) => you.select(messageId, customId, values).acknowledged,
    submit: (interactionId, fields) => you.submit(interactionId, fields).acknowledged,
    async type(channelId, text) {
      you.type(channelId, text);
    },
    async dismiss(messageId) {
      you.dismiss(messageId);
    },
    kaggleSummary: of.kaggleSummary,
    samples: () => of.samples,
    isBotOnline: () => discord.botIsOnline,
  };
}
