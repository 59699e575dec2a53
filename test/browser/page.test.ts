import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleApp, type PageApp } from '../../src/report/page/app.js';
import { pageHtml } from '../../src/report/page/html.js';
import { huntPage } from '../../src/report/page/results.js';
import { sampleFinding } from '../findings/sample.js';
import { longExecution, pageOf } from '../report/executions.js';
import { hostileReport, sampleReport } from '../report/reporters/sample-report.js';
import { hasChromium, WITHOUT, withPage } from './chromium.js';
import { lowContrast } from './contrast.js';

let app: PageApp;
beforeAll(async () => {
  app = await bundleApp();
});

const ATTACK =
  '</script><script>window.pwned = 1</script><img src=x onerror="window.pwned = 2">' +
  '<svg onload="window.pwned=3"></svg>{{constructor.constructor("window.pwned=4")()}}\u202e\u0000';

/**
 * What each act costs the page's main thread until the second frame after it, in milliseconds of that
 * thread's own time: it is the same however busy the computer is.
 */
async function costs(page: Page, acts: readonly (() => Promise<void>)[]): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spentMs = async (): Promise<number> => {
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000;
  };
  const all: number[] = [];
  for (const act of acts) {
    const before = await spentMs();
    await act();
    all.push((await spentMs()) - before);
  }
  return all;
}

