/**
 * A hunt as a SARIF 2.1.0 log: a rule for each class of violation, a result for each violation, suppressed
 * where it is known, and a code flow with a thread flow for each CPU.
 *
 * A result's fingerprint is made of what a baseline tells bugs by, never of a seed, a step or a line: it is
 * the same for every witness of one bug.
 */

import { createHash } from 'node:crypto';
import type { Verdict } from '../../explore/api.js';
import type { MetViolation } from '../../explore/known.js';
import { oracles } from '../../oracles/index.js';
import { isNumbered } from '../../vocabulary/decided-by.js';
import { visible } from '../escape.js';
import { expectedWords, isAwaited, isFailure } from '../expected-words.js';
import { commandOf, knownWords, metKnown } from '../hunt-words.js';
import { placeOf } from '../places.js';
import type { HuntReport, HuntResult } from '../reporters/hunt-report.js';
import { resultLine } from '../result-words.js';
import { codeFlow } from './code-flow.js';
import { physical } from './locations.js';
import type { Level, SarifLog, SarifResult, SarifRule } from './sarif.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

export function sarifLog(report: HuntReport): SarifLog {
  const { version, results, interrupted, notReached } = report;
  const notes = [
    ...results
      .filter(({ verdict }) => verdict.violation === null)
      .map((result) => visible(resultLine(result))),
    ...results
      .filter(isFailure)
      .flatMap((result) => expectedWords(result) ?? [])
      .map(visible),
    ...notReached.map((name) => `${visible(name)}: not reached`),
    ...report.notes.map((note) => visible(note)),
  ];
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'shootdown', semanticVersion: version, rules: oracles.map(ruleOf) } },
        // Up to the slash it is GitHub's category, which tells a commit's analyses of one tool apart.
        automationDetails: { id: `shootdown ${visible(commandOf(report))}/` },
        invocations: [
          {
            executionSuccessful: !interrupted && notReached.length === 0,
            toolExecutionNotifications: notes.map((text) => ({ level: 'note', message: { text } })),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: results.flatMap((result) => {
          const { verdict } = result;
          return [
            ...(verdict.violation === null ? [] : [awaited(result, violationResult(result))]),
            ...metKnown(verdict).map((met) => knownResult(verdict, met)),
            ...verdict.latent.map(({ class: name, scenario, message, executions, execution }) => {
              const counted = result.decided === undefined ? { executions, execution } : {};
              return resultOf(verdict, 'warning', name, scenario, message, null, counted);
            }),
          ];
        }),
      },
    ],
  };
}

function ruleOf({ name, latent, summary }: (typeof oracles)[number]): SarifRule {
  return {
    id: name,
    shortDescription: { text: summary },
    defaultConfiguration: { level: latent ? 'warning' : 'error' },
  };
}

function violationResult({ verdict, witness }: HuntResult): SarifResult {
  const { violation, scenario, message } = verdict;
  const cause = witness?.cause ?? null;
  const { steps } = witness?.finding ?? {};
  const { execution, seed } =
    (witness !== null && isNumbered(witness.finding) ? witness.finding : null) ?? {};
  const result = resultOf(verdict, 'error', violation ?? '', scenario, message ?? '', cause, {
    ...{ cause, execution, steps, seed, finding: verdict.finding, replay: witness?.replay ?? null },
  });
  const place = placeOf(witness?.trace ?? []);
  return {
    ...result,
    locations: place === null ? result.locations : [{ ...result.locations[0], ...physical(place) }],
    ...(witness === null || witness.trace.length === 0 ? {} : { codeFlows: [codeFlow(witness.trace)] }),
  };
}

/** What was to come is nobody's alert. */
function awaited(result: HuntResult, told: SarifResult): SarifResult {
  if (!isAwaited(result)) return told;
  const justification = visible(expectedWords(result) ?? '');
  return { ...told, level: 'note', suppressions: [{ kind: 'external', status: 'accepted', justification }] };
}

function knownResult(verdict: Verdict, met: MetViolation): SarifResult {
  const justification = met.finding === undefined ? 'in the baseline' : `open finding ${met.finding}`;
  return {
    ...resultOf(verdict, 'note', met.class, met.scenario, knownWords(met), met.cause, {
      ...{ cause: met.cause, executions: met.executions, execution: met.execution },
    }),
    suppressions: [{ kind: 'external', status: 'accepted', justification: visible(justification) }],
  };
}

function resultOf(
  { variant, memory }: Verdict,
  level: Level,
  rule: string,
  scenario: string,
  message: string,
  cause: string | null,
  properties: Readonly<Record<string, string | number | null | undefined>>,
): SarifResult {
  const about = { subject: variant, scenario, memory, ...properties };
  return {
    ruleId: rule,
    ruleIndex: oracles.findIndex(({ name }) => name === rule),
    level,
    message: { text: visible(`${variant} in ${scenario}: ${message}`) },
    locations: [{ logicalLocations: [{ name: visible(variant), kind: 'module' }] }],
    partialFingerprints: { 'bug/v1': fingerprint([variant, memory, scenario, rule, cause]) },
    properties: Object.fromEntries(Object.entries(about).filter(([, value]) => value != null)) as Record<
      string,
      string | number
    >,
  };
}

function fingerprint(parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
