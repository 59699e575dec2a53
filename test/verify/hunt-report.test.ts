import { describe, expect, it } from 'vitest';
import type { ShownWitness } from '../../src/report/page/results.js';
import { githubAnnotations, githubSummary } from '../../src/report/reporters/github-actions.js';
import { junitReport } from '../../src/report/reporters/junit.js';
import { sarifLog } from '../../src/report/sarif/sarif-log.js';
import type { VerifyVerdict } from '../../src/verify/api.js';
import { type VerifyEnd, verifyHuntReport } from '../../src/verify/hunt-report.js';
import { sampleFinding } from '../findings/sample.js';
import { invalidIn } from '../report/reporters/jenkins-schema.js';
import { parseXml } from '../report/reporters/xml-check.js';

/** What CI systems are told of a verification. */

const verdict = (change: Partial<VerifyVerdict> = {}): VerifyVerdict => ({
  ...{ variant: '6.18', program: false, scenario: 'munmap-walk', memory: 'tso', complete: true },
  ...{ completeWithinSwitches: false, withinSteps: 96, ended: null, violation: null, message: null },
  ...{ isShortest: false, latent: [], states: 4_834, expanded: 4_834, transitions: 11_436, depth: 96 },
  ...{ seconds: 1.5, peakMemoryBytes: 2 ** 20, reductions: [], finding: null },
  bounds: { switches: null, storeBufferDepth: 8, walks: 1, preemptions: 0 },
  ...change,
});
const witness: ShownWitness = {
  finding: sampleFinding({ strategy: 'verify', seed: 0, execution: 0 }),
  cause: 'no IPI',
  replay: 'shootdown replay x',
  file: 'x',
};
const END: VerifyEnd = { memory: 'tso', shard: undefined, interrupted: false, refused: [], notReached: [] };
const wrong = { complete: false, violation: 'stale-use', message: 'CPU1 read', isShortest: true } as const;

const CLEAN = verifyHuntReport([{ verdict: verdict(), witness: null }], END);
const ALL = verifyHuntReport(
  [
    { verdict: verdict({ latent: [{ class: 'gen-ahead', message: 'm' }] }), witness: null },
    { verdict: verdict({ ...wrong, variant: 'b27' }), witness },
    { verdict: verdict({ complete: false, ended: 'interrupted', states: 7 }), witness: null },
  ],
  {
    ...END,
    interrupted: true,
    refused: [{ name: 'p', why: 'p.ts:3: not seen through' }],
    notReached: ['later'],
  },
);

describe('a verification for CI', () => {
  it('says of none that it is none in any execution, and never that it is a sample', () => {
    const [notice] = githubAnnotations(CLEAN);
    expect(notice).toBe(
      '::notice title=6.18%3A none in any execution::6.18 in munmap-walk: no violation in any execution ' +
        '(4,834 states, 11,436 transitions, 1.5 s, at most 96 steps to a state)',
    );
    const texts = [junitReport(CLEAN), githubSummary(CLEAN), JSON.stringify(sarifLog(CLEAN))];
    texts.push(
      junitReport(ALL),
      githubSummary(ALL),
      JSON.stringify(sarifLog(ALL)),
      ...githubAnnotations(ALL),
    );
    for (const text of texts) expect(text).not.toMatch(/sample|seed|execution 0|"executions"|0 executions/);
    expect(githubSummary(CLEAN)).toContain('| 6.18 | none in any execution | munmap-walk | - | 1.5 | - |');
    expect(junitReport(CLEAN)).toContain('states: 4834');
  });

  it('fails where something is wrong, or was not seen through, and nowhere else', () => {
    const xml = junitReport(ALL);
    expect(invalidIn(parseXml(xml))).toEqual([]);
    expect(xml).toContain('<testsuite name="shootdown verify" tests="5" failures="2" errors="1"');
    expect(xml).toContain('<failure type="stale-use" message="stale-use in munmap-walk: CPU1 read">');
    expect(xml).toMatch(/<failure type="expectation" message="p: expected code that is seen through, came /);
    expect(xml).toContain('p.ts:3: not seen through');
    expect(xml).toMatch(/<error type="interrupted" message="6\.18 in munmap-walk: not decided, interrupted/);
    expect(xml).toContain('latent gen-ahead in some execution: m');
    expect(xml).toContain('classname="6.18/munmap-walk" name="verify, tso"');
    const [{ results = [], automationDetails }] = sarifLog(ALL).runs;
    expect(automationDetails).toEqual({ id: 'shootdown verify/' });
    expect(results).toMatchObject([
      { ruleId: 'gen-ahead', level: 'warning' },
      { ruleId: 'stale-use', level: 'error', properties: { steps: sampleFinding().steps, cause: 'no IPI' } },
    ]);
    expect(githubAnnotations(CLEAN).filter((line) => line.startsWith('::error'))).toEqual([]);
    expect(githubAnnotations(ALL).filter((line) => line.startsWith('::error'))).toHaveLength(2);
  });
});
