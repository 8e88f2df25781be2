import { InteractionResponseType, MessageFlags } from 'discord-api-types/v10';
import { UserError } from '../domain/user-error.ts';
import { errorFields, type Log } from '../log.ts';
import type { MessageBody } from './chat.ts';
import type { Answers, Reply } from './command.ts';
import { isRefused, isTokenOver, refusedFields } from './errors.ts';
import type { Answerable, InteractionRoutes } from './interaction-routes.ts';
import { answer, edit } from './payload.ts';
import { newReference } from './reference.ts';
import { renderError } from './render/error.ts';
import { type Explain, triage } from './triage.ts';

/** An interaction's token serves 15 minutes; the last edit must be over by then. */
export const FOLLOW_FOR_MS = 14 * 60_000;

export type AnsweringNeeds = {
  readonly routes: InteractionRoutes;
  readonly explain: Explain;
  readonly log: Log;
  /** The program stops. */
  readonly stopping: AbortSignal;
};

/** Acknowledges, does the work, and sends what came of it. Never throws: what fails here has nobody left to tell but the log. */
export class Answering {
  readonly #needs: AnsweringNeeds;

  constructor(needs: AnsweringNeeds) {
    this.#needs = needs;
  }

  /**
   * @param during For the log: which command or verb.
   * @param work Done only when Discord accepted the acknowledgement: nobody would see what came of it.
   */
  async run(to: Answerable, answers: Answers, during: object, work: () => Promise<Reply>): Promise<void> {
    try {
      if (answers === 'modal') await this.#answerAtOnce(to, during, work);
      else if (await this.#defer(to, answers, during)) await this.#answerDeferred(to, answers, during, work);
    } catch (error) {
      this.#gaveUp(error, during);
    }
  }

  /** An answer that needs no work. */
  async say(to: Answerable, body: MessageBody, during: object): Promise<void> {
    await this.run(to, 'modal', during, async () => ({ body }));
  }

  /** For a second press of what is still being done: ends the client's waiting and changes nothing. */
  async ignore(to: Answerable, during: object): Promise<void> {
    try {
      await this.#defer(to, 'update', during);
    } catch (error) {
      this.#gaveUp(error, during);
    }
  }

  async #defer(to: Answerable, answers: 'reply' | 'update', during: object): Promise<boolean> {
    const { routes, log } = this.#needs;
    const outcome =
      answers === 'update'
        ? await routes.acknowledge(to, InteractionResponseType.DeferredMessageUpdate)
        : await routes.acknowledge(to, InteractionResponseType.DeferredChannelMessageWithSource, {
            body: { flags: MessageFlags.Ephemeral },
            files: [],
          });
    if (outcome !== 'accepted')
      log.warn({ ...during, outcome, ageMs: routes.age(to) }, 'An interaction could not be acknowledged');
    return outcome === 'accepted';
  }

  async #answerDeferred(
    to: Answerable,
    answers: 'reply' | 'update',
    during: object,
    work: () => Promise<Reply>,
  ): Promise<void> {
    const { routes, explain, log } = this.#needs;
    let reply: Reply;
    try {
      reply = await work();
      if ('modal' in reply) throw new Error('a form cannot be opened after a deferral');
    } catch (error) {
      const body = triage(error, explain, log, during);
      // The message with the button stays as it is; the error stands below it, for the asker alone.
      if (answers === 'update') await routes.followUp(to, answer(body));
      else await routes.editOriginal(to, edit(body));
      return;
    }
    try {
      await routes.editOriginal(to, edit(reply.body));
    } catch (error) {
      if (!isRefused(error)) throw error;
      const body = this.#unshowable(error, during);
      if (answers === 'update') await routes.followUp(to, answer(body));
      else await routes.editOriginal(to, edit(body));
      return;
    }
    if (reply.follow !== undefined) await this.#follow(to, reply.follow, during);
  }

  /** Nothing was deferred, so the work itself has to be quick: it opens a form, or says something that is already known. */
  async #answerAtOnce(to: Answerable, during: object, work: () => Promise<Reply>): Promise<void> {
    const { routes, explain, log } = this.#needs;
    const reply = await work().catch((error: unknown): Reply => ({ body: triage(error, explain, log, during) }));
    const send = (body: MessageBody) =>
      routes.acknowledge(to, InteractionResponseType.ChannelMessageWithSource, answer(body));
    const sent =
      'modal' in reply
        ? routes.acknowledge(to, InteractionResponseType.Modal, { body: { ...reply.modal }, files: [] })
        : send(reply.body);
    const outcome = await sent.catch((error: unknown) => {
      if (!isRefused(error)) throw error;
      return send(this.#unshowable(error, during));
    });
    if (outcome !== 'accepted')
      log.warn({ ...during, outcome, ageMs: routes.age(to) }, 'An interaction could not be answered');
    else if ('body' in reply && reply.follow !== undefined) await this.#follow(to, reply.follow, during);
  }

  async #follow(
    to: Answerable,
    follow: NonNullable<Extract<Reply, { body: MessageBody }>['follow']>,
    during: object,
  ): Promise<void> {
    const { routes, log, stopping } = this.#needs;
    const over = new AbortController();
    const end = (): void => over.abort();
    const timer = setTimeout(end, FOLLOW_FOR_MS).unref();
    stopping.addEventListener('abort', end);
    if (stopping.aborted) end();
    try {
      await follow(async (body) => {
        if (over.signal.aborted) return;
        try {
          await routes.editOriginal(to, edit(body), over.signal);
        } catch (error) {
          if (over.signal.aborted) return;
          log.debug({ ...during, ...errorFields(error) }, 'An answer could not be edited further');
          // Dismissed by its reader, or refused: the next edit would fare no better.
          end();
        }
      }, over.signal);
    } catch (error) {
      if (!over.signal.aborted) log.warn({ ...during, ...errorFields(error) }, 'Following an answer failed');
    } finally {
      clearTimeout(timer);
      stopping.removeEventListener('abort', end);
    }
  }

  /** The work is done, only its answer was refused: saying that nothing happened would be wrong. */
  #unshowable(error: unknown, during: object): MessageBody {
    const reference = newReference();
    this.#needs.log.error(
      { ...during, reference, ...errorFields(error), ...refusedFields(error) },
      'Discord did not take an answer',
    );
    return renderError(
      new UserError(
        'The answer could not be shown here.',
        `What was asked for may well be done.\n-# Reference ${reference} for whoever runs this bot`,
      ),
    );
  }

  #gaveUp(error: unknown, during: object): void {
    this.#needs.log.warn(
      { ...during, ...errorFields(error), ...refusedFields(error) },
      isTokenOver(error) ? 'An answer came too late for its interaction' : 'An answer could not be delivered',
    );
  }
}
