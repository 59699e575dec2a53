import { argumentsOf } from '../arguments.js';
import { codeHash } from './code-hash.js';
import { isExplained, type Judged, judge } from './judge.js';
import { KeptLines } from './kept-lines.js';
import { subjects } from './subjects.js';
import { noOutcomes, type Outcomes, tableOf } from './table.js';
import { Witnesses } from './witnesses.js';

/**
 * Does an explanation name the culprit? For each bug with a twin that has it not, over seeds: the place where
 * the twin first does something else along the schedule is the fix's (the step with which the CPU comes
 * there, what it does next, and where the bug does later what the fix does there); of a rule it is whatever
 * its own text writes. A marked step has to be of such a place, at most twelve may be marked, and the
 * sentence has to speak of that step.
 *
 *     npx tsx bench/explain/main.ts [--seeds 20] [--only b1,b2] [--executions 3000]
 *       [--state FILE] [--seconds 0] [--verbose]
 *
 * With `--state` it keeps what it has hunted, and what this code says of it, and goes on there where
 * `--seconds` (0: no end) has stopped it. `--executions`: of a hunt at most; a seed that meets nothing in as
 * many counts as not found. Exit code 1 where fewer than 95 % are explained.
 */

const ENOUGH = 0.95;

const values = argumentsOf({ seeds: 20, only: '', executions: 3000, state: '', seconds: 0, verbose: false });

const witnesses = new Witnesses(values.state === '' ? null : values.state, values.executions);
const said = new KeptLines<Judged | null>(values.state === '' ? null : `${values.state}.${codeHash()}`);
const chosen = subjects.filter(({ name }) => values.only === '' || values.only.split(',').includes(name));
const until = values.seconds === 0 ? Number.POSITIVE_INFINITY : performance.now() + 1000 * values.seconds;

const outcomes = new Map<string, Outcomes>();
let left = 0;

// Seed by seed: where it is stopped, each bug has had as many.
for (let seed = 1; seed <= values.seeds; seed++) {
  for (const subject of chosen) {
    const { name } = subject;
    const key = `${name} ${seed}`;
    const isKnown = witnesses.has(subject, seed) && said.get(key) !== undefined;
    if (!isKnown && performance.now() > until) {
      left++;
      continue;
    }
    const finding = await witnesses.of(subject, seed);
    const known = said.get(key);
    const judged = known !== undefined || finding === null ? known : said.keep(key, judge(subject, finding));
    const of = outcomes.get(name) ?? noOutcomes();
    outcomes.set(name, of);
    if (judged === undefined) of.notFound++;
    else if (judged === null) of.sameAsTwin++;
    else of.judged.push(judged);
    if (values.verbose && judged != null && !isExplained(judged))
      console.log(`${name} seed ${seed}: ${judged.details.join('\n  ')}`);
  }
}

const { lines, share } = tableOf(outcomes);
console.log(lines.join('\n'));
if (left > 0) console.log(`${left} hunts are left: run it again`);
process.exitCode = share >= ENOUGH ? 0 : 1;
