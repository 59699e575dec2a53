/** Checks of recordings as the report of a hunt, for reports that CI systems read. */

import type { HuntReport, HuntResult } from '../report/reporters/hunt-report.js';
import { VERSION } from '../vocabulary/version.js';
import type { CheckReport } from './check-recording.js';
import { BARS, passes, placeLines, verdictLine } from './render.js';

/** The order of a recording's lines is what is checked; its stores are those of the computer that made it. */
const MEMORY = 'tso';

export function checkHuntReport(reports: readonly CheckReport[]): HuntReport {
  return {
    ...{
      version: VERSION,
      command: 'trace check',
      seed: 0,
      memory: MEMORY,
      strategies: [],
      shard: undefined,
    },
    results: reports.map(resultOf),
    ...{ notReached: [], interrupted: false, notes: [], baseline: null },
  };
}

/** A recording is a subject, which fails where it passes no bar. */
function resultOf(report: CheckReport): HuntResult {
  const { file, profile, backend, events, agreed, raced, disagreed, learnt } = report;
  return {
    verdict: {
      ...{ variant: file, scenario: profile, violation: null, message: null, latent: [], memory: MEMORY },
      ...{ executions: 0, steps: events, seconds: 0, strategy: 'recorded', seed: 0, finding: null },
      ...{ counters: {}, traceHash: '00000000', interrupted: false },
      scenarios: [{ scenario: profile, executions: 0, steps: events, counters: {} }],
    },
    witness: null,
    expected: { project: file, text: `agreement of ${BARS}`, isMet: passes(report) },
    decided: {
      ...{ short: verdictLine(report), whole: `${file}: ${verdictLine(report)}` },
      numbers: { profile, backend, events, agreed, raced, disagreed, learnt },
    },
    grounds: placeLines(report.disagreements),
  };
}
