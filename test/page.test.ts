import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type StartedPage, startPage } from '../src/playground/page-server.ts';
import { type FakeBackend, startFakeBackend } from './playground/page-fixtures/backend.ts';
import { launch, noBrowser, visit } from './playground/page-fixtures/browser.ts';
import { CHANNEL, card, firstVisit, gallery, message } from './playground/page-fixtures/messages.ts';

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** The playground page as a person uses it, in a real browser against a person's side that does nothing by itself. */
let browser: Browser;
let backend: FakeBackend;
let page: StartedPage;
let tab: Page;
let complaints: string[];

beforeAll(async () => {
  if (noBrowser === null) browser = await launch();
}, 60_000);
afterAll(() => browser?.close());

beforeEach(async (ctx) => {
  if (noBrowser !== null) ctx.skip(noBrowser);
  backend = await startFakeBackend(ctx.task.name.includes('gallery') ? gallery : firstVisit, { firstStart: true });
  page = await startPage({ backend, key: 'k'.repeat(32) });
  ({ page: tab, complaints } = await visit(browser, page.url, { width: ctx.task.name.includes('phone') ? 390 : 1360 }));
});
afterEach(async () => {
  if (noBrowser !== null) return;
  expect(complaints).toEqual([]);
  await tab.context().close();
  await page[Symbol.asyncDispose]();
  await backend[Symbol.asyncDispose]();
});

const composer = () => tab.getByRole('combobox', { name: /^Message/ });
/** Scripts for the browser are texts: its globals are not Node's, and the tests' types are. */
const focusedName = (): Promise<string> =>
  tab.evaluate("document.activeElement.getAttribute('data-option') ?? document.activeElement.textContent.trim()");
const hasFocus = (of: ReturnType<Page['locator']>): Promise<boolean> =>
  of.evaluate((one) => one === one.ownerDocument.activeElement);
const expectFocus = (name: string): Promise<void> => expect.poll(focusedName).toBe(name);
const used = async (): Promise<unknown> => {
  await expect.poll(() => backend.asked.find((one) => one.what === 'use')).toBeDefined();
  return backend.asked.find((one) => one.what === 'use')?.with;
};
const stepOf = (name: string) => tab.locator('.side .step', { hasText: name });

test('a sample: one click fills the composer and sends nothing, Enter sends it, and the steps know', async () => {
  await tab.getByRole('button', { name: 'Train 70 epochs' }).click();
  await expectFocus('Send');
  expect(await tab.locator('.composer').innerText()).toMatch(/\/commit\s*notebook\s*train-70-epochs\.ipynb\s*· \d/);
  expect(await tab.locator('[data-option=accelerator]').inputValue()).toBe('GPU T4 x2');
  expect(backend.asked).toEqual([]);
  expect(await stepOf('Click a sample').getAttribute('class')).toContain('done');
  await tab.keyboard.press('Enter');
  expect(await used()).toEqual({
    channelId: CHANNEL,
    command: 'commit',
    options: { notebook: { name: 'train-70-epochs.ipynb', size: expect.any(Number) }, accelerator: 'gpu-t4x2' },
  });
  await expect.poll(() => stepOf('Press Enter').getAttribute('class')).toContain('done');
  await expect.poll(() => hasFocus(composer())).toBe(true);
  backend.say(
    message({
      id: '6001',
      content: '✅ **#2 complete**',
      message_reference: { message_id: '2002', channel_id: CHANNEL, type: 0 },
    }),
  );
  await expect.poll(() => stepOf('Watch its card').getAttribute('class')).toContain('done');
  await tab.reload();
  await tab.locator('.page').waitFor();
  expect(await stepOf('Watch its card').getAttribute('class')).toContain('done');
});

