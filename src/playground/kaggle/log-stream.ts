import type { ServerResponse } from 'node:http';
import { ApiError, json, numberOf, textOf } from './answer.ts';
import type { Call } from './call.ts';
import type { Fault } from './faults.ts';
import { findKernel, findVersion } from './find-version.ts';
import { sendReply } from './spoil.ts';
import type { Version } from './version.ts';
import { storedLog } from './version.ts';

/** How long a request is held while the run is still queued, in seconds: standard and cap (source: Kaggle's own client). */
const WAIT = { standard: 60, max: 300 };
const COMMENT_EVERY_MS = 15_000;

type StreamFault = Extract<Fault, { when: 'stream' }>;

/**
 * GetKernelSessionLogsStream: held while queued, server-sent events from the first one while it runs, a JSON array once it
 * is over.
 * @throws ApiError before anything is sent.
 */
export function streamLog(
  call: Call,
  response: ServerResponse,
  fault: StreamFault | null,
  refuse: (e: ApiError) => void,
): void {
  const kernel = findKernel(call, textOf(call.body, 'userName'), textOf(call.body, 'kernelSlug'));
  const version = findVersion(kernel, textOf(call.body, 'versionLabel'));
  const wait = Math.min(numberOf(call.body, 'waitForLogsUrlSeconds') ?? WAIT.standard, WAIT.max);
  const { timeline } = call.site;
  if (version.state !== 'QUEUED') {
    send(call, version, response, fault);
    return;
  }
  const until = call.at + wait * 1_000;
  const offs: (() => void)[] = [];
  const done = (then: () => void): void => {
    for (const off of offs.splice(0)) off();
    then();
  };
  offs.push(version.watch(() => version.state !== 'QUEUED' && done(() => send(call, version, response, fault))));
  // What Kaggle says then is not known; 404 is the likeliest (no report of it is public).
  offs.push(timeline.at(until, () => done(() => refuse(new ApiError(404, 'NOT_FOUND', 'Log is not available yet')))));
  response.on('close', () => done(() => undefined));
}

function send(call: Call, version: Version, response: ServerResponse, fault: StreamFault | null): void {
  if (version.isOver) {
    sendReply(response, json(JSON.parse(storedLog(version.log) || '[]')));
    return;
  }
  const { timeline, rules } = call.site;
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache' });
  response.flushHeaders();
  const offs: (() => void)[] = [];
  const stop = (): void => {
    for (const off of offs.splice(0)) off();
  };
  if (rules.streamComments) {
    response.write(': stream opened\n\n');
    const comments = setInterval(() => response.write(': keep-alive\n\n'), COMMENT_EVERY_MS);
    offs.push(() => clearInterval(comments));
  }
  let sent = 0;
  const pass = (): void => {
    while (sent < version.log.length) {
      if (fault !== null && fault.how !== 'noEnd' && sent >= fault.afterEvents) {
        stop();
        // The events before it are to arrive: the connection is cut after they are flushed.
        if (fault.how === 'cut') response.write(': cut\n', () => response.destroy());
        return;
      }
      response.write(`data: ${JSON.stringify(version.log[sent++])}\n\n`);
    }
    if (!version.isOver) return;
    stop();
    if (fault === null) response.write('data: END_OF_LOG\n\n');
    if (fault?.how === 'halfOpen') return;
    response.end();
  };
  offs.push(version.watch(pass));
  if (rules.streamSeconds !== null)
    offs.push(
      timeline.at(timeline.now() + rules.streamSeconds * 1_000, () => {
        stop();
        response.destroy();
      }),
    );
  response.on('close', stop);
  pass();
}
