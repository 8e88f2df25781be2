import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACE = '/usr/bin/chromium';

/** Why there is no browser; null when there is one. */
export const noBrowser: string | null = existsSync(PLACE)
  ? null
  : `skipped: there is no ${PLACE}; apt-get install chromium brings it`;

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: PLACE,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export type Look = { readonly width: number; readonly height?: number; readonly scheme?: 'dark' | 'light' };

/** A tab on the page, as a first visit. Everything that the browser complains about ends up in `complaints`. */
export async function visit(browser: Browser, url: string, look: Look): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height ?? 860 },
    colorScheme: look.scheme ?? 'dark',
    reducedMotion: 'reduce',
    hasTouch: look.width < 700,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  await page.locator('.page, .sentence').first().waitFor();
  return { page, complaints };
}
