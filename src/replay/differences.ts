import { isDeepStrictEqual } from 'node:util';
import { catalogue } from '../scenarios/catalogue/index.js';
import { type Finding, isProgramFinding } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { VERSION } from '../vocabulary/version.js';
import type { Violation } from '../vocabulary/violation.js';

/**
 * What a finding says beside what its replay shows. A file comes from anywhere: what it says is never told as
 * if it had been seen. Fields that the replay starts from show in the trace hash; those of the hunt that
 * found it (strategy, seed, execution) are neither compared nor told.
 */

/** What happened when a finding's schedule was run. */
export interface Shown {
  readonly violation: Violation | null;
  /** The explanation of it; null where there is none. */
  readonly sentence: string | null;
  readonly latent: readonly Violation[];
  readonly steps: number;
  readonly traceHash: string;
  readonly cpus: number;
  /** Name of the variant that ran, which the file may call by another of its names; null: none. */
  readonly variant: string | null;
}

export interface Difference {
  /** Path in the file. */
  readonly field: string;
  readonly said: string;
  readonly shown: string;
}

interface Field<Of> {
  readonly field: string;
  said(of: Of): unknown;
  /** Undefined: the same, whatever the file says. */
  shown(shown: Shown, of: Of): unknown;
}

/** A recorded execution, and what it ended in. */
export interface Recorded {
  readonly violation: Violation;
  readonly steps?: number;
  readonly traceHash: string;
}

/** Where the replay of a recorded execution is another execution. */
const EXECUTION: readonly Field<Recorded>[] = [
  {
    field: 'violation.class',
    said: (run) => run.violation.class,
    shown: ({ violation }) => violation?.class,
  },
  { field: 'violation.step', said: (run) => run.violation.step, shown: ({ violation }) => violation?.step },
  { field: 'violation.cpu', said: (run) => run.violation.cpu, shown: ({ violation }) => violation?.cpu },
  {
    field: 'steps',
    said: (run) => run.steps,
    shown: ({ steps }, run) => (run.steps === undefined ? undefined : steps),
  },
  { field: 'traceHash', said: (run) => run.traceHash, shown: ({ traceHash }) => traceHash },
];

/** Where a finding speaks of another execution than its replay is. */
const FINDING: readonly Field<Finding>[] = [
  ...EXECUTION,
  {
    field: 'cpus',
    said: (finding) => ('cpus' in finding ? finding.cpus : undefined),
    shown: ({ cpus }, finding) => ('cpus' in finding ? cpus : undefined),
  },
  { field: 'latent', said: ({ latent }) => latent.map(placeOf), shown: ({ latent }) => latent.map(placeOf) },
];

/** Where it only tells the same in other words, as an older version may have done. */
const WORDS: readonly Field<Finding>[] = [
  // Stored is the explanation, or the oracle's sentence where there was none.
  {
    field: 'violation.message',
    said: ({ violation }) => violation.message,
    shown: (shown, finding) => wordsOf(shown, finding.violation.message),
  },
  {
    field: 'latent',
    said: ({ latent }) => latent.map(({ message }) => message),
    shown: ({ latent }) => latent.map(({ message }) => message),
  },
  { field: 'shootdown', said: ({ shootdown }) => shootdown, shown: () => VERSION },
  {
    field: 'scenario',
    said: (finding) => scenarioOf(finding)?.name,
    shown: (_, finding) => nameBySight(scenarioOf(finding)),
  },
  {
    field: 'variant',
    said: (finding) => ('variant' in finding ? finding.variant : undefined),
    shown: ({ variant }) => variant ?? undefined,
  },
];

/** `steps: the file says 7, the replay shows 6`. */
export function differenceWords({ field, said, shown }: Difference): string {
  return `${field}: the file says ${said}, the replay shows ${shown}`;
}

/** Where the execution differs; none: it is the recorded one. */
export function executionDifferences(run: Recorded, shown: Shown): Difference[] {
  return differencesIn(EXECUTION, run, shown);
}

/** The same for a finding, with all that it says of its execution. */
export function findingDifferences(finding: Finding, shown: Shown): Difference[] {
  return differencesIn(FINDING, finding, shown);
}

/** Where a finding whose execution is the same tells it differently. */
export function wordDifferences(finding: Finding, shown: Shown): Difference[] {
  return differencesIn(WORDS, finding, shown);
}

/** The name of the catalogue's scenario that a scenario is, whatever a file calls it; null: none of them. */
export function catalogueName(scenario: Scenario): string | null {
  return catalogue.find((known) => isSame(known, { ...scenario, name: known.name }))?.name ?? null;
}

function differencesIn<Of>(fields: readonly Field<Of>[], of: Of, shown: Shown): Difference[] {
  return fields.flatMap((field) => {
    const [said, seen] = [field.said(of), field.shown(shown, of)];
    return seen === undefined || isDeepStrictEqual(said, seen)
      ? []
      : [{ field: field.field, said: brief(said), shown: brief(seen) }];
  });
}

function placeOf({ class: name, step, cpu }: Violation): readonly unknown[] {
  return [name, step, cpu];
}

function wordsOf({ violation, sentence }: Shown, said: string): string | undefined {
  return said === violation?.message ? undefined : (sentence ?? violation?.message);
}

function scenarioOf(finding: Finding): Scenario | null {
  return isProgramFinding(finding) ? null : finding.scenario;
}

/** What the catalogue says of a scenario; undefined: nothing. */
function nameBySight(scenario: Scenario | null): string | undefined {
  if (scenario === null) return undefined;
  const isBorrowed = catalogue.some(({ name }) => name === scenario.name);
  return (
    catalogueName(scenario) ??
    (isBorrowed ? 'another scenario than this version has by that name' : undefined)
  );
}

/** A file has no fields that are undefined. */
function isSame(known: Scenario, scenario: Scenario): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(known)), JSON.parse(JSON.stringify(scenario)));
}

const SHOWN_MAX = 300;

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text;
}
