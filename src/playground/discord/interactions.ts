import { randomBytes } from 'node:crypto';
import type { APIMessage, APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';
import { MINUTE, SECOND } from '../../clock.ts';
import type { Discord } from './discord.ts';
import { refuse } from './refusal.ts';
import type { Answer, AutocompleteChoice } from './types.ts';
import type { MessageInteraction } from './world.ts';

/** The first response must be there by then; later calls find an unknown interaction. */
export const DEADLINE = 3 * SECOND;
/** From the creation of the interaction. */
export const TOKEN_LIFE = 15 * MINUTE;
/** Until then a dead token is told apart from one that never was. */
const FORGET_AFTER = 4 * TOKEN_LIFE;
export const DID_NOT_RESPOND = 'The application did not respond';

export type InteractionKind = 2 | 3 | 4 | 5;

export type NewInteraction = {
  readonly id: string;
  readonly kind: InteractionKind;
  readonly userId: string;
  readonly channelId: string;
  readonly guildId: string | null;
  /** For messages made by it; null for components. */
  readonly commandName: string | null;
  readonly commandType: 1 | 2 | 3 | null;
  /** The message whose component was used, also for a modal that was opened from one. */
  readonly sourceMessageId: string | null;
  readonly owners: Readonly<Record<string, string>>;
  /** The bot is no member there: token routes only, five follow-ups. */
  readonly userOnly: boolean;
  /** The person may not use apps openly there: every answer is for their eyes only. */
  readonly forceEphemeral: boolean;
};

export type Interaction = NewInteraction & {
  readonly token: string;
  /** Monotonic, ms: a wall clock that is set does not make anybody late. */
  readonly sentAt: number;
  callbackType: number | null;
  failed: boolean;
  originalId: string | null;
  /** A deferral that was not followed by anything yet. */
  pending: 'message' | 'update' | null;
  followUps: number;
  readonly messageIds: Set<string>;
  modal: APIModalInteractionResponseCallbackData | null;
  /** Everything a person saw because of it, oldest first. */
  readonly seen: APIMessage[];
  readonly acknowledged: PromiseWithResolvers<Answer>;
  readonly settled: PromiseWithResolvers<Answer>;
  readonly choices: PromiseWithResolvers<readonly AutocompleteChoice[]>;
  acknowledgedInMs: number;
  waiters: (() => void)[];
};

/** The interactions of the last fifteen minutes: who waits for what, and which tokens still work. */
export class Interactions {
  readonly #discord: () => Discord;
  readonly #byId = new Map<string, Interaction>();
  readonly #byToken = new Map<string, Interaction>();
  /** Those somebody still waits for; the rest need not be looked at. */
  readonly #awaited = new Set<Interaction>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(discord: () => Discord) {
    this.#discord = discord;
    // The clock may be a hand clock that tells nobody when it moves, so somebody has to look at it.
    this.#sweeper = setInterval(() => this.checkDeadlines(), 25);
    this.#sweeper.unref();
  }

  open(of: NewInteraction): Interaction {
    const { clock } = this.#discord();
    const interaction: Interaction = {
      ...of,
      token: `aW50ZXJhY3Rpb246${randomBytes(120).toString('base64url')}`,
      sentAt: clock.mono(),
      callbackType: null,
      failed: false,
      originalId: null,
      pending: null,
      followUps: 0,
      messageIds: new Set(),
      modal: null,
      seen: [],
      acknowledged: Promise.withResolvers(),
      settled: Promise.withResolvers(),
      choices: Promise.withResolvers(),
      acknowledgedInMs: 0,
      waiters: [],
    };
    this.#byId.set(of.id, interaction);
    this.#byToken.set(interaction.token, interaction);
    this.#awaited.add(interaction);
    return interaction;
  }

  get(id: string): Interaction | undefined {
    return this.#byId.get(id);
  }

  /** The interaction a callback is for. @throws Refusal 10062 when it is too late or was never there, 40060 when it was answered. */
  forCallback(id: string, token: string): Interaction {
    this.checkDeadlines();
    const interaction = this.#byId.get(id);
    if (interaction === undefined || interaction.token !== token) throw refuse.unknownInteraction();
    if (interaction.callbackType !== null) throw refuse.alreadyAcknowledged();
    if (interaction.failed) throw refuse.unknownInteraction();
    return interaction;
  }

  /** The interaction behind a webhook token. @throws Refusal 10015 when unknown or not answered yet, 50027 after 15 minutes. */
  forToken(applicationId: string, token: string): Interaction {
    const interaction = this.#byToken.get(token);
    if (interaction === undefined || applicationId !== this.#discord().application.id) throw refuse.unknownWebhook();
    if (this.#discord().clock.mono() - interaction.sentAt >= TOKEN_LIFE) throw refuse.invalidWebhookToken();
    if (interaction.callbackType === null) throw refuse.unknownWebhook();
    return interaction;
  }

  acknowledge(interaction: Interaction, callbackType: number): void {
    interaction.callbackType = callbackType;
    interaction.acknowledgedInMs = this.#discord().clock.mono() - interaction.sentAt;
  }

  /** Called once the effects of the callback are there. */
  finishAcknowledging(interaction: Interaction): void {
    interaction.acknowledged.resolve(this.#answer(interaction));
    if (interaction.pending === null) this.settle(interaction);
  }

  settle(interaction: Interaction): void {
    interaction.settled.resolve(this.#answer(interaction));
  }

  /** A message of this interaction came or changed. */
  show(interaction: Interaction, message: APIMessage): void {
    interaction.seen.push(message);
    const waiters = interaction.waiters;
    interaction.waiters = [];
    for (const wake of waiters) wake();
  }

  fail(interaction: Interaction, reason: string): void {
    if (interaction.failed) return;
    interaction.failed = true;
    this.#awaited.delete(interaction);
    const { userId, id } = interaction;
    const failure = { ...this.#answer(interaction), failed: reason };
    interaction.acknowledged.resolve(failure);
    interaction.settled.resolve(failure);
    interaction.choices.resolve([]);
    this.#discord().sightings.tell({ type: 'interactionFailed', userId, interactionId: id, reason });
  }

  /** Fails what waited for three seconds and ends what is fifteen minutes old. Done by itself forty times a second. */
  checkDeadlines(): void {
    const now = this.#discord().clock.mono();
    for (const interaction of this.#awaited) {
      const age = now - interaction.sentAt;
      if (interaction.callbackType === null) {
        if (age >= DEADLINE) this.fail(interaction, DID_NOT_RESPOND);
      } else if (interaction.pending === null) this.#awaited.delete(interaction);
      else if (age >= TOKEN_LIFE) {
        interaction.pending = null;
        this.fail(interaction, DID_NOT_RESPOND);
      }
    }
    for (const interaction of this.#byId.values()) {
      if (now - interaction.sentAt < FORGET_AFTER) break;
      this.#byId.delete(interaction.id);
      this.#byToken.delete(interaction.token);
    }
  }

  close(): void {
    clearInterval(this.#sweeper);
    for (const interaction of this.#byId.values()) {
      const gone = { ...this.#answer(interaction), failed: 'The playground was closed' };
      interaction.acknowledged.resolve(gone);
      interaction.settled.resolve(gone);
      interaction.choices.resolve([]);
      for (const wake of interaction.waiters) wake();
    }
  }

  /** What its messages say about where they come from. */
  metadata(interaction: Interaction): MessageInteraction {
    return {
      id: interaction.id,
      type: interaction.kind,
      userId: interaction.userId,
      name: interaction.commandName,
      interactedMessageId: interaction.kind === 3 ? interaction.sourceMessageId : null,
      owners: interaction.owners,
    };
  }

  #answer(interaction: Interaction): Answer {
    const seen = interaction.seen.length;
    return {
      interactionId: interaction.id,
      message: interaction.seen.at(-1) ?? null,
      modal: interaction.modal,
      failed: interaction.failed ? DID_NOT_RESPOND : null,
      acknowledgedInMs: interaction.acknowledgedInMs,
      next: () => this.#nextAfter(interaction, seen),
    };
  }

  async #nextAfter(interaction: Interaction, seen: number): Promise<Answer> {
    while (interaction.seen.length <= seen) {
      const { promise, resolve } = Promise.withResolvers<void>();
      interaction.waiters.push(resolve);
      await promise;
      if (interaction.seen.length <= seen) throw new Error('the playground was closed while a later edit was awaited');
    }
    const message = interaction.seen[seen] ?? null;
    return { ...this.#answer(interaction), message, next: () => this.#nextAfter(interaction, seen + 1) };
  }
}
