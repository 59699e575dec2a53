import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll } from 'vitest';

/**
 * A page in a real browser, without a network and with a profile of its own. The browser is one for all pages
 * of a test file: to start it takes longer than all that is done with a page.
 */

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export const hasChromium = existsSync(EXECUTABLE);
/** Why tests are skipped, for their titles. */
export const WITHOUT = hasChromium
  ? ''
  : ` (skipped: there is no ${EXECUTABLE}; install Debian's "chromium", or name another one in CHROMIUM)`;

export interface Shown {
  readonly page: Page;
  /** What went wrong in the page: errors, and whatever its policy refused. */
  readonly problems: string[];
  /** Addresses that the page asked for; its own left out, and what it has made itself. */
  readonly asked: string[];
}

let browser: Promise<Browser> | null = null;
afterAll(async () => {
  await (await browser)?.close();
});

/** Shows the html from a file; `look` does what a test wants. */
export async function withPage(
  html: string,
  look: (shown: Shown) => Promise<void>,
  { hash = '', width = 1_400, height = 900, colorScheme = 'light' as 'light' | 'dark' } = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'shootdown-page-'));
  const file = join(folder, 'index.html');
  writeFileSync(file, html);
  browser ??= chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
  const context = await (await browser).newContext({
    viewport: { width, height },
    colorScheme,
    offline: true,
  });
  try {
    const page = await context.newPage();
    const problems: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    const url = pathToFileURL(file).href;
    page.on('request', (request) => {
      const isOwn = request.url().startsWith(url) || request.url().startsWith('blob:');
      if (!isOwn) asked.push(request.url());
    });
    await page.goto(url + hash);
    await look({ page, problems, asked });
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
