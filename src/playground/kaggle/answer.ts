/** Answers of the API: JSON in both of Kaggle's error shapes (source: public reports). */

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type ErrorStatus =
  | 'INVALID_ARGUMENT'
  | 'FAILED_PRECONDITION'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'RESOURCE_EXHAUSTED'
  | 'INTERNAL'
  | 'UNAVAILABLE';

/** Ends a call with an error answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly httpStatus: number;
  readonly status: ErrorStatus;

  constructor(httpStatus: number, status: ErrorStatus, message: string) {
    super(message);
    this.httpStatus = httpStatus;
    this.status = status;
  }
}

export const denied = (permission: string): ApiError =>
  new ApiError(403, 'PERMISSION_DENIED', `Permission '${permission}' was denied`);

export const notFound = (message = 'Not found'): ApiError => new ApiError(404, 'NOT_FOUND', message);

export const invalid = (message: string): ApiError => new ApiError(400, 'INVALID_ARGUMENT', message);

export const json = (body: unknown, status = 200): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});

export const shapeA = (status: number, name: string, message: string): string =>
  JSON.stringify({ error: { code: status, message, status: name } });

export const shapeB = (status: number, message: string): string => JSON.stringify({ code: status, message });

/** RPC calls err in shape A, the REST aliases in shape B. */
export const errorReply = (error: ApiError, isAlias: boolean): Reply => ({
  status: error.httpStatus,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: isAlias ? shapeB(error.httpStatus, error.message) : shapeA(error.httpStatus, error.status, error.message),
});

/** A field of a body as Kaggle's JSON reader takes it: a field of another name or type counts as unset. */
export const textOf = (body: Readonly<Record<string, unknown>>, field: string): string => {
  const value = body[field];
  return typeof value === 'string' ? value : '';
};

export const numberOf = (body: Readonly<Record<string, unknown>>, field: string): number | null => {
  const value = body[field];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : null;
};

export const flagOf = (body: Readonly<Record<string, unknown>>, field: string): boolean | null => {
  const value = body[field];
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : null;
};

export const listOf = (body: Readonly<Record<string, unknown>>, field: string): string[] => {
  const value = body[field];
  if (typeof value === 'string' && value !== '') return [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
};

/** `2026-07-01T10:11:12.123Z` */
export const timestamp = (at: number): string => new Date(at).toISOString();

/** `6809.7692674s`: seconds with up to nine decimals. */
export const duration = (ms: number): string => `${Number((ms / 1_000).toFixed(9))}s`;

/**
 * One page of a list. Tokens are opaque and good only for the list they came from.
 * @throws ApiError 400 for a token that is not ours.
 */
export function pageOf<T>(
  all: readonly T[],
  of: { size: number | null; token: string; standard: number; max: number; page?: number | null; what: string },
): { items: readonly T[]; nextPageToken: string } {
  const size = Math.min(Math.max(1, of.size === null || of.size < 1 ? of.standard : of.size), of.max);
  let from = of.page != null && of.page > 1 ? (of.page - 1) * size : 0;
  if (of.token !== '') {
    const plain = Buffer.from(of.token, 'base64url').toString('utf8');
    const match = /^([^:]*):(\d+)$/.exec(plain);
    if (match === null || match[1] !== of.what) throw invalid('Invalid page token');
    from = Number(match[2]);
  }
  const items = all.slice(from, from + size);
  const next = from + size < all.length ? Buffer.from(`${of.what}:${from + size}`).toString('base64url') : '';
  return { items, nextPageToken: next };
}
