import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type StartedPage, startPage } from '../../src/playground/page-server.ts';
import { type FakeBackend, startFakeBackend } from './page-fixtures/backend.ts';
import { launch, noBrowser, visit } from './page-fixtures/browser.ts';
import { gallery } from './page-fixtures/messages.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Every kind of message at every width that must hold, in both schemes. */
let browser: Browser;
let backend: FakeBackend;
let page: StartedPage;

beforeAll(async () => {
  if (noBrowser !== null) return;
  backend = await startFakeBackend(gallery, { firstStart: true });
  page = await startPage({ backend, key: 'k'.repeat(32) });
  browser = await launch();
}, 60_000);
afterAll(async () => {
  if (noBrowser !== null) return;
  await browser.close();
  await page[Symbol.asyncDispose]();
  await backend[Symbol.asyncDispose]();
});

/** Scripts for the browser are texts: its globals are not Node's, and the tests' types are. */
const OVER = `(() => {
  const found = [];
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) found.push('the page by ' + wide);
  const messages = document.querySelector('.scroller');
  if (messages.scrollWidth > messages.clientWidth) found.push('the messages');
  for (const element of document.querySelectorAll('.message *, .composer *, .tray-head *, .top-bar *, .side *')) {
    // What scrolls within itself, or is cut with an ellipsis, may be longer than its box.
    if (element.closest('pre, .tiles, .reply-text, .top-honest, .unseen, svg, .select-value, .select-placeholder')) continue;
    const box = element.getBoundingClientRect();
    if (box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5)) {
      found.push(element.tagName + '.' + element.className + ' ' + Math.round(box.left) + '–' + Math.round(box.right));
    }
  }
  return found;
})()`;
const TOUCHED =
  '.message .button, .select-button, .composer button, .composer input:not([type=file]), .top-bar button, .tile, .file-get, .only-you button';
const SMALL = `[...document.querySelectorAll('${TOUCHED}')]
  .filter((one) => one.offsetParent !== null && one.getBoundingClientRect().height < 39.5)
  .map((one) => one.className + ' ' + one.getBoundingClientRect().height)`;

const looks = [360, 390, 768, 1360].flatMap((width) =>
  (['dark', 'light'] as const).map((scheme) => ({ width, scheme })),
);

describe('no width and no scheme lets anything run over', () => {
  test.for(looks)('$width px, $scheme', async ({ width, scheme }, ctx) => {
    if (noBrowser !== null) return ctx.skip(noBrowser);
    const { page: tab, complaints } = await visit(browser, page.url, { width, scheme });
    await tab.locator('.picture img').first().waitFor();
    const over = await tab.evaluate(OVER);
    expect(over).toEqual([]);
    expect(complaints).toEqual([]);
    if (width < 700) {
      const small = await tab.evaluate(SMALL);
      expect(small).toEqual([]);
    }
    await tab.context().close();
  });
});

test('every kind of message is drawn', async (ctx) => {
  if (noBrowser !== null) return ctx.skip(noBrowser);
  const { page: tab } = await visit(browser, page.url, { width: 1360 });
  const of = (id: string) => tab.locator(`#message-${id}`);
  await of('2003')
    .getByRole('img', { name: /^Loss over 70 epochs of run #42/ })
    .waitFor();
  expect(await of('2003').getByRole('link', { name: 'leaf_resnet50_best.pt' }).getAttribute('href')).toBe(
    'http://127.0.0.1:9/a',
  );
  expect(await of('2003').getByRole('link', { name: 'leaf_resnet50_best.pt' }).getAttribute('rel')).toBe(
    'noopener noreferrer',
  );
  expect(await of('2003').getByRole('link', { name: 'Download submission.csv' }).getAttribute('href')).toMatch(
    /^\/files\//,
  );
  expect(await of('2003').locator('.above').innerText()).toMatch(/Nightshift\s*#42 complete, val_acc 0\.9124/);
  expect(await of('2003').getAttribute('class')).toContain('mentioned');
  expect(await of('2001').locator('.above').innerText()).toMatch(/You\s*used\s*\/commit/);
  expect(await of('2001').locator('.small').innerText()).toMatch(
    /1 hint · first start: this command was sent for you$/,
  );
  expect(await of('2002').locator('.accent rect').getAttribute('fill')).toBe('#5b8def');
  expect(await of('2002').getByRole('heading', { name: '🔵 #1 running, epoch 27 of 70' }).count()).toBe(1);
  expect(await of('2009').getByRole('button', { name: 'Previous' }).isDisabled()).toBe(true);
  expect(await of('2009').getByText('whole-log-42.txt').count()).toBe(1);
  expect(await of('2010').innerText()).toContain('Nightshift is thinking…');
  expect(await of('2011').locator('script, a').count()).toBe(0);
  expect(await of('2011').innerText()).toContain('[bad](javascript:alert(1))');
  await of('2011').getByRole('button', { name: 'Show the hidden text' }).click();
  expect(await of('2011').locator('.spoiler.open').innerText()).toBe('hidden');
  await tab.context().close();
});

test('a download has the bytes of the file and its name', async (ctx) => {
  if (noBrowser !== null) return ctx.skip(noBrowser);
  const { page: tab } = await visit(browser, page.url, { width: 1360 });
  const waiting = tab.waitForEvent('download');
  await tab.getByRole('link', { name: 'Download submission.csv' }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe('submission.csv');
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe('id,label\n1,rust\n');
  await tab.context().close();
});
