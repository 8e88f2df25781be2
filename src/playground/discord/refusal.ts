/** Nested as the platform nests it: field names and indexes, then `_errors`. */
export type ErrorTree = { [field: string]: ErrorTree | readonly { code: string; message: string }[] };

/** What the platform answers instead of doing what was asked: HTTP status, its own code, its sentence. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: number;
  readonly errors: ErrorTree | null;
  /** Only for 429: seconds, and who else is limited by it. */
  readonly limit: RefusalLimit | null;

  constructor(status: number, code: number, message: string, more: { errors?: ErrorTree; limit?: RefusalLimit } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = more.errors ?? null;
    this.limit = more.limit ?? null;
  }

  get body(): object {
    if (this.limit !== null) {
      return {
        message: this.message,
        retry_after: this.limit.retryAfter,
        global: this.limit.scope === 'global',
        ...(this.code === 0 ? {} : { code: this.code }),
      };
    }
    return { message: this.message, code: this.code, ...(this.errors === null ? {} : { errors: this.errors }) };
  }
}

export type RefusalLimit = { readonly retryAfter: number; readonly scope: 'user' | 'global' | 'shared' };

/** Status, code and sentence as in the developer documentation, "Opcodes and status codes". */
export const refuse = {
  unauthorized: () => new Refusal(401, 0, '401: Unauthorized'),
  notFound: () => new Refusal(404, 0, '404: Not Found'),
  methodNotAllowed: () => new Refusal(405, 0, '405: Method Not Allowed'),
  badRequest: () => new Refusal(400, 0, '400: Bad Request'),
  invalidJson: () => new Refusal(400, 50109, 'The request body contains invalid JSON.'),
  apiVersion: () => new Refusal(400, 50041, 'Invalid API version provided'),
  tooLarge: () => new Refusal(413, 40005, 'Request entity too large'),
  unknownApplication: () => new Refusal(404, 10002, 'Unknown Application'),
  unknownChannel: () => new Refusal(404, 10003, 'Unknown Channel'),
  unknownGuild: () => new Refusal(404, 10004, 'Unknown Guild'),
  unknownMember: () => new Refusal(404, 10007, 'Unknown Member'),
  unknownMessage: () => new Refusal(404, 10008, 'Unknown Message'),
  unknownUser: () => new Refusal(404, 10013, 'Unknown User'),
  unknownEmoji: () => new Refusal(400, 10014, 'Unknown Emoji'),
  unknownWebhook: () => new Refusal(404, 10015, 'Unknown Webhook'),
  unknownInteraction: () => new Refusal(404, 10062, 'Unknown interaction'),
  unknownCommand: () => new Refusal(404, 10063, 'Unknown application command'),
  tooManyAttachments: () => new Refusal(400, 30015, 'Maximum number of attachments in a message reached (10)'),
  tooManyReactions: () => new Refusal(400, 30010, 'Maximum number of reactions reached (20)'),
  alreadyAcknowledged: () => new Refusal(400, 40060, 'Interaction has already been acknowledged.'),
  notInForum: () =>
    new Refusal(400, 40058, 'Cannot message this thread until after the post author has sent an initial message.'),
  followUpsUsed: () => new Refusal(400, 40094, 'This interaction has reached its maximum number of follow-up messages'),
  missingAccess: () => new Refusal(403, 50001, 'Missing Access'),
  onDirectMessages: () => new Refusal(403, 50003, 'Cannot execute action on a DM channel'),
  notAuthor: () => new Refusal(403, 50005, 'Cannot edit a message authored by another user'),
  emptyMessage: () => new Refusal(400, 50006, 'Cannot send an empty message'),
  directMessagesClosed: () => new Refusal(403, 50007, 'Cannot send messages to this user'),
  notTextChannel: () => new Refusal(400, 50008, 'Cannot send messages in a non-text channel'),
  missingPermissions: () => new Refusal(403, 50013, 'Missing Permissions'),
  wrongChannelType: () => new Refusal(400, 50024, 'Cannot execute action on this channel type'),
  invalidWebhookToken: () => new Refusal(401, 50027, 'Invalid Webhook Token'),
  recipient: () => new Refusal(400, 50033, 'Invalid Recipient(s)'),
  threadArchived: () => new Refusal(400, 50083, 'Thread is archived'),
  noMutualGuild: () => new Refusal(403, 50278, 'Cannot send messages to this user due to having no mutual guilds'),
  unknownReference: () =>
    new Refusal(400, 50035, 'Invalid Form Body', {
      errors: {
        message_reference: { _errors: [{ code: 'MESSAGE_REFERENCE_UNKNOWN_MESSAGE', message: 'Unknown message' }] },
      },
    }),
  noHistory: () => new Refusal(400, 160002, 'Cannot reply without permission to read message history'),
  threadExists: () => new Refusal(400, 160004, 'A thread has already been created for this message'),
  threadLocked: () => new Refusal(400, 160005, 'Thread is locked'),
  tooManyCreates: () =>
    new Refusal(400, 30034, 'Max number of daily application command creates has been reached (200)'),
  oldEdits: (retryAfter: number) =>
    new Refusal(429, 30046, 'Maximum number of edits to messages older than 1 hour reached. Try again later', {
      limit: { retryAfter, scope: 'user' },
    }),
  limited: (retryAfter: number, scope: RefusalLimit['scope']) =>
    new Refusal(429, 0, scope === 'shared' ? 'The resource is being rate limited.' : 'You are being rate limited.', {
      limit: { retryAfter, scope },
    }),
} as const;
