import type { APIApplicationCommand, APIMessage } from 'discord-api-types/v10';
import type { Json } from './check/form.ts';
import { DEFAULT_MENTIONS } from './check/mentions.ts';
import { checkMessage } from './check/message.ts';
import { commandsFor } from './command-list.ts';
import type { Discord } from './discord.ts';
import { findComponent, selectProblem } from './find-component.ts';
import { fieldProblems, wireFields } from './given-fields.ts';
import { findCommand, problemsOf, Resolved, wireOptions } from './given-options.ts';
import { message } from './message-payload.ts';
import { createMessage, removeMessage, seen } from './messages.ts';
import { personUser } from './payloads.ts';
import { uploadLimit } from './routes/access.ts';
import { asked, notSent, sendInteraction } from './send-interaction.ts';
import { compareIds } from './snowflake.ts';
import type { Asked, AutocompleteChoice, GivenField, GivenOption, SeenMessage, Upload } from './types.ts';
import type { Channel, Person, StoredMessage } from './world.ts';
import { openDirect } from './world-events.ts';

/** One person in front of their client. What the client would not send comes back as a failed answer with its problems. */
export class PersonSide {
  readonly #discord: Discord;
  readonly #person: Person;

  constructor(discord: Discord, person: Person) {
    this.#discord = discord;
    this.#person = person;
  }

  get id(): string {
    return this.#person.id;
  }

  get name(): string {
    return this.#person.name;
  }

  /** Takes or refuses direct messages of the bot from now on. */
  closeDirectMessages(closed: boolean): void {
    this.#person.dmsClosed = closed;
    this.#discord.world.changed();
  }

