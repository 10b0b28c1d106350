import { existsSync } from 'node:fs';
import axeCore from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Test } from 'tap';

/** Of the distribution; `test/real/page.sh` installs it. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** A browser without a window, for as long as the test lasts. It is killed with it, and nothing that it asks goes elsewhere. */
export async function openBrowser(t: Test): Promise<Browser> {
  if (!existsSync(CHROMIUM))
    throw new Error(
      `there is no ${CHROMIUM}: run "npm run test:page", or set CHROMIUM to a Chromium of your own`,
    );
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    // Root has no sandbox, and containers have little shared memory.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  t.teardown(() => browser.close());
  return browser;
}

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
}

export const DESKTOP: Look = { width: 1280, height: 900, colorScheme: 'light' };
export const PHONE: Look = { width: 390, height: 844, colorScheme: 'dark' };

export interface Seen {
  readonly page: Page;
  /** What the browser complains of: errors of scripts, what the policy forbids, what could not be loaded. */
  readonly complaints: readonly string[];
  /** Which addresses it asked. */
  readonly asked: readonly string[];
}

/** The page of an admin address, when it has heard of the proxy. */
export async function see(
  browser: Browser,
  url: string,
  { colorScheme, ...viewport }: Look = DESKTOP,
): Promise<Seen> {
  const page = await browser.newPage({ viewport, colorScheme, locale: 'en-GB', timezoneId: 'UTC' });
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(url);
  await page.locator('#state').filter({ hasNotText: 'Loading' }).waitFor();
  return { page, complaints, asked };
}

/** What axe finds: the rule and where. It is injected past the policy, which forbids scripts of others. */
export async function axe({ page }: Seen): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.enable');
  await session.send('Runtime.evaluate', { expression: axeCore.source });
  const found = `axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' '))))`;
  return await page.evaluate<readonly string[]>(found);
}
