import type { ServerResponse } from 'node:http';
import { type Reply, shapeA, shapeB } from './answer.ts';
import type { BadAnswer, RetryAfter } from './faults.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

const PAGE = `<!doctype html><html><head><title>Kaggle</title></head><body><h1>We are experiencing some difficulties</h1>
<p>Please try again in a few minutes.</p></body></html>`;

const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

export function sendReply(response: ServerResponse, reply: Reply): void {
  const bytes = Buffer.from(reply.body);
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': bytes.length });
  response.end(bytes);
}

function retryHeader(after: RetryAfter | undefined, now: number): Record<string, string> {
  if (after === undefined) return {};
  return {
    'Retry-After':
      'seconds' in after ? String(after.seconds) : new Date(now + after.dateInSeconds * 1_000).toUTCString(),
  };
}

/**
 * Answers badly.
 * @param reply The true answer, where the call had its effect.
 * @param now Wall time in ms, for a Retry-After date.
 */
export function spoil(response: ServerResponse, bad: BadAnswer, reply: Reply | null, now: number): void {
  const truth = reply ?? { status: 200, headers: { 'Content-Type': JSON_TYPE }, body: '{"ref":"","url":""}' };
  const say = (status: number, type: string, body: string, more: Record<string, string> = {}): void =>
    sendReply(response, { status, headers: { 'Content-Type': type, ...more }, body });
  switch (bad.kind) {
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'silence':
      return;
    case 'limited': {
      const body =
        bad.shape === 'B' ? shapeB(429, 'Too many requests') : shapeA(429, 'RESOURCE_EXHAUSTED', 'Too many requests');
      say(429, JSON_TYPE, body, retryHeader(bad.retryAfter, now));
      return;
    }
    case 'error': {
      const message = bad.message ?? 'Something went wrong';
      const more = retryHeader(bad.retryAfter, now);
      const shape = bad.body ?? 'A';
      if (shape === 'html') say(bad.status, 'text/html; charset=utf-8', PAGE, more);
      else if (shape === 'empty') say(bad.status, 'text/plain', '', more);
      else if (shape === 'B') say(bad.status, JSON_TYPE, shapeB(bad.status, message), more);
      else say(bad.status, JSON_TYPE, shapeA(bad.status, STATUS_NAMES[bad.status] ?? 'INTERNAL', message), more);
      return;
    }
    case 'html':
      say(bad.status, 'text/html; charset=utf-8', PAGE);
      return;
    case 'soft':
      say(200, JSON_TYPE, shapeB(bad.code ?? 404, bad.message ?? 'Not Found'));
      return;
    case 'redirect':
      say(302, 'text/html', '', { Location: bad.to });
      return;
    case 'json':
      say(bad.status ?? 200, JSON_TYPE, JSON.stringify(bad.body));
      return;
    case 'fields':
      sendReply(response, { ...truth, body: JSON.stringify(changed(JSON.parse(truth.body), bad.fields)) });
      return;
    case 'truncated':
      sendReply(response, { ...truth, body: truth.body.slice(0, Math.floor(truth.body.length / 2)) });
      return;
    case 'cutBody': {
      const bytes = Buffer.from(truth.body);
      response.writeHead(truth.status, { ...truth.headers, 'Content-Length': bytes.length });
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
      return;
    }
    case 'slow':
      drip(response, truth, bad.everyMs ?? 1_000);
      return;
    case 'endless':
      pour(response);
      return;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function changed(body: unknown, fields: Readonly<Record<string, unknown>>): unknown {
  const before = isObject(body) ? body : {};
  const after = Object.entries(fields).map(([name, value]) => {
    const old = before[name];
    return [name, isObject(value) && isObject(old) ? changed(old, value) : value] as const;
  });
  return { ...before, ...Object.fromEntries(after) };
}

function drip(response: ServerResponse, truth: Reply, everyMs: number): void {
  const bytes = Buffer.from(truth.body);
  response.writeHead(truth.status, { ...truth.headers, 'Content-Length': bytes.length });
  let sent = 0;
  const timer = setInterval(() => {
    if (sent < bytes.length) response.write(bytes.subarray(sent, ++sent));
    else {
      clearInterval(timer);
      response.end();
    }
  }, everyMs);
  response.on('close', () => clearInterval(timer));
}

function pour(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': JSON_TYPE });
  const block = Buffer.alloc(64 * 1024, '{"a":0},');
  const more = (): void => {
    while (!response.destroyed && response.write(block));
    if (!response.destroyed) response.once('drain', more);
  };
  response.write('{"kernels":[', () => more());
}
