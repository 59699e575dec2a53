/**
 * The carried recording, hunted: the default window and two others (WINDOWS=6: five), taken in the order in
 * which the rule finds them, all say the same of the three kernels that the demo compares.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hunt } from '../../src/explore/hunt.js';
import { type HuntPool, openPool } from '../../src/explore/pool.js';
import { importWindow } from '../../src/trace/import.js';
import { readRecording } from '../../src/trace/read-recording.js';
import { listWindows } from '../../src/trace/window.js';
import { CARRIED } from './recordings.js';

const JOBS = 2;
/** For a broken kernel; one that is found takes a second or two of it. */
const BUDGET_MS = 15_000;
/** For the fixed one: several times what the slowest broken one needs in nearly all windows. */
const EXECUTIONS = 2_000;
const WINDOWS = Number(process.env.WINDOWS ?? 3);

const recording = readRecording(CARRIED);
const windows = listWindows(recording).slice(0, WINDOWS);
let pool: HuntPool;

beforeAll(() => {
  pool = openPool(JOBS);
});
afterAll(() => pool.close());

describe('hunted windows', () => {
  it('are the default one and others', () => {
    expect(windows).toHaveLength(WINDOWS);
  });

  it.each(windows)(
    'lines $firstLine to $lastLine: 6.14 and 6.15-rc6 are broken, 6.17.5 is not',
    async (window) => {
      const { scenario } = importWindow(recording, window);
      const request = {
        scenarios: [scenario],
        strategies: ['random', 'pct'],
        seed: 1,
        memory: 'tso',
        jobs: JOBS,
        pool,
      } as const;
      for (const variant of ['6.14', '6.15-rc6']) {
        const { verdict } = await hunt({ ...request, variant, budgetMs: BUDGET_MS });
        expect(verdict.violation, `${variant} after ${verdict.executions} executions`).toBe('stale-use');
      }
      const { verdict } = await hunt({ ...request, variant: '6.17.5', executions: EXECUTIONS });
      expect(verdict).toMatchObject({ violation: null, executions: EXECUTIONS });
      // Short executions are what makes a hunt quick.
      expect(verdict.steps / verdict.executions).toBeLessThan(900);
    },
  );
});
