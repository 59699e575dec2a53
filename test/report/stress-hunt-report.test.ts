import { describe, expect, it } from 'vitest';
import { githubSummary } from '../../src/report/reporters/github-actions.js';
import { junitReport } from '../../src/report/reporters/junit.js';
import { sarifLog } from '../../src/report/sarif/sarif-log.js';
import { stressHuntReport } from '../../src/report/stress-hunt-report.js';
import type { StressResult, StressViolation } from '../../src/stress/api.js';
import { sampleResult } from '../stress/sample-result.js';
import { invalidIn } from './reporters/jenkins-schema.js';
import { failed } from './reporters/sample-report.js';
import { parseXml } from './reporters/xml-check.js';

const violation: StressViolation = { class: 'stale-use', message: 'CPU1 read', cpu: 1 };

/** The outcome of the only case, by JUnit: what it is called and says. */
function outcomeOf(change: Partial<StressResult>, allowNoEffect = false): (string | undefined)[] {
  const xml = junitReport(stressHuntReport(sampleResult(change), null, null, allowNoEffect));
  expect(invalidIn(parseXml(xml))).toEqual([]);
  const [, name, type, message] = /<(failure|error) type="([^"]*)" message="([^"]*)"/.exec(xml) ?? [];
  return [name, type, message];
}

describe('a stress run as a hunt of one execution', () => {
  it.each<[Partial<StressResult>, (string | undefined)[]]>([
    [{}, [undefined, undefined, undefined]],
    [{ violations: [violation] }, ['failure', 'stale-use', 'stale-use in catalogue: CPU1 read']],
    [
      { hang: { message: 'CPU0 waits', cpus: [], locks: [] } },
      ['failure', 'expectation', expect.stringContaining('expected no hang (CPU0 waits)')],
    ],
    [{ dead: ['CPU1 died\n at x'] }, ['failure', 'expectation', expect.stringContaining('(CPU1 died)')]],
    [{ changedNothing: true }, ['failure', 'expectation', expect.stringContaining('which it replaces')]],
    [{ interrupted: true }, ['error', 'interrupted', expect.anything()]],
  ])('%j is told as %j', (change, outcome) => {
    expect(outcomeOf({ scenario: 'catalogue', ...change })).toEqual(outcome);
  });

  it('does not fail for what is allowed, and keeps its name when it fails elsewhere', () => {
    expect(outcomeOf({ changedNothing: true }, true)).toEqual([undefined, undefined, undefined]);
    const xml = (change: Partial<StressResult>): string =>
      junitReport(stressHuntReport(sampleResult({ variant: 'b3', ...change }), null, null, false));
    const name = `classname="b3/${sampleResult().scenario}"`;
    expect(xml({})).toContain(name);
    expect(xml({ violations: [violation], failedIn: 'lazy' })).toContain(name);
  });

  it('rests on what threads did, and has the witness that the explorer found', () => {
    const report = stressHuntReport(
      sampleResult({ violations: [violation], failedIn: 'lazy' }),
      failed().witness,
      'findings/x.json',
      false,
    );
    expect(junitReport(report)).toContain('rests on: what threads happened to do');
    expect(junitReport(report)).not.toContain('store buffer draining');
    expect(junitReport(report)).toContain('<testsuite name="shootdown stress"');
    expect(githubSummary(report)).toContain('### shootdown stress\n');
    const [{ results = [] }] = sarifLog(report).runs;
    expect(results).toMatchObject([{ ruleId: 'stale-use', level: 'error' }]);
  });
});
