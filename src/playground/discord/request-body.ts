import type { IncomingMessage } from 'node:http';
import { isObject, type Json } from './check/form.ts';
import { refuse } from './refusal.ts';

/** 25 MiB for a whole request (developer documentation, "Uploading files"). */
export const MAX_REQUEST_BYTES = 25 * 1024 * 1024;

export type UploadedPart = { readonly name: string; readonly bytes: Buffer };
export type Body = {
  readonly json: unknown;
  /** By the n of `files[n]`. */
  readonly files: ReadonlyMap<number, UploadedPart>;
};

/** Reads JSON or multipart/form-data with `payload_json`. @throws Refusal 40005 above 25 MiB, 50109 for what is no JSON. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const bytes = await readBytes(request);
  const type = request.headers['content-type'] ?? '';
  if (bytes.length === 0) return { json: undefined, files: new Map() };
  if (type.startsWith('multipart/form-data')) return readMultipart(bytes, type);
  return { json: parse(bytes.toString('utf8')), files: new Map() };
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    // The rest is read and thrown away: a client that still writes would not see the answer.
    if (length <= MAX_REQUEST_BYTES) chunks.push(chunk);
  }
  if (length > MAX_REQUEST_BYTES) throw refuse.tooLarge();
  return Buffer.concat(chunks);
}

async function readMultipart(bytes: Buffer, type: string): Promise<Body> {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  } catch {
    throw refuse.badRequest();
  }
  const files = new Map<number, UploadedPart>();
  let json: unknown;
  let plain: Json = {};
  for (const [name, value] of form) {
    const index = /^files\[(\d+)\]$/.exec(name)?.[1];
    if (typeof value !== 'string') {
      const part = { name: value.name, bytes: Buffer.from(await value.arrayBuffer()) };
      files.set(index === undefined ? files.size : Number(index), part);
    } else if (name === 'payload_json') json = parse(value);
    else plain = { ...plain, [name]: value };
  }
  return { json: isObject(json) ? json : plain, files };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse.invalidJson();
  }
}
