import { InteractionResponseType, InteractionType } from 'discord-api-types/v10';
import type { Clock } from '../clock.ts';
import { UserError } from '../domain/user-error.ts';
import { errorFields, type Log } from '../log.ts';
import { Answering } from './answering.ts';
import { type DeclaredOption, readAsk, readAutocompleteAsk, readCommandAsk, readFormAsk, readPressAsk } from './ask.ts';
import { type Choice, type Command, type Form, type Press, parseCustomId } from './command.ts';
import {
  type Incoming,
  type IncomingCommand,
  type IncomingForm,
  type IncomingPress,
  readInteraction,
} from './incoming.ts';
import type { Answerable, InteractionRoutes } from './interaction-routes.ts';
import { hasToken } from './pasted-token.ts';
import type { RecentIds } from './recent-ids.ts';
import { renderOldButton } from './render/error.ts';
import type { Explain } from './triage.ts';

/** From receipt; Discord shows an empty list after three seconds, and the way back takes its share. */
export const AUTOCOMPLETE_BUDGET_MS = 2_000;
const MOST_CHOICES = 25;
const LONGEST_CHOICE = 100;

export type DispatchNeeds = {
  readonly routes: InteractionRoutes;
  readonly clock: Clock;
  readonly log: Log;
  readonly explain: Explain;
  readonly isMember: (guildId: string) => boolean;
  readonly mention: (command: string) => string;
  /** Ids of events already seen. */
  readonly seen: RecentIds;
  /** The program stops. */
  readonly stopping: AbortSignal;
};

/**
 * The one place that defers, triages errors and sends replies. Takes interactions as the gateway sends them, finds the
 * command, button or form, and has it answered.
 */
export class Dispatch<Needs> {
  readonly #own: DispatchNeeds;
  readonly #commandNeeds: Needs;
  readonly #answering: Answering;
  readonly #commands: ReadonlyMap<string, Command<Needs>>;
  readonly #presses: ReadonlyMap<string, Press<Needs>>;
  readonly #forms: ReadonlyMap<string, Form<Needs>>;
  readonly #running = new Set<Promise<void>>();
  readonly #beingPressed = new Set<string>();

  constructor(commands: readonly Command<Needs>[], commandNeeds: Needs, own: DispatchNeeds) {
    this.#own = own;
    this.#commandNeeds = commandNeeds;
    this.#answering = new Answering(own);
    this.#commands = unique(commands.map((command) => [command.data.name, command]));
    this.#presses = unique(commands.flatMap(({ presses }) => Object.entries(presses ?? {})));
    this.#forms = unique(commands.flatMap(({ forms }) => Object.entries(forms ?? {})));
  }