test('by keyboard alone: the picker, a choice, an added option, a completed one, and send', async () => {
  await composer().focus();
  await tab.keyboard.type('/');
  await tab.getByRole('option', { name: '/status' }).waitFor();
  expect(await tab.getByRole('option').allInnerTexts()).toHaveLength(5);
  await tab.keyboard.press('ArrowDown');
  expect(await tab.getByRole('option', { selected: true }).innerText()).toContain('/status');
  await tab.keyboard.press('ArrowUp');
  await tab.keyboard.type('com');
  await tab.keyboard.press('Tab');
  await expectFocus('notebook');
  const more = tab.getByRole('button', { name: /^Add the option accelerator/ });
  await more.focus();
  await tab.keyboard.press('Enter');
  await expectFocus('accelerator');
  await tab.getByRole('option', { name: /TPU v5e-8/ }).waitFor();
  await tab.keyboard.press('ArrowDown');
  await tab.keyboard.press('Enter');
  expect(await tab.locator('[data-option=accelerator]').inputValue()).toBe('TPU v5e-8');
  await tab.getByRole('button', { name: /^Add the option inputs/ }).focus();
  await tab.keyboard.press('Enter');
  await tab.keyboard.type('leaf');
  await tab.getByRole('option', { name: 'mara-k/leaf-aug' }).waitFor();
  await tab.keyboard.press('ArrowDown');
  await tab.keyboard.press('ArrowDown');
  await tab.keyboard.press('Enter');
  expect(await tab.locator('[data-option=inputs]').inputValue()).toBe('mara-k/leaf-aug');
  await tab.locator('[data-option=inputs]').focus();
  await tab.keyboard.press('Enter');
  expect(await used()).toEqual({
    channelId: CHANNEL,
    command: 'commit',
    options: { accelerator: 'tpu', inputs: 'mara-k/leaf-aug' },
  });
  await expect.poll(() => composer().inputValue()).toBe('');
  await tab.keyboard.press('ArrowUp');
  await expect.poll(() => tab.locator('[data-option=inputs]').inputValue()).toBe('mara-k/leaf-aug');
  await tab.keyboard.press('Escape');
  expect(await composer().count()).toBe(1);
});

test('a list without an entry says so, and what is typed can be sent all the same', async () => {
  await composer().fill('/commit');
  await tab.keyboard.press('Enter');
  await tab.getByRole('button', { name: /^Add the option inputs/ }).click();
  await tab.keyboard.type('mara-k/leaf-aug, nothing');
  await tab.getByText('No options match your search.').waitFor();
  await tab.locator('[data-option=inputs]').fill('mara-k/leaf-aug');
  await tab.getByRole('option', { name: 'jun-ito/tomatoes' }).waitFor();
  expect(await tab.getByText('No options match your search.').count()).toBe(0);
  await tab.locator('[data-option=inputs]').fill('nothing');
  await tab.getByText('No options match your search.').waitFor();
  await tab.keyboard.press('Enter');
  expect(await used()).toMatchObject({ options: { inputs: 'nothing' } });
});

test('what is wrong stands under the chip, and nothing is sent', async () => {
  await composer().fill('/log');
  await tab.keyboard.press('Enter');
  await tab.keyboard.type('four');
  await tab.keyboard.press('Enter');
  expect(await tab.getByRole('alert').innerText()).toBe('A whole number.');
  expect(await tab.locator('[data-option=run]').getAttribute('aria-invalid')).toBe('true');
  await tab.locator('[data-option=run]').fill('0');
  await tab.keyboard.press('Enter');
  expect(await tab.getByRole('alert').innerText()).toBe('At least 1.');
  expect(backend.asked).toEqual([]);
  await tab.locator('[data-option=run]').fill('42');
  await tab.keyboard.press('Enter');
  expect(await used()).toMatchObject({ command: 'log', options: { run: 42 } });
});

