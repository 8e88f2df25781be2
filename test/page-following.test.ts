import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type StartedPage, startPage } from '../src/playground/page-server.ts';
import { type FakeBackend, startFakeBackend } from './playground/page-fixtures/backend.ts';
import { launch, noBrowser, visit } from './playground/page-fixtures/browser.ts';
import { gallery, message } from './playground/page-fixtures/messages.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Where the page stands among its messages, and what moves it. */
let browser: Browser;
let backend: FakeBackend;
let page: StartedPage;
let tab: Page;

beforeAll(async () => {
  if (noBrowser === null) browser = await launch();
}, 60_000);
afterAll(() => browser?.close());

beforeEach(async (ctx) => {
  if (noBrowser !== null) ctx.skip(noBrowser);
  backend = await startFakeBackend(gallery);
  page = await startPage({ backend, key: 'k'.repeat(32) });
  ({ page: tab } = await visit(
    browser,
    page.url,
    ctx.task.name.includes('phone') ? { width: 390, height: 800 } : { width: 1360 },
  ));
});
afterEach(async () => {
  if (noBrowser !== null) return;
  await tab.context().close();
  await page[Symbol.asyncDispose]();
  await backend[Symbol.asyncDispose]();
});

const scroller = () => tab.locator('.scroller');
const toEnd = (): Promise<number> =>
  scroller().evaluate((one) => Math.round(one.scrollHeight - one.scrollTop - one.clientHeight));
const newMessages = () => tab.getByRole('button', { name: 'New messages' });
/** How far the top of a message is below the top of the view. */
const belowTop = async (id: string): Promise<number> => {
  const [inner, outer] = await Promise.all([tab.locator(`#message-${id}`).boundingBox(), scroller().boundingBox()]);
  return Math.round((inner?.y ?? Number.NaN) - (outer?.y ?? Number.NaN));
};
const long = (heading: string): string =>
  [`**${heading}**`, ...Array.from({ length: 60 }, (_, at) => `line ${at + 1}`)].join('\n');

test('what grows between a scroll of the page and its event does not lose the end', async () => {
  await expect.poll(toEnd).toBeLessThan(2);
  // Inline styles are forbidden to the page; the script's own way of setting one is not.
  const left = await tab.evaluate<number>(`(() => {
    const scroller = document.querySelector('.scroller');
    scroller.querySelector('ol').lastElementChild.style.paddingBottom = '500px';
    scroller.dispatchEvent(new Event('scroll'));
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  })()`);
  expect(left).toBeGreaterThan(400);
  await expect.poll(toEnd).toBeLessThan(2);
  backend.say(message({ id: '6101', content: 'one more' }));
  await tab.locator('#message-6101').waitFor();
  await expect.poll(toEnd).toBeLessThan(2);
  expect(await newMessages().count()).toBe(0);
});

test('who scrolls up stays there, whatever arrives', async () => {
  await scroller().hover();
  await tab.mouse.wheel(0, -400);
  await expect.poll(toEnd).toBeGreaterThan(300);
  const top = await scroller().evaluate((one) => one.scrollTop);
  backend.say(message({ id: '6101', content: 'one more' }));
  await newMessages().waitFor();
  expect(await scroller().evaluate((one) => one.scrollTop)).toBe(top);
  await tab.mouse.wheel(0, 5_000);
  await expect.poll(() => newMessages().count()).toBe(0);
});

test.each(['at a desk', 'on a phone'])('a message taller than the view is read from its headline, %s', async () => {
  await expect.poll(toEnd).toBeLessThan(2);
  backend.say(message({ id: '6101', content: long('#1 complete') }));
  await tab.locator('#message-6101').waitFor();
  await expect.poll(() => belowTop('6101')).toBe(8);
  // It grows, and what comes after it does not push it away.
  backend.edit(message({ id: '6101', content: `${long('#1 complete')}\nthe last line` }));
  await tab.getByText('the last line').waitFor();
  backend.say(message({ id: '6102', content: 'one more' }));
  await newMessages().waitFor();
  expect(await belowTop('6101')).toBe(8);
  await newMessages().click();
  await expect.poll(toEnd).toBeLessThan(2);
  backend.say(message({ id: '6103', content: 'and another' }));
  await tab.locator('#message-6103').waitFor();
  await expect.poll(toEnd).toBeLessThan(2);
});

test('a newest message that is dismissed moves nothing', async () => {
  backend.say(message({ id: '6101', content: 'one more' }));
  await tab.locator('#message-6101').waitFor();
  await scroller().hover();
  await tab.mouse.wheel(0, -400);
  await expect.poll(toEnd).toBeGreaterThan(300);
  const top = await scroller().evaluate((one) => one.scrollTop);
  backend.show({ type: 'delete', channelId: backend.channel.id, messageId: '6101' });
  await expect.poll(() => tab.locator('#message-6101').count()).toBe(0);
  expect(await scroller().evaluate((one) => one.scrollTop)).toBe(top);
  expect(await newMessages().count()).toBe(0);
});
