import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Answer, GivenOption, Upload } from './discord/types.ts';
import type { PageBackend } from './page-backend.ts';

/** What the page asks for, by name. Each takes one JSON body and answers with one JSON body. */

/** The platform's own limit for one file of somebody without a subscription. */
export const MAX_UPLOAD_BYTES = 10 * 1024 * 1024;
/** Files wait here between being dropped and the command being sent; the oldest makes room. */
const MAX_UPLOADS = 12;

const Id = z.string().min(1).max(120);
const Scalar = z.union([z.string().max(6_000), z.number(), z.boolean()]);
const Given = z.union([
  Scalar,
  z.strictObject({ upload: Id, name: z.string().optional() }),
  z.strictObject({ sample: Id }),
]);

const Bodies = {
  use: z.strictObject({ channelId: Id, command: Id, options: z.record(Id, Given) }),
  autocomplete: z.strictObject({ channelId: Id, command: Id, options: z.record(Id, Scalar), focused: Id }),
  menu: z.strictObject({ channelId: Id, command: Id, messageId: Id }),
  press: z.strictObject({ messageId: Id, customId: Id }),
  select: z.strictObject({ messageId: Id, customId: Id, values: z.array(z.string().max(200)).max(25) }),
  submit: z.strictObject({ interactionId: Id, fields: z.record(Id, z.string().max(4_000)) }),
  type: z.strictObject({ channelId: Id, text: z.string().trim().min(1).max(2_000) }),
  dismiss: z.strictObject({ messageId: Id }),
} as const;

/** A request the page itself would not make. The sentence is answered with status 400. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

function parse<Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> {
  const result = shape.safeParse(body);
  if (!result.success) throw new BadRequest('The page sent something this version does not understand. Reload it.');
  return result.data;
}

/** What an answer means for the page: messages come as events, so only a form and a failure are told here. */
const outcome = (answer: Answer): object => ({
  failed: answer.failed,
  problems: answer.problems ?? {},
  modal: answer.modal === null ? null : { interactionId: answer.interactionId, form: answer.modal },
});

export class PageApi {
  readonly #backend: PageBackend;
  readonly #uploads = new Map<string, Upload>();

  constructor(backend: PageBackend) {
    this.#backend = backend;
  }

  /** Keeps a file until a command takes it. @returns the id to name it by. */
  keepUpload(name: string, bytes: Buffer): string {
    const id = randomUUID();
    this.#uploads.set(id, { name, bytes });
    for (const oldest of this.#uploads.keys()) {
      if (this.#uploads.size <= MAX_UPLOADS) break;
      this.#uploads.delete(oldest);
    }
    return id;
  }

  /** @returns the answer's body; undefined when there is no action of that name. Throws BadRequest. */
  async act(action: string, body: unknown): Promise<object | undefined> {
    const backend = this.#backend;
    switch (action) {
      case 'use': {
        const { channelId, command, options } = parse(Bodies.use, body);
        this.#knownChannel(channelId);
        return outcome(await backend.use(channelId, command, this.#given(options)));
      }
      case 'autocomplete': {
        const { channelId, command, options, focused } = parse(Bodies.autocomplete, body);
        this.#knownChannel(channelId);
        return { choices: await backend.autocomplete(channelId, command, options, focused) };
      }
      case 'menu': {
        const { channelId, command, messageId } = parse(Bodies.menu, body);
        this.#knownChannel(channelId);
        return outcome(await backend.menu(channelId, command, messageId));
      }
      case 'press': {
        const { messageId, customId } = parse(Bodies.press, body);
        return outcome(await backend.press(messageId, customId));
      }
      case 'select': {
        const { messageId, customId, values } = parse(Bodies.select, body);
        return outcome(await backend.select(messageId, customId, values));
      }
      case 'submit': {
        const { interactionId, fields } = parse(Bodies.submit, body);
        return outcome(await backend.submit(interactionId, fields));
      }
      case 'type': {
        const { channelId, text } = parse(Bodies.type, body);
        this.#knownChannel(channelId);
        await backend.type(channelId, text);
        return {};
      }
      case 'dismiss': {
        await backend.dismiss(parse(Bodies.dismiss, body).messageId);
        return {};
      }
      default:
        return undefined;
    }
  }

  #knownChannel(id: string): void {
    if (id !== this.#backend.channel.id && id !== this.#backend.directMessage.id) {
      throw new BadRequest('That channel is not in this playground.');
    }
  }

  #given(options: z.infer<typeof Bodies.use>['options']): Record<string, GivenOption> {
    const given: Record<string, GivenOption> = {};
    for (const [name, option] of Object.entries(options)) {
      if (typeof option !== 'object') {
        given[name] = option;
      } else if ('sample' in option) {
        const sample = this.#backend.samples().find((one) => one.name === option.sample);
        if (sample === undefined) throw new BadRequest('That sample is not in this playground.');
        given[name] = { name: sample.fileName, bytes: Buffer.from(sample.bytes) };
      } else {
        const upload = this.#uploads.get(option.upload);
        if (upload === undefined) throw new BadRequest('That file is no longer here. Choose it again.');
        given[name] = upload;
      }
    }
    return given;
  }
}
