import type { TraceStep } from '../../src/explain/trace-step.js';
import { programOf } from '../../src/programs/subject.js';
import { type Replay, replayFinding } from '../../src/replay/replay-finding.js';
import { type Finding, isProgramFinding } from '../../src/vocabulary/finding.js';
import { argumentsOf } from '../arguments.js';
import { type ExplainSubject, own, subjects } from './subjects.js';
import { type Difference, firstDifference } from './twin.js';
import { Witnesses } from './witnesses.js';

/**
 * Does an explanation name the culprit? For each bug with a twin that has it not, over seeds: the place where
 * the twin first does something else along the schedule is the fix's (the operation there, the CPU's one
 * before it, and where the bug does later what the fix does there); of a rule it is whatever its own text
 * writes. A marked step has to be of such a place, at most twelve may be marked, and the sentence has to
 * speak of that step.
 *
 *     npx tsx bench/explain/main.ts [--seeds 20] [--only b1,b2] [--witnesses FILE] [--seconds 150]
 *
 * With `--witnesses` it keeps what it has hunted, and goes on there where `--seconds` stopped it. Exit code 1
 * where fewer than 95 % are explained.
 */

const MARKED_MAX = 12;
const ENOUGH = 0.95;

/** What became of one witness; null: none was found, or the twin does the same along its schedule. */
type Outcome = { readonly isMarked: boolean; readonly isShort: boolean; readonly isNamed: boolean } | null;

const values = argumentsOf({ seeds: 20, only: '', witnesses: '', seconds: 150, verbose: false });

const witnesses = new Witnesses(values.witnesses === '' ? null : values.witnesses);
const outcomes = new Map<string, Outcome[]>();
const until = performance.now() + 1000 * values.seconds;
const chosen = subjects.filter(({ name }) => values.only === '' || values.only.split(',').includes(name));
let isWhole = true;

// Seed by seed: where it is stopped, each bug has had as many.
for (let seed = 1; seed <= values.seeds; seed++) {
  for (const subject of chosen) {
    if (!witnesses.has(subject, seed) && performance.now() > until) {
      isWhole = false;
      continue;
    }
    const finding = await witnesses.of(subject, seed);
    const of = outcomes.get(subject.name) ?? [];
    outcomes.set(subject.name, of);
    of.push(finding === null ? null : explained(subject, seed, finding));
  }
}
process.exitCode = report() ? 0 : 1;

function explained({ name, twin }: ExplainSubject, seed: number, finding: Finding): Outcome {
  const replay = replayFinding(finding, true, own);
  if (twin === null) return judged(name, seed, finding, isOfRule, replay);
  const fixed = twin(isProgramFinding(finding) ? null : finding.scenario);
  const difference = firstDifference(
    programOf(finding, own).program,
    fixed,
    finding.schedule,
    finding.memory,
  );
  return difference === null ? null : judged(name, seed, finding, isOfFix(difference, replay.trace), replay);
}

/** Whether a step is an act that a rule's text makes. */
function isOfRule({ site, text }: TraceStep): boolean {
  return site?.file.startsWith('src/rules/') === true && / = |cmpxchg|xchg|lock|set bits/.test(text);
}

function isOfFix(
  { step, before, moved, again }: Difference,
  trace: readonly TraceStep[],
): (one: TraceStep) => boolean {
  const first = trace[0]?.step ?? 0;
  const places = [step, ...(before === null ? [] : [before]), ...moved, ...(step < first ? again : [])];
  const candidates = places.flatMap((index) => trace[index - first] ?? []);
  return (one) =>
    candidates.some(
      (fix) =>
        fix === one ||
        (one.site !== null &&
          one.site.file === fix.site?.file &&
          one.site.line === fix.site.line &&
          one.functions.at(-1) === fix.functions.at(-1)),
    );
}

function judged(
  name: string,
  seed: number,
  finding: Finding,
  isFix: (step: TraceStep) => boolean,
  { trace, sentence, told }: Replay,
): Outcome {
  const marked = trace.filter(({ deciding }) => deciding !== null);
  const ofFix = marked.filter(isFix);
  const outcome = {
    isMarked: ofFix.length > 0,
    isShort: marked.length <= MARKED_MAX,
    isNamed: ofFix.some((own) => told.includes(own.step)),
  };
  if (values.verbose && !(outcome.isMarked && outcome.isShort && outcome.isNamed)) {
    console.log(
      `${name} seed ${seed}: ${finding.violation.class}, ${marked.length} marked; ${JSON.stringify(outcome)}`,
    );
    for (const fix of trace.filter(isFix).slice(0, 3))
      console.log(
        `  fix: step ${fix.step} CPU${fix.cpu} ${fix.text} in ${fix.functions.at(-1)} ` +
          `${JSON.stringify(fix.site)}`,
      );
    for (const one of marked) console.log(`  > ${one.step} CPU${one.cpu} ${one.text}: ${one.deciding}`);
    console.log(`  ${sentence}`);
  }
  return outcome;
}

/** Prints the table; answers whether enough are explained. */
function report(): boolean {
  const percent = (part: number, all: number): string => (all === 0 ? '-' : `${part} of ${all}`);
  const all = { found: 0, marked: 0, short: 0, named: 0, whole: 0 };
  console.log(
    '| bug | witnesses | fix marked | at most 12 | fix named | all three |\n| --- | --- | --- | --- | ' +
      '--- | --- |',
  );
  for (const { name } of chosen) {
    const found = (outcomes.get(name) ?? []).filter((outcome) => outcome !== null);
    if (found.length === 0) continue;
    const marked = found.filter(({ isMarked }) => isMarked).length;
    const short = found.filter(({ isShort }) => isShort).length;
    const named = found.filter(({ isNamed }) => isNamed).length;
    const whole = found.filter(({ isMarked, isShort, isNamed }) => isMarked && isShort && isNamed).length;
    const cells = [marked, short, named, whole].map((part) => percent(part, found.length));
    console.log(`| ${name} | ${found.length} | ${cells.join(' | ')} |`);
    all.found += found.length;
    all.marked += marked;
    all.short += short;
    all.named += named;
    all.whole += whole;
  }
  const shares = [all.marked, all.short, all.named, all.whole].map(
    (part) => `${((100 * part) / Math.max(1, all.found)).toFixed(1)} %`,
  );
  console.log(`| all | ${all.found} | ${shares.join(' | ')} |${isWhole ? '' : ' (not done: run it again)'}`);
  return all.whole >= ENOUGH * all.found;
}