  /** The channel for direct messages with the bot. */
  directMessages(): string {
    return openDirect(this.#discord, this.#person.id).id;
  }

  /** The commands this person is offered there, of all kinds, by name. */
  commandsFor(channelId: string): APIApplicationCommand[] {
    const channel = this.#channel(channelId);
    return channel === null ? [] : commandsFor(this.#discord, this.#person, channel);
  }

  /** Uses a slash command. @param name with group and sub-command after spaces, if it has them. */
  use(channelId: string, name: string, options: Readonly<Record<string, GivenOption>> = {}): Asked {
    const channel = this.#channel(channelId);
    if (channel === null) return notSent('There is no such channel.');
    const found = findCommand(this.commandsFor(channelId), name);
    if (found === null) return notSent(`There is no command /${name} here.`);
    const problems = problemsOf(found.options, options, uploadLimit(this.#discord, channel));
    const [first] = Object.entries(problems);
    if (first !== undefined) return notSent(`${first[0]}: ${first[1]}`, problems);
    const resolved = new Resolved(this.#discord, channel.id, channel.guildId);
    const wire = wireOptions(found, options, resolved, this.id, null);
    return this.#send(channel, found.command, 2, { options: wire }, resolved);
  }

  /** What is offered while typing. Empty also when the bot did not answer in time. */
  autocomplete(
    channelId: string,
    name: string,
    options: Readonly<Record<string, GivenOption>>,
    focused: string,
  ): Promise<readonly AutocompleteChoice[]> {
    const channel = this.#channel(channelId);
    const found = findCommand(this.commandsFor(channelId), name);
    const option = found?.options.find((one) => one.name === focused);
    if (channel === null || found === null || option?.autocomplete !== true) return Promise.resolve([]);
    const resolved = new Resolved(this.#discord, channel.id, channel.guildId);
    const wire = wireOptions(found, options, resolved, this.id, focused);
    const interaction = sendInteraction(this.#discord, {
      ...this.#as(channel, found.command),
      kind: 4,
      data: commandData(found.command, { options: wire }, resolved),
    });
    return interaction.choices.promise;
  }

  /** Uses a command of a message's context menu. The message arrives complete. */
  useMenu(channelId: string, name: string, messageId: string): Asked {
    const channel = this.#channel(channelId);
    const target = this.#visible(channelId, messageId);
    const command = this.commandsFor(channelId).find((one) => one.type === 3 && one.name === name);
    if (channel === null || target === null) return notSent('There is no such message.');
    if (command === undefined) return notSent(`There is no menu entry ${name} here.`);
    const resolved = new Resolved(this.#discord, channel.id, channel.guildId);
    resolved.put('messages', target.id, message(this.#discord, target, { bot: true, complete: true }));
    return this.#send(channel, command, 2, { target_id: target.id }, resolved);
  }

  /** Uses a command of a person's context menu. */
  useUserMenu(channelId: string, name: string, userId: string): Asked {
    const channel = this.#channel(channelId);
    const command = this.commandsFor(channelId).find((one) => one.type === 2 && one.name === name);
    if (channel === null || command === undefined) return notSent(`There is no menu entry ${name} here.`);
    const resolved = new Resolved(this.#discord, channel.id, channel.guildId);
    resolved.user(userId);
    return this.#send(channel, command, 2, { target_id: userId }, resolved);
  }

  /** Presses a button. */
  press(messageId: string, customId: string): Asked {
    const found = this.#component(messageId, customId);
    if (typeof found === 'string') return notSent(found);
    if (found.component.type !== 2) return notSent('That is not a button.');
    return this.#useComponent(found, {});
  }

  /** Chooses values of a select menu. */
  select(messageId: string, customId: string, values: readonly string[]): Asked {
    const found = this.#component(messageId, customId);
    if (typeof found === 'string') return notSent(found);
    const { component, channel } = found;
    const problem = selectProblem(component, values);
    if (problem !== null) return notSent(problem);
    const resolved = new Resolved(this.#discord, channel.id, channel.guildId);
    if (component.type === 5 || component.type === 7) for (const id of values) resolved.user(id);
    if (component.type === 8) for (const id of values) resolved.channel(id, this.id);
    return this.#useComponent(found, { values, ...(resolved.value === null ? {} : { resolved: resolved.value }) });
  }

  /** Sends a form that is open. @param interactionId the one that opened it. */
  submit(interactionId: string, fields: Readonly<Record<string, GivenField>>): Asked {
    const opened = this.#discord.interactions.get(interactionId);
    if (opened === undefined || opened.modal === null || opened.userId !== this.id)
      return notSent('This form is not open.');
    const channel = this.#channel(opened.channelId);
    if (channel === null) return notSent('There is no such channel.');
    const { modal } = opened;
    const problems = fieldProblems(modal, fields);
    const [first] = Object.entries(problems);
    if (first !== undefined) return notSent(`${first[0]}: ${first[1]}`, problems);
    const resolved = new Resolved(this.#discord, channel.id, channel.guildId);
    const components = wireFields(modal, fields, resolved);
    const source =
      opened.sourceMessageId === null ? undefined : this.#discord.world.message(channel.id, opened.sourceMessageId);
    const interaction = sendInteraction(this.#discord, {
      kind: 5,
      person: this.#person,
      channel,
      data: {
        custom_id: modal.custom_id,
        components,
        ...(resolved.value === null ? {} : { resolved: resolved.value }),
      },
      ...(source === undefined ? {} : { message: this.#forBot(source) }),
    });
    // The form closes with the first answer; until then it can be sent again.
    interaction.acknowledged.promise.then(
      (answer) => {
        if (answer.failed === null) opened.modal = null;
      },
      () => {},
    );
    return asked(interaction);
  }

  /** Writes a plain message. @throws Refusal as the platform refuses it. */
  type(channelId: string, text: string, uploads: readonly Upload[] = [], replyTo?: string): APIMessage {
    const channel = this.#channel(channelId);
    if (channel === null) throw new Error(`no channel ${channelId} that ${this.name} sees`);
    const files = new Map(uploads.map((upload, index) => [index, upload]));
    const json = { content: text, attachments: uploads.map((_, id) => ({ id })) };
    const draft = checkMessage(json, files, { existing: null, uploadLimit: uploadLimit(this.#discord, channel) });
    const stored = createMessage(this.#discord, {
      channel,
      authorId: this.id,
      draft,
      type: replyTo === undefined ? 0 : 19,
      flags: 0,
      onlyFor: null,
      interaction: null,
      reference: replyTo === undefined ? null : { messageId: replyTo, channelId },
      defaultMentions: DEFAULT_MENTIONS,
    });
    return seen(this.#discord, stored);
  }

  /** The history as this person sees it, oldest first. */
  messages(channelId: string): SeenMessage[] {
    if (this.#channel(channelId) === null) return [];
    return [...this.#discord.world.messagesIn(channelId).values()]
      .filter((one) => one.onlyFor === null || one.onlyFor === this.id)
      .sort((a, b) => compareIds(a.id, b.id))
      .map((one) => ({ message: seen(this.#discord, one), onlyFor: one.onlyFor }));
  }

  /** Removes an ephemeral message from this person's own sight. */
  dismiss(messageId: string): void {
    const stored = this.#discord.world.findMessage(messageId);
    if (stored?.onlyFor === this.id) removeMessage(this.#discord, stored);
  }

  /** The person as the platform describes them. */
  get user() {
    return personUser(this.#person);
  }

  #channel(id: string): Channel | null {
    const channel = this.#discord.world.channels.get(id);
    if (channel === undefined) return null;
    return channel.guildId !== null || channel.recipientIds.includes(this.id) ? channel : null;
  }

  #visible(channelId: string, messageId: string): StoredMessage | null {
    if (this.#channel(channelId) === null) return null;
    const stored = this.#discord.world.message(channelId, messageId);
    return stored !== undefined && (stored.onlyFor === null || stored.onlyFor === this.id) ? stored : null;
  }

  #as(channel: Channel, command: APIApplicationCommand) {
    return {
      person: this.#person,
      channel,
      commandName: command.name,
      commandType: command.type as 1 | 2 | 3,
      ...(command.integration_types === undefined ? {} : { integrationTypes: command.integration_types }),
    };
  }

  #send(channel: Channel, command: APIApplicationCommand, kind: 2, more: object, resolved: Resolved): Asked {
    const data = commandData(command, more, resolved);
    return asked(sendInteraction(this.#discord, { ...this.#as(channel, command), kind, data }));
  }

  #forBot(stored: StoredMessage) {
    return {
      id: stored.id,
      payload: message(this.#discord, stored, { bot: true, complete: true }),
      installedBy: stored.interaction?.owners['1'] ?? null,
    };
  }

  #component(
    messageId: string,
    customId: string,
  ): { stored: StoredMessage; channel: Channel; component: Json } | string {
    const stored = this.#discord.world.findMessage(messageId);
    const channel = stored === undefined ? null : this.#channel(stored.channelId);
    if (stored === undefined || channel === null || this.#visible(channel.id, messageId) === null)
      return 'There is no such message.';
    const component = findComponent(stored.components, customId);
    if (component === null) return `There is nothing called ${customId} on that message.`;
    if (component.disabled === true) return 'That is disabled.';
    return { stored, channel, component };
  }

  #useComponent(found: { stored: StoredMessage; channel: Channel; component: Json }, more: object): Asked {
    const { stored, channel, component } = found;
    return asked(
      sendInteraction(this.#discord, {
        kind: 3,
        person: this.#person,
        channel,
        data: { custom_id: component.custom_id, component_type: component.type, id: component.id, ...more },
        message: this.#forBot(stored),
      }),
    );
  }
}

const commandData = (command: APIApplicationCommand, more: object, resolved: Resolved): object => ({
  id: command.id,
  name: command.name,
  type: command.type,
  ...(command.guild_id === undefined ? {} : { guild_id: command.guild_id }),
  ...more,
  ...(resolved.value === null ? {} : { resolved: resolved.value }),
});
