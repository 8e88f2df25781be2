import { InteractionType } from 'discord-api-types/v10';
import { z } from 'zod';

/**
 * What is read of an interaction. Only what is needed, and what is missing or strange in the rest does not make the
 * whole unreadable: who cannot be answered is told nothing at all.
 */
const lenient = <T extends z.ZodType>(type: T) => type.optional().catch(undefined);
const Id = z.string();

const User = z.object({
  id: Id,
  username: z.string().catch(''),
  global_name: lenient(z.string().nullable()),
});

const Attachment = z.object({
  id: Id,
  filename: z.string().catch('file'),
  title: lenient(z.string()),
  size: z.number().catch(0),
  url: z.string(),
});

const Said = z.object({ content: z.string().catch(''), attachments: z.array(Attachment).catch([]) });
/** What was forwarded stands in snapshots, and the message itself is empty. */
const Message = Said.extend({
  id: Id,
  message_snapshots: lenient(z.array(z.object({ message: Said }))),
});

export type RawOption = {
  name: string;
  type: number;
  value?: string | number | boolean | undefined;
  focused?: boolean | undefined;
  options?: RawOption[] | undefined;
};
const Option: z.ZodType<RawOption> = z.lazy(() =>
  z.object({
    name: z.string(),
    type: z.number(),
    value: lenient(z.union([z.string(), z.number(), z.boolean()])),
    focused: lenient(z.boolean()),
    options: lenient(z.array(Option)),
  }),
);

/** A field of a submitted form, wrapped in a label (18) or, the older way, in an action row (1). */
export type RawField = {
  custom_id?: string | undefined;
  value?: string | boolean | null | undefined;
  values?: string[] | undefined;
  component?: RawField | undefined;
  components?: RawField[] | undefined;
};
const Field: z.ZodType<RawField> = z.lazy(() =>
  z.object({
    custom_id: lenient(z.string()),
    value: lenient(z.union([z.string(), z.boolean(), z.null()])),
    values: lenient(z.array(z.string())),
    component: lenient(Field),
    components: lenient(z.array(Field)),
  }),
);

const Base = z.object({
  id: Id,
  application_id: Id,
  token: z.string(),
  guild_id: lenient(Id),
  channel_id: lenient(Id),
  channel: lenient(z.object({ id: Id, type: lenient(z.number()), name: lenient(z.string().nullable()) })),
  member: lenient(
    z.object({
      user: User,
      nick: lenient(z.string().nullable()),
      roles: z.array(Id).catch([]),
      permissions: lenient(z.string()),
    }),
  ),
  user: lenient(User),
  app_permissions: lenient(z.string()),
  context: lenient(z.number().nullable()),
  authorizing_integration_owners: lenient(z.record(z.string(), z.string())),
  attachment_size_limit: lenient(z.number()),
  locale: lenient(z.string()),
});

const CommandData = z.object({
  name: z.string(),
  type: z.number().catch(1),
  options: lenient(z.array(Option)),
  target_id: lenient(Id),
  resolved: lenient(
    z.object({
      attachments: lenient(z.record(z.string(), Attachment)),
      messages: lenient(z.record(z.string(), Message)),
    }),
  ),
});

const Interaction = z.discriminatedUnion('type', [
  Base.extend({ type: z.literal(InteractionType.ApplicationCommand), data: CommandData }),
  Base.extend({ type: z.literal(InteractionType.ApplicationCommandAutocomplete), data: CommandData }),
  Base.extend({
    type: z.literal(InteractionType.MessageComponent),
    data: z.object({ custom_id: z.string(), values: z.array(z.string()).optional().catch(undefined) }),
    message: z.object({ id: Id }),
  }),
  Base.extend({
    type: z.literal(InteractionType.ModalSubmit),
    data: z.object({ custom_id: z.string(), components: z.array(Field).catch([]) }),
    message: lenient(z.object({ id: Id })),
  }),
]);

export type Incoming = z.infer<typeof Interaction>;
export type IncomingCommand = Extract<
  Incoming,
  { type: InteractionType.ApplicationCommand | InteractionType.ApplicationCommandAutocomplete }
>;
export type IncomingPress = Extract<Incoming, { type: InteractionType.MessageComponent }>;
export type IncomingForm = Extract<Incoming, { type: InteractionType.ModalSubmit }>;

/** @returns The interaction, or null when it is of a kind the bot does not know or cannot be answered. */
export function readInteraction(raw: unknown): Incoming | null {
  const parsed = Interaction.safeParse(raw);
  return parsed.success ? parsed.data : null;
}

const DirectMessageCreated = z.object({
  id: Id,
  channel_id: Id,
  guild_id: z.undefined().optional(),
  // 0 plain, 19 reply; the others are the platform's own announcements.
  type: z.literal([0, 19]),
  content: z.string(),
  author: User.extend({ bot: lenient(z.boolean()), system: lenient(z.boolean()) }),
  webhook_id: z.undefined().optional(),
});
export type IncomingText = z.infer<typeof DirectMessageCreated>;

/** @returns What a person wrote in a direct message; null for guild messages, other bots and the platform's own. */
export function readText(raw: unknown): IncomingText | null {
  const parsed = DirectMessageCreated.safeParse(raw);
  if (!parsed.success || parsed.data.author.bot === true || parsed.data.author.system === true) return null;
  return parsed.data;
}