test('a notebook dropped anywhere fills /commit and starts nothing', async () => {
  const data = await tab.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    const cells = [{ cell_type: 'code' }, { cell_type: 'markdown' }];
    transfer.items.add(new File([JSON.stringify({ nbformat: 4, cells })], 'leaf-disease.ipynb'));
    return transfer;
  })()`);
  await tab.dispatchEvent('.side', 'dragenter', { dataTransfer: data });
  await tab.getByText('Drop to commit leaf-disease.ipynb').waitFor();
  expect(await tab.locator('.drop-zone').innerText()).toContain(
    '/commit is filled in; nothing starts until you press Enter',
  );
  await tab.dispatchEvent('.side', 'drop', { dataTransfer: data });
  await expectFocus('Send');
  expect(await tab.locator('.drop-zone').count()).toBe(0);
  expect(await tab.locator('.picker-facts').innerText()).toMatch(/· 1 cell$/);
  expect(backend.asked).toEqual([]);
  await tab.keyboard.press('Enter');
  expect(await used()).toMatchObject({ options: { notebook: { name: 'leaf-disease.ipynb' } } });
  await expect.poll(() => stepOf('Bring your own notebook').getAttribute('class')).toContain('done');
});

test('a file by the button, and one that is too large', async () => {
  await tab
    .locator('.unseen-file')
    .setInputFiles({ name: 'a.py', mimeType: 'text/x-python', buffer: Buffer.from('print(1)') });
  await expectFocus('Send');
  await tab
    .locator('.unseen-file')
    .setInputFiles({ name: 'big.ipynb', mimeType: 'application/json', buffer: Buffer.alloc(10 * 1024 * 1024 + 1, 32) });
  await expect.poll(() => tab.locator('.chip-file-name').innerText()).toBe('big.ipynb');
  await tab.keyboard.press('Enter');
  expect(await tab.getByRole('alert').innerText()).toBe('big.ipynb is larger than the 10 MB a message may carry.');
  expect(backend.asked).toEqual([]);
});

test('gallery: a form keeps the focus, says what is wrong, and gives the focus back', async () => {
  const opener = tab.getByRole('button', { name: 'Enter token…' });
  await opener.click();
  const form = tab.getByRole('dialog', { name: 'Link a Kaggle account' });
  await form.waitFor();
  expect(await hasFocus(form.getByLabel('API token'))).toBe(true);
  const seen = new Set<string>();
  for (let at = 0; at < 9; at += 1) {
    await tab.keyboard.press(at % 4 === 3 ? 'Shift+Tab' : 'Tab');
    seen.add(await tab.evaluate("String(document.activeElement.closest('.dialog') !== null)"));
  }
  expect([...seen]).toEqual(['true']);
  await form.getByLabel('Key, for an old key only').fill('short');
  await tab.keyboard.press('Enter');
  expect(await form.getByRole('alert').innerText()).toBe('At least 32 characters; these are 5.');
  expect(backend.asked.filter((one) => one.what === 'submit')).toEqual([]);
  await tab.keyboard.press('Escape');
  expect(await form.count()).toBe(0);
  await expectFocus('Enter token…');
  await opener.click();
  await form.getByLabel('API token').fill('KGAT_playground');
  await form.getByRole('button', { name: 'Submit' }).click();
  await expect.poll(() => form.count()).toBe(0);
  expect(backend.asked.find((one) => one.what === 'submit')?.with).toEqual({
    interactionId: '7100',
    fields: { token: 'KGAT_playground', username: '', key: '' },
  });
});

test('gallery: buttons, both selects, dismissing, and a bot that does not respond', async () => {
  const completion = tab.locator('#message-2003');
  await completion.getByRole('button', { name: 'Outputs' }).click();
  await completion.getByRole('combobox', { name: 'Get a download link' }).focus();
  await tab.keyboard.press('ArrowDown');
  await tab.keyboard.press('ArrowDown');
  await tab.keyboard.press('Enter');
  const many = tab.locator('#message-2009').getByRole('combobox');
  await many.click();
  for (const name of ['a.csv', 'c.csv', 'd.csv', 'e.csv']) await tab.getByRole('option', { name }).click();
  await tab.getByRole('button', { name: 'Done' }).click();
  await expect
    .poll(() => backend.asked.map((one) => one.with))
    .toEqual([
      { messageId: '2003', customId: 'Outputs:v1:k' },
      { messageId: '2003', customId: 'links:v1:k', values: ['b'] },
      { messageId: '2009', customId: 'linksMany:v1:k', values: ['a', 'c', 'd'] },
    ]);
  await tab.locator('#message-2006').getByRole('button', { name: 'Dismiss message' }).click();
  await expect.poll(() => tab.locator('#message-2006').count()).toBe(0);
  backend.failNext('The application did not respond');
  await completion.getByRole('button', { name: 'Log' }).click();
  await tab.locator('.toast', { hasText: 'The application did not respond' }).waitFor();
});

test('gallery: links to a message and a mentioned command stay on the page', async () => {
  await tab.locator('#message-2001').getByRole('link', { name: 'Go to the card' }).click();
  await expect.poll(() => tab.locator('#message-2002').getAttribute('class')).toContain('marked');
  await tab.locator('#message-2002').scrollIntoViewIfNeeded();
  await tab.locator('#message-2011').scrollIntoViewIfNeeded();
  await tab.locator('.above .mention').first().click();
  await expect.poll(() => tab.locator('.command-name').innerText()).toBe('/commit');
});

test('gallery: an edit changes a message in place and moves nothing; a new one waits below', async () => {
  const scroller = tab.locator('.scroller');
  const top = await scroller.evaluate((one) => {
    one.scrollTop = 300;
    return one.scrollTop;
  });
  const heading = await tab.locator('#message-2002 .heading').elementHandle();
  backend.edit(card(55));
  await expect.poll(() => heading?.innerText()).toContain('epoch 55 of 70');
  expect(await scroller.evaluate((one) => one.scrollTop)).toBe(top);
  expect(await tab.locator('[aria-live=polite]').innerText()).toBe('');
  backend.say(message({ id: '6101', content: 'something **new**' }));
  const button = tab.getByRole('button', { name: 'New messages' });
  await button.waitFor();
  expect(await scroller.evaluate((one) => one.scrollTop)).toBe(top);
  expect(await tab.locator('[aria-live=polite]').innerText()).toBe('Nightshift: something new');
  await button.click();
  await expect
    .poll(() => scroller.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight))
    .toBeLessThan(2);
  backend.say(message({ id: '6102', content: 'and another' }));
  await tab.locator('#message-6102').waitFor();
  expect(await scroller.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight)).toBeLessThan(2);
  expect(await button.count()).toBe(0);
});

test('the direct message: a badge, an answer to plain text, the fourth step', async () => {
  const { directMessage } = backend;
  backend.say(message({ id: '6201', channel_id: directMessage.id, content: 'hello' }));
  const entry = tab.getByRole('navigation').getByRole('button', { name: /Nightshift/ });
  await expect.poll(() => entry.innerText()).toMatch(/1\s*new/);
  await entry.click();
  expect(await tab.locator('.badge').count()).toBe(0);
  await composer().fill('status');
  await tab.keyboard.press('Enter');
  await expect
    .poll(() => backend.asked.find((one) => one.what === 'type')?.with)
    .toEqual({ channelId: directMessage.id, text: 'status' });
  await expect.poll(() => stepOf('Ask in the direct message').getAttribute('class')).toContain('done');
});

test('without the bot there is a bar and nothing can be sent; with it again there is', async () => {
  backend.setOnline(false);
  await tab.getByText('The bot is not running. Start it again with npm start.').waitFor();
  expect(await composer().isDisabled()).toBe(true);
  expect(await tab.getByRole('button', { name: 'Train 70 epochs' }).isDisabled()).toBe(true);
  backend.setOnline(true);
  await expect.poll(() => composer().isDisabled()).toBe(false);
});

test('a wrong or missing key is one sentence', async () => {
  const sentence = 'This address lacks the right key. The terminal in which npm start runs printed the whole address.';
  for (const address of [`http://127.0.0.1:${page.port}/`, `http://127.0.0.1:${page.port}/#${'x'.repeat(32)}`]) {
    const { page: other, complaints: said } = await visit(browser, address, { width: 800 });
    await other.getByText(sentence).waitFor();
    expect(said.filter((one) => !one.includes('401'))).toEqual([]);
    await other.context().close();
  }
});