  /** Takes an INTERACTION_CREATE. Never throws, and never handles the same id twice. */
  receive(raw: unknown): void {
    const receivedAt = this.#own.clock.mono();
    if (this.#own.stopping.aborted) return;
    const incoming = readInteraction(raw);
    if (incoming === null) {
      this.#own.log.warn({}, 'An interaction of an unknown form was left unanswered');
      return;
    }
    if (!this.#own.seen.add(incoming.id)) {
      this.#own.log.debug({ interactionId: incoming.id }, 'An interaction came twice');
      return;
    }
    const run = this.#route({ ...incoming, receivedAt })
      .catch((error: unknown) => this.#own.log.error(errorFields(error), 'An interaction was dropped'))
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  /** Resolves when all that was received is answered. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #route(incoming: Incoming & Answerable): Promise<void> {
    switch (incoming.type) {
      case InteractionType.ApplicationCommand:
        return this.#command(incoming);
      case InteractionType.ApplicationCommandAutocomplete:
        return this.#autocomplete(incoming);
      case InteractionType.MessageComponent:
        return this.#press(incoming);
      case InteractionType.ModalSubmit:
        return this.#form(incoming);
    }
  }

  async #command(incoming: IncomingCommand & Answerable): Promise<void> {
    const { isMember, mention } = this.#own;
    const command = this.#commands.get(incoming.data.name);
    await this.#answering.run(
      incoming,
      'reply',
      { command: incoming.data.name, interactionId: incoming.id },
      async () => {
        if (command === undefined)
          throw new UserError('This command belongs to an older version.', `${mention('help')} shows what there is.`);
        const ask = readCommandAsk(readAsk(incoming, isMember), incoming, declared(command));
        if ([...ask.options.values()].some((value) => typeof value === 'string' && hasToken(value)))
          throw tokenPasted(mention);
        return command.execute(ask, this.#commandNeeds);
      },
    );
  }

  async #press(incoming: IncomingPress & Answerable): Promise<void> {
    const id = parseCustomId(incoming.data.custom_id);
    const press = id === null ? undefined : this.#presses.get(id.verb);
    const during = { press: id?.verb ?? 'unknown', interactionId: incoming.id };
    if (id === null || press === undefined)
      return this.#answering.say(incoming, renderOldButton(this.#own.mention), during);
    const ask = readPressAsk(readAsk(incoming, this.#own.isMember), incoming, id);
    // A double click sends two interactions. What the first one asked for is asked for once.
    const pressed = [ask.user.id, ask.messageId, incoming.data.custom_id, ...ask.values].join('|');
    if (press.answers !== 'modal' && this.#beingPressed.has(pressed)) return this.#answering.ignore(incoming, during);
    this.#beingPressed.add(pressed);
    let held = true;
    const release = (): void => {
      if (held) this.#beingPressed.delete(pressed);
      held = false;
    };
    await this.#answering.run(incoming, press.answers, during, () =>
      press.execute(ask, this.#commandNeeds).finally(release),
    );
    release();
  }

  async #form(incoming: IncomingForm & Answerable): Promise<void> {
    const id = parseCustomId(incoming.data.custom_id);
    const form = id === null ? undefined : this.#forms.get(id.verb);
    const during = { form: id?.verb ?? 'unknown', interactionId: incoming.id };
    if (id === null || form === undefined)
      return this.#answering.say(incoming, renderOldButton(this.#own.mention), during);
    // Only a form that was opened from a message has one to update.
    const answers = incoming.message === undefined ? 'reply' : form.answers;
    const ask = readFormAsk(readAsk(incoming, this.#own.isMember), incoming, id);
    await this.#answering.run(incoming, answers, during, () => form.execute(ask, this.#commandNeeds));
  }

  async #autocomplete(incoming: IncomingCommand & Answerable): Promise<void> {
    const { routes, log } = this.#own;
    const during = { autocomplete: incoming.data.name, interactionId: incoming.id };
    const choices = await this.#choices(incoming).catch((error: unknown) => {
      log.debug({ ...during, ...errorFields(error) }, 'Nothing could be proposed');
      return [];
    });
    const body = { choices: choices.flatMap(fitting).slice(0, MOST_CHOICES) };
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult;
    await routes.acknowledge(incoming, type, { body, files: [] }).catch((error: unknown) => {
      log.debug({ ...during, ...errorFields(error) }, 'A proposal was not taken');
    });
  }

  async #choices(incoming: IncomingCommand & Answerable): Promise<Choice[]> {
    const command = this.#commands.get(incoming.data.name);
    const ask = readAutocompleteAsk(readAsk(incoming, this.#own.isMember), incoming, declared(command));
    if (command?.autocomplete === undefined || ask === null || hasToken(ask.focused.value)) return [];
    const { promise: late, resolve } = Promise.withResolvers<Choice[]>();
    const timer = setTimeout(() => resolve([]), AUTOCOMPLETE_BUDGET_MS);
    try {
      return await Promise.race([command.autocomplete(ask, this.#commandNeeds), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The words for a Kaggle token where everybody may read it. */
export const tokenPasted = (mention: (command: string) => string): UserError =>
  new UserError(
    'That was a Kaggle token, in the open.',
    `Revoke it on Kaggle now; then use ${mention('link')}, which only you see.`,
  );

/** A name is cut to what Discord takes; a value that is too long cannot be cut without becoming another one. */
function fitting({ name, value }: Choice): Choice[] {
  const letters = [...name.trim()];
  if (letters.length === 0 || value === '' || [...value].length > LONGEST_CHOICE) return [];
  const cut = letters.length > LONGEST_CHOICE ? `${letters.slice(0, LONGEST_CHOICE - 1).join('')}…` : letters.join('');
  return [{ name: cut, value }];
}

function declared(command: { readonly data: Command<never>['data'] } | undefined): readonly DeclaredOption[] {
  return command !== undefined && 'options' in command.data ? (command.data.options ?? []) : [];
}

/** @throws Error when two commands claim the same name or verb. */
function unique<T>(entries: readonly (readonly [string, T])[]): ReadonlyMap<string, T> {
  const map = new Map(entries);
  if (map.size < entries.length) {
    const twice = entries.map(([name]) => name).find((name, index, names) => names.indexOf(name) !== index);
    throw new Error(`two commands claim ${twice}`);
  }
  return map;
}
