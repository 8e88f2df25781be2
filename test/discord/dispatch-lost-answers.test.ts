import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InteractionResponseType } from 'discord-api-types/v10';
import { expect, test } from 'vitest';
import { Histogram } from '../../src/discord/histogram.ts';
import { InteractionRoutes } from '../../src/discord/interaction-routes.ts';
import { closeRest, createAnswerRest } from '../../src/discord/rest.ts';
import { HandClock } from '../hand-clock.ts';

type Answer = { status: number; code?: number } | 'none' | 'cut';

/** Answers the acknowledgements it gets with these, in this order. */
async function routesTo(answers: Answer[]) {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    const answer = answers[asked];
    asked += 1;
    if (answer === 'none') return;
    if (answer === 'cut' || answer === undefined) return void response.socket?.resetAndDestroy();
    if (answer.code === undefined) return void response.writeHead(answer.status).end();
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ code: answer.code, message: 'No' }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const rest = createAnswerRest(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api`);
  const routes = new InteractionRoutes(rest, new HandClock(), { sent: new Histogram(), answered: new Histogram() });
  const to = { id: '500000000000000001', application_id: '400000000000000001', token: 't', receivedAt: 0 };
  return {
    acknowledge: () => routes.acknowledge(to, InteractionResponseType.DeferredMessageUpdate),
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      closeRest(rest);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test.each<[string, Answer[], string]>([
  ['heard', [{ status: 204 }], 'accepted'],
  ['too late', [{ status: 404, code: 10062 }], 'late'],
  ['somebody else’s', [{ status: 400, code: 40060 }], 'taken'],
  ['heard, but the answer was cut off', ['cut', { status: 400, code: 40060 }], 'accepted'],
  ['heard, but the answer took too long', ['none', { status: 400, code: 40060 }], 'accepted'],
  ['not heard the first time', [{ status: 503 }, { status: 204 }], 'accepted'],
  ['not heard, and then too late', [{ status: 503 }, 'cut', { status: 404, code: 10062 }], 'late'],
  ['never answered', ['cut', 'cut', 'cut', { status: 204 }], 'failed'],
])('an acknowledgement that was %s', async (_, answers, outcome) => {
  await using discord = await routesTo(answers);
  expect(await discord.acknowledge()).toBe(outcome);
  expect(discord.asked()).toBe(outcome === 'failed' ? 3 : answers.length);
});
