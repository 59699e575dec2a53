import { readFileSync } from 'node:fs';
import { hunt } from '../../src/index.js';
import { verifyCatalogue } from '../../src/scenarios/verify/index.js';
import { findVariant } from '../../src/variants/index.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';

/**
 * What an exhaustive study has decided, sampled: where all executions were looked at and none goes wrong, a
 * hunt must meet nothing.
 *
 *     shootdown study remote-tlb-gen --exhaustive --state decided.jsonl
 *     npx tsx bench/verify/sampled.ts [--executions 2000] [--part 1/1] [--record] decided.jsonl
 *
 * `--part i/n`: every n-th verdict, for one process a core. Exit code 1 where a hunt meets what the proof
 * says is not there.
 */

interface Decided {
  readonly variant: string;
  readonly scenario: string;
  readonly complete: boolean;
  readonly violation: string | null;
}

const { executions, part, isRecorded, positionals } = argumentsOf(
  { executions: 2_000, part: '1/1' },
  'decided.jsonl',
);
const [which, of] = part.split('/').map(Number);
const decided = readFileSync(positionals[0], 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => (JSON.parse(line) as { readonly verdict: Decided }).verdict)
  .filter(({ complete, violation }) => complete || violation !== null)
  .filter((_, index) => index % of === which - 1);

let [proved, refuted, met, differ, ran] = [0, 0, 0, 0, 0];
for (const { variant: name, scenario: where, violation } of decided) {
  const variant = findVariant(name);
  const scenario = verifyCatalogue.find((one) => one.name === where);
  // Decided by another version, which had other names.
  if (variant === undefined || scenario === undefined) continue;
  const { verdict } = await hunt({ variant, scenarios: [scenario], executions, known: [] });
  ran += verdict.executions;
  if (violation === null) proved++;
  else refuted++;
  if (verdict.violation === null) continue;
  if (violation !== null) met++;
  else {
    differ++;
    console.log(`${name} in ${where}: proved, and a hunt meets ${verdict.violation}: ${verdict.message}`);
  }
}
const result =
  `${proved} proved, of which a hunt refutes ${differ}; ${refuted} refuted, of which it meets ${met}; ` +
  `${ran} executions`;
console.log(result);
if (isRecorded)
  record({
    what: 'what all executions of small scenarios show, sampled (bar: no proof refuted)',
    result,
    command: `npx tsx bench/verify/sampled.ts --executions ${executions} decided.jsonl`,
  });
process.exitCode = differ > 0 ? 1 : 0;
