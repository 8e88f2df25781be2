import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY, MINUTE, SECOND } from '../src/clock.ts';
import type { Run } from '../src/domain/run.ts';
import { startHttp } from '../src/http.ts';
import { serveLink } from '../src/serve-link.ts';
import { type FollowNeeds, LinkFollower, lastingLink } from '../src/steps/lasting-links.ts';
import { type StepsWorld, startSteps } from './steps/world.ts';

const REF = 'mara-k/leaf-disease';
const PUBLIC = 'https://nightshift.example';
let world: StepsWorld;
let needs: FollowNeeds;
let http: { url: string; stop(): Promise<void> };
let run: Run;

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };

/** What a browser, or the program that previews links in a chat, gets for a path. */
function get(path: string, { method = 'GET', agent = 'Mozilla/5.0' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${http.url}${path}`, { method, headers: { 'user-agent': agent } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

const pathOf = (name: string): string => (lastingLink(run, name, needs) ?? '').slice(PUBLIC.length);
const asked = (): number => world.site.count('ListKernelSessionOutput');

beforeEach(async () => {
  world = await startSteps();
  run = await world.commit();
  await world.tick();
  const session = world.site.session(REF, 1);
  session.start();
  await world.pass(15 * SECOND);
  world.clock.advance(30 * MINUTE);
  session.write('leaf.pt', 1_000);
  session.write('../../etc/pass wd?.csv', 'a\n1\n');
  session.complete();
  await world.pass(30 * SECOND);
  needs = { ...world.needs, settings: { ...world.needs.settings, publicUrl: PUBLIC } };
  const follower = new LinkFollower(needs);
  http = await startHttp({
    host: '127.0.0.1',
    ports: [0],
    health: () => ({ ok: true }),
    metrics: () => [],
    links: (asking, answering) => serveLink(asking, answering, follower),
  });
});

afterEach(async () => {
  await http.stop();
  await world[Symbol.asyncDispose]();
});

describe('a download link', () => {
  test('is short, names neither file nor person, and stays the same all day', () => {
    const link = lastingLink(run, '../../etc/pass wd?.csv', needs) ?? '';
    expect(link).toMatch(/^https:\/\/nightshift\.example\/d\/[\w.-]{60,130}$/);
    expect(link).not.toMatch(/etc|pass|mara|leaf/);
    expect(lastingLink(run, '../../etc/pass wd?.csv', needs)).toBe(link);
    expect(lastingLink(run, 'leaf.pt', { ...needs, settings: { ...needs.settings, publicUrl: null } })).toBeNull();
  });

  test('leads to the address Kaggle signs now, and tells nobody where one came from', async () => {
    const { status, headers, text } = await get(pathOf('leaf.pt'));
    expect(status).toBe(302);
    expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
    expect(text).toBe('');
    const bytes = await fetch(String(headers.location));
    expect((await bytes.arrayBuffer()).byteLength).toBe(1_000);
    expect((await get(pathOf('../../etc/pass wd?.csv'))).status).toBe(302);
  });

  test('asks Kaggle once for all who follow it in a minute, and anew after it', async () => {
    const path = pathOf('leaf.pt');
    const before = asked();
    await Promise.all(Array.from({ length: 8 }, () => get(path)));
    const once = asked() - before;
    expect(once).toBeGreaterThan(0);
    await get(path);
    expect(asked() - before).toBe(once);
    world.clock.advance(2 * MINUTE);
    expect((await get(path)).status).toBe(302);
    expect(asked() - before).toBe(2 * once);
  });

  test.each([
    ['HEAD', 'Mozilla/5.0'],
    ['GET', 'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)'],
    ['GET', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'],
    ['GET', 'facebookexternalhit/1.1'],
  ])('costs Kaggle nothing when a program only looks at it: %s by %s', async (method, agent) => {
    const before = asked();
    const looked = await get(pathOf('leaf.pt'), { method, agent });
    expect(looked.status).toBe(200);
    expect(looked.headers.location).toBeUndefined();
    expect(asked()).toBe(before);
    expect((await get('/d/nothing', { method, agent })).status).toBe(404);
  });

  test('is worth nothing when a character of it is changed, and does not say which', async () => {
    const path = pathOf('leaf.pt');
    const before = asked();
    const parts = path.slice(3).split('.');
    const other = [
      ...parts.map((part, at) => parts.with(at, `${part.startsWith('1') ? '2' : '1'}${part.slice(1)}`).join('.')),
      parts.slice(0, 4).join('.'),
      `${parts.join('.')}=`,
      `${parts.join('.')}.x`,
      '',
      'a'.repeat(10_000),
    ];
    for (const token of other)
      expect([token, await get(`/d/${token}`)]).toMatchObject([
        token,
        { status: 404, text: 'There is no such download.\n' },
      ]);
    expect(asked()).toBe(before);
  });

  test('expires after the days the guild has set', async () => {
    const path = pathOf('leaf.pt');
    world.clock.advance(29 * DAY);
    expect((await get(path)).status).toBe(302);
    world.clock.advance(2 * DAY);
    expect(await get(path)).toMatchObject({ status: 404, text: 'This download link has expired.\n' });
    const { guildId } = run.place;
    needs.guilds.set(guildId ?? '', { ...needs.guilds.settings(guildId), linkDays: 1 });
    const short = pathOf('leaf.pt');
    expect((await get(short)).status).toBe(302);
    world.clock.advance(2 * DAY);
    expect((await get(short)).status).toBe(404);
  });

  test('dies when the links of its run are revoked; a new one works', async () => {
    const path = pathOf('leaf.pt');
    needs.links.revoke(run.key);
    expect(await get(path)).toMatchObject({ status: 404, text: 'This download link was revoked.\n' });
    const next = pathOf('leaf.pt');
    expect(next).not.toBe(path);
    expect((await get(next)).status).toBe(302);
  });

  test('says in a sentence that the account is gone, or that Kaggle does not answer', async () => {
    const path = pathOf('leaf.pt');
    world.site.faults.always('ListKernelSessionOutput', { when: 'before', answer: { kind: 'error', status: 503 } });
    const away = await get(path);
    expect(away).toMatchObject({ status: 503, headers: { 'retry-after': '120' } });
    expect(away.text).toBe('Kaggle is not answering now. Please try again in some minutes.\n');
    world.site.faults.clear();
    expect((await get(path)).status).toBe(302);
    world.clock.advance(2 * MINUTE);
    needs.accounts.unlink(run.launcher.id);
    expect(await get(path)).toMatchObject({ status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' } });
  });

  test('cannot be used to use up the launcher’s rate at Kaggle', async () => {
    const before = asked();
    const answers: number[] = [];
    for (let n = 0; n < 40; n++) {
      needs.links.revoke(run.key);
      answers.push((await get(pathOf('leaf.pt'))).status);
    }
    expect(answers.filter((status) => status === 503).length).toBe(20);
    expect(asked() - before).toBeLessThanOrEqual(40);
  });

  test('is all that is served besides what was there before', async () => {
    expect((await get('/healthz')).status).toBe(200);
    for (const path of ['/', '/d', '/D/x', '/api', '/d/../metrics/x']) expect((await get(path)).status).toBe(404);
    expect((await get(pathOf('leaf.pt'), { method: 'POST' })).status).toBe(404);
  });
});