describe.skipIf(!hasChromium)(`the page in a browser${WITHOUT}`, () => {
  it('sorts and filters verdicts, and leads to a witness and back', async () => {
    const html = pageHtml(huntPage(sampleReport()).document, app);
    await withPage(html, async ({ page, problems, asked }) => {
      const subjects = () =>
        page.locator('tbody tr td:first-child a, tbody tr:not(.words) td:first-child').allInnerTexts();
      expect(await page.locator('h1').innerText()).toBe('1 of 2 subjects with a violation');
      await page.getByRole('button', { name: 'Executions' }).click();
      expect((await subjects())[0]).toBe('b1');
      await page.getByRole('button', { name: 'Executions' }).click();
      expect((await subjects())[0]).toBe('b1-fixed');
      await page.getByLabel('filter rows').fill('stale-use');
      expect(await page.getByRole('status').innerText()).toBe('1 of 2');
      await page.getByRole('link', { name: 'b1' }).click();
      expect(await page.locator('.message').innerText()).toContain('CPU1 stores');
      await page.goBack();
      expect(await page.getByLabel('filter rows').inputValue()).toBe('stale-use');
      expect([problems, asked]).toEqual([[], []]);
    });
  });

  it('steps through a witness by keys, shows memory before and after, and has a link for each view', async () => {
    const html = pageHtml(pageOf(longExecution(30)), app);
    await withPage(
      html,
      async ({ page, problems }) => {
        const selected = () => page.locator('[role=option][aria-selected=true]').getAttribute('aria-label');
        expect(await selected()).toContain('step 7, ');
        await page.keyboard.press('n');
        expect(await selected()).toContain('step 47, ');
        await page.keyboard.press('Home');
        await page.keyboard.press('j');
        expect(await selected()).toBe('step 1, CPU0: full barrier');
        const x = page.locator('table.words tr', { has: page.getByText('x', { exact: true }) });
        expect(await x.locator('td').innerText()).toBe('0 → 1');
        expect(await page.getByLabel('what the step changes').innerText()).toContain('x: 0 → 1');
        await page.getByRole('button', { name: /was stored in 0/ }).click();
        expect(await selected()).toContain('step 0, CPU0: x = 1 (buffered)');
        await page.keyboard.press('f');
        await expect.poll(() => page.evaluate(() => location.hash)).toBe('#witness=0&step=0&view=functions');
        expect(problems).toEqual([]);
      },
      { hash: '#witness=0' },
    );
    await withPage(
      html,
      async ({ page }) => {
        expect(await page.locator('[aria-selected=true]').getAttribute('aria-label')).toContain('step 21, ');
        expect(await page.locator('.timeline').getAttribute('class')).toContain('view-functions');
      },
      { hash: '#witness=0&step=21&view=functions' },
    );
  });

  it('keeps its place: nothing moves from step to step', async () => {
    await withPage(pageHtml(pageOf(longExecution(30)), app), async ({ page }) => {
      const boxes = () =>
        Promise.all(
          ['.timeline', '.inspector', '.source', '.why', '.scrubber output'].map((name) =>
            page.locator(name).boundingBox(),
          ),
        );
      const before = await boxes();
      for (const key of ['j', 'j', 'n', 'End', 'k']) {
        await page.keyboard.press(key);
        expect(await boxes()).toEqual(before);
      }
    });
  });

  it('runs nothing that a name or a message holds', async () => {
    const execution = longExecution(3);
    const trace = execution.trace.map((step) => ({
      ...step,
      text: ATTACK,
      functions: [ATTACK],
      site: { file: ATTACK, line: 1 },
      deciding: ATTACK,
      states: step.states.map((state) => ({ ...state, notes: [ATTACK], buffer: [ATTACK] })),
    }));
    const memory = {
      ...execution.memory,
      words: execution.memory.words.map((word) => ({ ...word, name: ATTACK })),
    };
    const finding = sampleFinding({ variant: ATTACK, strategy: ATTACK });
    const attacked = pageOf({ ...execution, trace, memory }, { finding, cause: ATTACK, replay: ATTACK });
    for (const document of [attacked, huntPage(hostileReport()).document]) {
      const html = pageHtml(document, app);
      await withPage(html, async ({ page, problems, asked }) => {
        for (const key of ['j', 'f', 'n']) await page.keyboard.press(key);
        expect(await page.evaluate(() => (globalThis as { pwned?: number }).pwned)).toBeUndefined();
        expect(await page.locator('img, script').count()).toBe(2);
        expect([problems, asked]).toEqual([[], []]);
      });
    }
  });

  it('refuses a script that is not its own', async () => {
    const html = pageHtml(pageOf(longExecution(3)), app).replace(
      '</body>',
      '<script>window.pwned = 1</script></body>',
    );
    await withPage(html, async ({ page, problems }) => {
      expect(await page.evaluate(() => (globalThis as { pwned?: number }).pwned)).toBeUndefined();
      expect(problems.join()).toContain('Content Security Policy');
    });
  });

  it('a witness of 5,000 steps goes by in less than 50 ms a frame', async () => {
    const execution = longExecution(1_250);
    expect(execution.trace.length).toBeGreaterThan(5_000);
    await withPage(pageHtml(pageOf(execution), app), async ({ page, problems }) => {
      await page.locator('.row').first().waitFor();
      await page.mouse.move(400, 600);
      const press = (key: string) => () => page.keyboard.press(key);
      const wheel = () => page.mouse.wheel(0, 700);
      const keys = ['j', 'j', 'n', 'n', 'j', 'End', 'k', 'f', 'k', 'p', 'Home', 'f', 'j'].map(press);
      const acts = [...keys, wheel, wheel, wheel, wheel];
      // What else the computer does only adds: the least of some rounds, of more where it does much.
      let measured = acts.map(() => Number.POSITIVE_INFINITY);
      for (let round = 0; round < 10 && (round < 3 || Math.max(...measured) >= 50); round++) {
        const now = await costs(page, acts);
        measured = measured.map((least, act) => Math.min(least, now[act]));
      }
      console.log(`ms of the main thread: ${measured.map((ms) => ms.toFixed(1)).join(' ')}`);
      expect(Math.max(...measured)).toBeLessThan(50);
      expect(Math.min(...measured)).toBeGreaterThan(0);
      expect(await page.locator('.row').count()).toBeLessThan(150);
      expect(problems).toEqual([]);
    });
  });

  it.each(['light', 'dark'] as const)(
    'can be read in %s: text stands out from what is behind it',
    async (colorScheme) => {
      await withPage(
        pageHtml(pageOf(longExecution(12)), app),
        async ({ page }) => {
          expect(await page.evaluate(lowContrast)).toEqual([]);
        },
        { colorScheme },
      );
    },
  );
});
