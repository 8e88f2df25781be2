import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sendReply } from './spoil.ts';
import type { Blob } from './storage.ts';

const BLOCK = Buffer.alloc(64 * 1024);

function* zeros(size: number): Generator<Buffer> {
  for (let left = size; left > 0; left -= BLOCK.length) yield left >= BLOCK.length ? BLOCK : BLOCK.subarray(0, left);
}

/** Sends the bytes behind a signed address, the asked range of them if there is one, or storage's XML refusal. */
export async function sendBlob(
  request: IncomingMessage,
  response: ServerResponse,
  found: Blob | 'denied' | 'gone',
): Promise<void> {
  if (found === 'denied' || found === 'gone') {
    const [status, code] = found === 'denied' ? [403, 'AccessDenied'] : [404, 'NoSuchKey'];
    const body = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${code}.</Message></Error>`;
    sendReply(response, { status, headers: { 'Content-Type': 'application/xml; charset=UTF-8' }, body });
    return;
  }
  // The signature covers the verb.
  if (request.method !== 'GET') {
    sendReply(response, { status: 403, headers: { 'Content-Type': 'application/xml' }, body: '' });
    return;
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = range === null ? 0 : Number(range[1]);
  const to = Math.min(found.size - 1, range?.[2] ? Number(range[2]) : found.size - 1);
  if (range !== null && (from > to || from >= found.size)) {
    response.writeHead(416, { 'Content-Range': `bytes */${found.size}` }).end();
    return;
  }
  const name = found.name.split('/').at(-1) ?? 'file';
  response.writeHead(range === null ? 200 : 206, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': Math.max(0, to - from + 1),
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    'Accept-Ranges': 'bytes',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    ...(range === null ? {} : { 'Content-Range': `bytes ${from}-${to}/${found.size}` }),
  });
  if (found.size === 0) {
    response.end();
    return;
  }
  const { content } = found;
  const source =
    content.kind === 'bytes'
      ? Readable.from([Buffer.from(content.bytes.subarray(from, to + 1))])
      : content.kind === 'file'
        ? createReadStream(content.path, { start: from, end: to })
        : Readable.from(zeros(to - from + 1));
  // A reader that leaves, or a file that goes away meanwhile, ends the answer.
  await pipeline(source, response).catch(() => response.destroy());
}
