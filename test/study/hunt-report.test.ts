import { describe, expect, it } from 'vitest';
import { isFailure } from '../../src/report/expected-words.js';
import { junitReport } from '../../src/report/reporters/junit.js';
import { sarifLog } from '../../src/report/sarif/sarif-log.js';
import { studyHuntReport } from '../../src/study/hunt-report.js';
import { remoteTlbGen } from '../../src/study/remote-tlb-gen.js';
import type { RowResult } from '../../src/study/study.js';
import { sampleReplay } from '../cli/fake-engine.js';
import { sampleFinding } from '../findings/sample.js';
import { failed } from '../report/reporters/sample-report.js';
import { sampleVerdict } from '../report/verdicts.js';

const SETTINGS = { seed: 1, memory: 'tso', strategies: ['random'], notes: [], interrupted: false } as const;

const row = (label: string, baseline: string | null) => ({
  ...{ group: 'kvm', variant: `kvm/${label}`, label, baseline },
});
const result = (of: ReturnType<typeof row>, change: Partial<RowResult>): RowResult => ({
  ...{ row: of, verdict: null, finding: null, replay: null, known: null, counts: null },
  ...{ pairs: null, comparisons: 0, brokenHost: null, rounds: null, proof: null },
  ...change,
});
const violated = {
  verdict: failed().verdict,
  finding: sampleFinding(),
  replay: { ...sampleReplay(sampleFinding()), former: null, circumstance: null, namedCause: null, told: [] },
};

describe('a study as a hunt', () => {
  it('fails where the row that others are compared with does; of others either is an answer', () => {
    const [base, rule, waiting] = [row('v0', null), row('v1', 'kvm/v0'), row('v2', 'kvm/v0')];
    const report = studyHuntReport(
      remoteTlbGen,
      [base, rule, waiting, { ...row('v3', 'kvm/v0'), senseless: 'no IPIs' }],
      [result(base, violated), result(rule, violated)],
      SETTINGS,
    );
    expect(report.results.map(isFailure)).toEqual([true, false]);
    expect(report.notReached).toEqual(['kvm/v2']);
    expect(report.results[1].witness).toMatchObject({ cause: 'no IPI' });
    const xml = junitReport(report);
    expect(xml).toMatch(/<testsuite [^>]*tests="3" failures="1"/);
    expect(xml).toContain('<testsuite name="shootdown study remote-tlb-gen"');
    expect(sarifLog(report).runs[0].automationDetails).toEqual({ id: 'shootdown study remote-tlb-gen/' });
    expect(xml).toContain('remote-tlb-gen (b1): either answer, as expected');
  });

  it('leaves out what was only counted', () => {
    const base = row('v0', null);
    const results = [result(base, {}), result(row('v1', 'kvm/v0'), { verdict: sampleVerdict() })];
    const report = studyHuntReport(remoteTlbGen, [base], results, SETTINGS);
    expect(report.results).toHaveLength(1);
    expect(report.notReached).toEqual([]);
  });
});
