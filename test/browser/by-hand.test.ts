import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { bundleApp, type PageApp } from '../../src/report/page/app.js';
import { packEngine } from '../../src/report/page/engine/packed.js';
import { pageHtml } from '../../src/report/page/html.js';
import { playgroundDocument } from '../../src/report/page/playground.js';
import { reportPage } from '../../src/report/page/results.js';
import { verifyCatalogue } from '../../src/scenarios/verify/index.js';
import type { KernelFinding } from '../../src/vocabulary/finding.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import { hasChromium, WITHOUT, withPage } from './chromium.js';
import { lowContrast } from './contrast.js';

/** The engine in a page: others go first, and a link or a file keeps what came of it. */

const finding: KernelFinding = JSON.parse(
  readFileSync(new URL('../../data/witnesses/native--mask-trimmed-by-others.json', import.meta.url), 'utf8'),
);
const replay = replayFinding(finding);

let app: PageApp;
let engine: string;
beforeAll(async () => {
  if (hasChromium) [app, engine] = await Promise.all([bundleApp(), packEngine()]);
});

function witnessPage(change: Partial<KernelFinding> = {}): string {
  const head = { shootdown: '0.1.0', command: 'show', settings: [], interrupted: false };
  const witness = {
    finding: { ...finding, ...change },
    cause: replay.cause,
    replay: null,
    file: null,
    execution: replay,
  };
  return pageHtml(reportPage(head, [], [witness], []).document, app, engine);
}

function playground(): string {
  const scenario = verifyCatalogue.find(({ name }) => name === 'dontneed-read') as Scenario;
  return pageHtml(
    playgroundDocument('0.1.0', { variant: '6.14', scenario, memory: 'tso', seed: 1 }),
    app,
    engine,
  );
}

const moves = (page: Page) => page.locator('.move');
const settled = (page: Page) => page.locator('.move-text:not(:empty)').first().waitFor();
const selected = (page: Page) => page.locator('[role=option][aria-selected=true]').getAttribute('aria-label');
const words = async (page: Page) => (await page.locator('.message').innerText()).replace(/\s+/g, ' ');
/** On a busy computer. */
const soon = <Seen>(see: () => Promise<Seen>) => expect.poll(see, { timeout: 20_000, interval: 50 });
const listHeight = (page: Page) => page.locator('.move-list').evaluate((list) => list.clientHeight);
/** How many moves have text that their height has no room for. */
const cutMoves = (page: Page) =>
  moves(page).evaluateAll((all) => all.filter((one) => one.scrollHeight > one.clientHeight).length);
const hash = (page: Page) => page.evaluate(() => location.hash);

