import type { Place } from '../domain/scope.ts';

/**
 * What a person asks for with /commit or /again: everything as typed, so that it can be kept as a draft (it is plain JSON)
 * and checked later again. Settings left out are taken from the source (a kernel, a run), then from the guild, then from us.
 */
export type CommitOrder = {
  /** Makes accepting idempotent: one interaction, one run. */
  readonly interactionId: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly place: Place;
  readonly from:
    | {
        readonly kind: 'file';
        readonly name: string;
        /** The file's bytes read as UTF-8. */
        readonly text: string;
        /** Where it was read, pinned to a commit; a file of a message has none. */
        readonly origin?: { readonly name: string; readonly link: string };
      }
    | {
        readonly kind: 'kernel';
        readonly ref: string;
        /** Given by its address: then a public notebook of somebody else is taken as the source of an own one. */
        readonly byUrl?: boolean;
      }
    | { readonly kind: 'run'; readonly key: string };
  readonly accelerator?: string;
  readonly inputs?: string;
  readonly title?: string;
  readonly internet?: boolean;
  readonly limit?: string;
  readonly note?: string;
  readonly isPublic?: boolean;
};
