import type { HuntReport, HuntResult } from '../../../src/report/reporters/hunt-report.js';
import { sampleFinding } from '../../findings/sample.js';
import { raceSteps } from '../steps.js';
import { sampleVerdict } from '../verdicts.js';

/** Text that would be something else in every format that it is written into unescaped. */
export const HOSTILE =
  'a]]>b <x y="z">&amp; \u0000\u001b[2J\ud800 100% | `c` **d**\r\n::set-env ' +
  'name=PATH::/evil\n##[error]e\u0085\u2028::error::f, g:h </details>';

export function failed(change: Partial<HuntResult['verdict']> = {}): HuntResult {
  const finding = sampleFinding();
  const { message } = finding.violation;
  return {
    verdict: sampleVerdict({
      variant: 'b1',
      violation: 'stale-use',
      message,
      finding: 'findings/x.json',
      executions: 43,
      ...change,
    }),
    witness: { finding, trace: raceSteps(), cause: 'no IPI', replay: 'shootdown replay findings/x.json' },
  };
}

export function sampleReport(change: Partial<HuntReport> = {}): HuntReport {
  return {
    version: '0.1.0',
    seed: 1,
    memory: 'tso',
    strategies: ['random', 'pct'],
    shard: undefined,
    results: [failed(), { verdict: sampleVerdict(), witness: null }],
    notReached: [],
    interrupted: false,
    notes: [],
    baseline: null,
    ...change,
  };
}

/** Everything that a user's file could have put there is hostile. */
export function hostileReport(): HuntReport {
  const finding = sampleFinding({ variant: HOSTILE, strategy: HOSTILE });
  const verdict = {
    ...failed().verdict,
    ...{ variant: HOSTILE, scenario: HOSTILE, message: HOSTILE, finding: HOSTILE, strategy: HOSTILE },
    scenarios: [{ scenario: HOSTILE, executions: 1, steps: 1, counters: {} }],
    latent: [
      { class: 'gen-ahead' as const, executions: 2, scenario: HOSTILE, execution: 5, message: HOSTILE },
    ],
    met: [
      {
        scenario: HOSTILE,
        class: 'stale-use' as const,
        cause: HOSTILE,
        isKnown: true,
        executions: 3,
        execution: 1,
      },
    ],
  };
  const trace = raceSteps().map((step) => ({
    ...step,
    text: HOSTILE,
    functions: [HOSTILE],
    site: { file: HOSTILE, line: 12 },
    deciding: step.deciding === null ? null : HOSTILE,
  }));
  return sampleReport({
    strategies: [HOSTILE],
    results: [
      { verdict, witness: { finding, trace, cause: HOSTILE, replay: HOSTILE } },
      { verdict: { ...verdict, violation: null, message: null }, witness: null },
    ],
    notReached: [HOSTILE],
  });
}