test('the key leaves the address that is shown, and a reload still knows it', async () => {
  expect(tab.url()).toBe(`http://127.0.0.1:${page.port}/`);
  await tab.reload();
  await tab.locator('.page').waitFor();
});

test('on a phone: the list and the steps behind buttons, and nothing is lost', async () => {
  expect(await tab.locator('nav.list').isVisible()).toBe(false);
  await tab.getByRole('button', { name: '1 of 5 · Tap a sample' }).click();
  await tab.getByRole('dialog', { name: 'First minute' }).getByText('Kaggle on this computer').waitFor();
  await tab.keyboard.press('Escape');
  await tab.getByRole('button', { name: 'Channels' }).click();
  await tab.getByRole('dialog', { name: 'Channels' }).getByRole('button', { name: 'Nightshift' }).click();
  expect(await tab.getByRole('heading', { level: 1 }).innerText()).toBe('Nightshift');
  await tab.getByRole('button', { name: 'Back to the channel' }).click();
  await tab.getByRole('button', { name: 'Train 70 epochs' }).click();
  await tab.getByRole('button', { name: '2 of 5 · Send it' }).waitFor();
  expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(390);
  await tab.getByRole('button', { name: 'Send', exact: true }).click();
  expect(await used()).toMatchObject({ command: 'commit' });
});

test('Tab goes from the list over the messages and the composer to the panel', async () => {
  const order: string[] = [];
  await tab.locator('.entry').first().focus();
  for (let at = 0; at < 30; at += 1) {
    const area = await tab.evaluate<string>(
      "document.activeElement.closest('.list, .messages, .bottom, .side')?.classList[0] ?? ''",
    );
    if (area !== '' && order.at(-1) !== area) order.push(area);
    await tab.keyboard.press('Tab');
  }
  expect(order.slice(0, 4)).toEqual(['list', 'messages', 'bottom', 'side']);
});
