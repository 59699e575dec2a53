import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import { describe, expect, it } from 'vitest';
import { sarifLog } from '../../../src/report/sarif/sarif-log.js';
import { sampleFinding } from '../../findings/sample.js';
import { failed, hostileReport, sampleReport } from '../reporters/sample-report.js';
import { sampleVerdict } from '../verdicts.js';

/** SARIF logs are valid by the published schema, and say what the report says. */

const require = createRequire(import.meta.url);
const file = require.resolve('@microsoft/jest-sarif').replace(/index\.js$/, 'schemas/sarif-2.1.0-rtm.5.json');
const ajv = new Ajv({ schemaId: 'auto', allErrors: true, unknownFormats: 'ignore' });
ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
const errors = (log: unknown): unknown[] =>
  validate(JSON.parse(JSON.stringify(log))) ? [] : [...(validate.errors ?? [])];

const met = {
  scenario: 's',
  class: 'stale-use',
  cause: 'c',
  isKnown: true,
  executions: 1,
  execution: 0,
} as const;
const latent = { class: 'gen-ahead', executions: 2, scenario: 's', execution: 5, message: 'm' } as const;
const full = sampleReport({
  results: [
    failed(),
    { verdict: sampleVerdict({ met: [{ ...met, finding: 'b38' }], latent: [latent] }), witness: null },
  ],
  notes: ['a note'],
  notReached: ['b3'],
});

describe('a SARIF log', () => {
  it.each([
    ['a report', sampleReport()],
    ['one with all kinds of results', full],
    ['one of hostile names', hostileReport()],
  ])('of %s is valid', (_, report) => {
    expect(errors(sarifLog(report))).toEqual([]);
  });

  it('that is wrong is seen to be', () => {
    const log = sarifLog(full);
    expect(errors({ ...log, version: '2.0.0' })).not.toEqual([]);
    const [run] = log.runs;
    const [result] = run.results;
    expect(errors({ ...log, runs: [{ ...run, results: [{ ...result, level: 'fatal' }] }] })).not.toEqual([]);
  });

  it('has a rule for each class, and results of three levels', () => {
    const [{ tool, results }] = sarifLog(full).runs;
    const rules = tool.driver.rules.map(({ id }) => id);
    expect(
      results.map(({ ruleId, ruleIndex, level }) => [rules[ruleIndex], level, ruleId === rules[ruleIndex]]),
    ).toEqual([
      ['stale-use', 'error', true],
      ['stale-use', 'note', true],
      ['gen-ahead', 'warning', true],
    ]);
    expect(results[1].suppressions?.[0].justification).toBe('open finding b38');
  });

  it('has a thread flow for each CPU, in the order of the execution', () => {
    const [result] = sarifLog(full).runs[0].results;
    const flows = result.codeFlows?.[0].threadFlows ?? [];
    expect(flows.map(({ id }) => id)).toEqual(['CPU0', 'CPU1', 'CPU2', 'CPU3']);
    const orders = flows.flatMap(({ locations }) => locations.map(({ executionOrder }) => executionOrder));
    expect([...orders].sort((a, b) => a - b)).toEqual(orders.map((_, index) => index));
    const essential = flows
      .flatMap(({ locations }) => locations)
      .filter(({ importance }) => importance === 'essential');
    expect(essential).toHaveLength(3);
    expect(result.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'src/kernel/flush-targets.ts' },
      region: { startLine: 31 },
    });
  });

  it('tells bugs apart by cause, and not by seed, step or message', () => {
    const print = (change: Parameters<typeof sampleFinding>[0], cause: string) => {
      const result = failed();
      const witness = { ...result.witness!, finding: sampleFinding(change), cause };
      const [first] = sarifLog(sampleReport({ results: [{ ...result, witness }] })).runs[0].results;
      return first.partialFingerprints['bug/v1'];
    };
    expect(print({ seed: 7, execution: 9, steps: 99 }, 'no IPI')).toBe(print({}, 'no IPI'));
    expect(print({}, 'late IPI')).not.toBe(print({}, 'no IPI'));
  });
});
