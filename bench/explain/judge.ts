import type { TraceStep } from '../../src/explain/trace-step.js';
import { programOf } from '../../src/programs/subject.js';
import { type Replay, replayFinding } from '../../src/replay/replay-finding.js';
import { type Finding, isProgramFinding } from '../../src/vocabulary/finding.js';
import { type ExplainSubject, own } from './subjects.js';
import { type Difference, firstDifferences } from './twin.js';

/** More marks than that are no explanation. */
const MARKED_MAX = 12;

/** What is told of one witness, judged. */
export interface Judged {
  readonly isMarked: boolean;
  readonly isShort: boolean;
  readonly isNamed: boolean;
  /** Of one that fails, for whoever looks into it: the fix's steps, the marked ones, the sentence. */
  readonly details: readonly (string | null)[];
}

export const isExplained = ({ isMarked, isShort, isNamed }: Judged): boolean =>
  isMarked && isShort && isNamed;

/**
 * Judges what is told of a witness; null where the twin does the same along its schedule, and there is no
 * step of the fix's to look for.
 */
export function judge({ twin }: ExplainSubject, finding: Finding): Judged | null {
  const replay = replayFinding(finding, true, own);
  if (twin === null) return judged(finding, isOfRule, replay);
  const fixed = twin(isProgramFinding(finding) ? null : finding.scenario);
  const { program } = programOf(finding, own);
  const differences = firstDifferences(program, fixed, finding.schedule, finding.memory);
  return differences.length === 0 ? null : judged(finding, isOfFix(differences, replay.trace), replay);
}

/** Whether a step is an act that a rule's text makes. */
function isOfRule({ site, text }: TraceStep): boolean {
  return site?.file.startsWith('src/rules/') === true && / = |cmpxchg|xchg|lock|set bits/.test(text);
}

/** Whether a step is at a place where the twin does something else, be it not the first time. */
function isOfFix(
  differences: readonly Difference[],
  trace: readonly TraceStep[],
): (one: TraceStep) => boolean {
  const first = trace[0]?.step ?? 0;
  const at = (index: number): readonly TraceStep[] =>
    trace.slice(Math.max(0, index - first), Math.max(0, index - first + 1));
  const candidates = differences.flatMap(({ before, step, moved, changed, again }) => {
    const own = [before, step, ...(before < first ? again : [])].flatMap(at);
    const functions = new Set(own.map(({ functions }) => functions.at(-1)));
    const here = changed.flatMap(at).filter((one) => functions.has(one.functions.at(-1)));
    return [...own, ...moved.flatMap(at), ...here];
  });
  return (one) => candidates.some((fix) => fix === one || isOfPlace(one, fix));
}

/** Whether both are written at one place; of what is no instruction, whether the same is done. */
function isOfPlace(one: TraceStep, other: TraceStep): boolean {
  if (one.site === null || other.site === null)
    return one.site === other.site && one.cpu === other.cpu && one.text === other.text;
  return (
    one.site.file === other.site.file &&
    one.site.line === other.site.line &&
    one.functions.at(-1) === other.functions.at(-1)
  );
}

function judged(
  finding: Finding,
  isFix: (step: TraceStep) => boolean,
  { trace, sentence, told }: Replay,
): Judged {
  const marked = trace.filter(({ deciding }) => deciding !== null);
  const ofFix = marked.filter(isFix);
  const outcome = {
    isMarked: ofFix.length > 0,
    isShort: marked.length <= MARKED_MAX,
    isNamed: ofFix.some((one) => told.includes(one.step)),
  };
  if (isExplained({ ...outcome, details: [] })) return { ...outcome, details: [] };
  const fix = trace.filter(isFix).slice(0, 4);
  const details = [
    `${finding.violation.class}, ${marked.length} marked`,
    ...fix.map(
      ({ step, cpu, text, functions, site }) =>
        `fix: step ${step} CPU${cpu} ${text} in ${functions.at(-1)} ${site?.file}:${site?.line}`,
    ),
    ...marked.map(({ step, cpu, text, deciding }) => `> ${step} CPU${cpu} ${text}: ${deciding}`),
    sentence,
  ];
  return { ...outcome, details };
}