describe.skipIf(!hasChromium)(`by hand in a browser${WITHOUT}`, () => {
  it('lets another go first in a witness, and leads back by buttons, by a link and by a file', async () => {
    const html = witnessPage();
    let link = '';
    await withPage(html, async ({ page, problems, asked }) => {
      await settled(page);
      // What did move is marked, and it is the step that is selected.
      const step = Number(/^step (\d+),/.exec((await selected(page)) ?? '')?.[1]);
      expect(await page.locator('.move.moved').count()).toBe(1);
      expect(replay.trace[step].text).toContain(await page.locator('.move.moved .move-text').innerText());
      const other = moves(page).and(page.locator(':not(.moved)')).first();
      const text = await other.locator('.move-text').innerText();
      await other.click();
      await soon(() => words(page)).toContain(`under way ${step + 1} steps, by hand behind`);
      expect(await selected(page)).toContain(`step ${step}, `);
      expect(await selected(page)).toContain(text);
      expect(await page.evaluate(lowContrast)).toEqual([]);
      await page.getByRole('button', { name: 'run to the end' }).click();
      await soon(() => words(page)).not.toContain('under way');
      await soon(() => hash(page)).toMatch(/^#kept=\d+&hand=/);
      link = await hash(page);
      const steps = await page.locator('.scrubber output').innerText();
      await page.getByRole('button', { name: 'back', exact: true }).click();
      await soon(() => page.locator('.scrubber output').innerText()).not.toBe(steps);
      await page.getByRole('button', { name: 'to the recorded one' }).click();
      await soon(() => words(page)).toBe(finding.violation.message);
      await settled(page);
      await page.getByRole('button', { name: 'look for a violation' }).click();
      await soon(() => page.locator('.hand-tools output').innerText()).toContain('found in execution');
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: 'save as a finding' }).click();
      const kept = JSON.parse(readFileSync(await (await saved).path(), 'utf8')) as KernelFinding;
      expect(kept).toMatchObject({ strategy: 'by hand', variant: finding.variant });
      expect(replayFinding(kept)).toMatchObject({ reproduced: true, differences: [] });
      expect([problems, asked]).toEqual([[], []]);
    });
    await withPage(
      html,
      async ({ page, problems }) => {
        await soon(() => words(page)).toMatch(/by hand behind \d+ recorded decisions/);
        await settled(page);
        expect(await page.evaluate(lowContrast)).toEqual([]);
        expect(problems).toEqual([]);
      },
      { hash: link, colorScheme: 'dark' },
    );
  });

  it('runs nothing of a module, and says so', async () => {
    const html = witnessPage({ modules: [{ file: 'own.ts', sha256: 'a'.repeat(64) }] });
    await withPage(html, async ({ page }) => {
      expect(await page.locator('.note').innerText()).toContain('a module of its own');
      expect(await moves(page).count()).toBe(0);
    });
  });

  it('is a playground without a witness: variant, features, scenario, by mouse and by keys', async () => {
    await withPage(playground(), async ({ page, problems, asked }) => {
      await settled(page);
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Move a kernel by hand');
      expect(await moves(page).count()).toBe(4);
      // In a narrow window each has a row: none is cut, and the list is no higher for it.
      const [size, wide] = [page.viewportSize(), await listHeight(page)];
      await page.setViewportSize({ width: 560, height: 900 });
      const rows = new Set(
        await moves(page).evaluateAll((all) => all.map((one) => (one as HTMLElement).offsetTop)),
      );
      expect([rows.size, await cutMoves(page), await listHeight(page)]).toEqual([4, 0, wide]);
      if (size !== null) await page.setViewportSize(size);
      await page.getByRole('button', { name: /CPU1 user load from page 0/ }).focus();
      await page.keyboard.press('Enter');
      await soon(() => selected(page)).toBe('step 0, CPU1: user load from page 0');
      await page.getByLabel('steps at once').fill('5');
      await page.getByRole('button', { name: 'run in turn' }).click();
      await soon(() => page.locator('.scrubber output').innerText()).toBe('step 5 of 5');
      await page.getByLabel('scenario').selectOption('two-flushers');
      await soon(() => words(page)).toBe('under way 0 steps, by hand');
      await page.locator('.features summary').click();
      await page.getByLabel('genEarlyOut').click();
      await soon(() => page.getByLabel('variant').inputValue()).toBe('6.14~genEarlyOut');
      await settled(page);
      await page.getByLabel('variant').fill('6.99');
      await page.keyboard.press('Enter');
      await soon(() => page.locator('.summary').innerText()).toContain('there is no variant "6.99"');
      // Addresses are text that anybody can write.
      for (const given of [
        '#hand=0*9999999&variant=6.14',
        '#variant=constructor&scenario=__proto__&memory=toString',
        '#kept=99999999&hand=%3D7+0m',
        '#hand=nonsense',
      ]) {
        await page.evaluate((to) => location.replace(to), given);
        await page.locator('.message, .summary').first().waitFor();
      }
      await soon(() => words(page)).toBe('under way 0 steps, by hand');
      expect([problems, asked]).toEqual([[], []]);
    });
  });
});
