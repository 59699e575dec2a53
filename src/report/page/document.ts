/**
 * What a report directory holds as data. `results.json` is a ResultsDocument: within a version fields may be
 * added, never removed or changed. The page has the same, and the executions to look through; those are not
 * a format, and `show --json` has them for others.
 */

import type { HandSubject } from '../../by-hand/hand-execution.js';
import type { ViolationClass } from '../../vocabulary/finding.js';
import type { Execution } from '../reporters/hunt-report.js';
import type { RestsOn } from '../rests-on.js';
import type { LabelledLine } from '../witness-words.js';

export const RESULTS_FORMAT = 'shootdown-report';
export const RESULTS_VERSION = 1;

/** How a subject came off. */
export type RowStatus =
  /** A violation that is not known. */
  | 'violation'
  /** Known violations only. */
  | 'known'
  /** None in what was looked at: a sample, or what a bound left. */
  | 'none'
  /** None in any execution. */
  | 'proved'
  /** Nothing can be said: no effect, interrupted, not reached, not decided. */
  | 'open';

/** What was measured of a subject, to be seen beside the others'. */
export interface Measure {
  readonly key: string;
  /** What it is, with its unit. */
  readonly title: string;
  readonly value: number;
}

/** A subject and what became of it. */
export interface ResultRow {
  readonly subject: string;
  readonly scenario: string;
  readonly memory: string;
  readonly status: RowStatus;
  /** The verdict in a few words, as tables have it. */
  readonly verdict: string;
  readonly violation: ViolationClass | null;
  readonly message: string | null;
  /** What else is to be said, a sentence each. */
  readonly remarks: readonly string[];
  readonly executions: number | null;
  /** Of a search: states that were met. */
  readonly states: number | null;
  readonly steps: number | null;
  readonly seconds: number | null;
  readonly strategy: string | null;
  /** Index of its witness, or null. */
  readonly witness: number | null;
  /** Of a study: the group of rows that it is in (a backend), and its name there (a rule). */
  readonly group?: string;
  readonly label?: string;
  /** Of a study: its columns that are numbers. */
  readonly measures?: readonly Measure[];
  /** Of a check: lines by what became of them. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** A step that decides, in words. */
export interface DecidingStep {
  readonly step: number;
  readonly cpu: number;
  readonly text: string;
  readonly why: string;
}

export interface WitnessDocument {
  readonly subject: string;
  readonly scenario: string;
  readonly memory: string;
  readonly violation: ViolationClass;
  /** What went wrong, in a sentence. */
  readonly message: string;
  /** The same for every witness of one bug; null where it is not known. */
  readonly cause: string | null;
  readonly cpus: number;
  readonly steps: number;
  readonly strategy: string;
  readonly seed: number;
  readonly execution: number;
  /** Path of its copy in the report directory, or null. */
  readonly finding: string | null;
  /** Path of its trace for ui.perfetto.dev in the report directory, or null: Perfetto's own format. */
  readonly perfetto: string | null;
  /** The command that shows it again, or null. */
  readonly replay: string | null;
  readonly deciding: readonly DecidingStep[];
}

export interface ResultsDocument {
  readonly format: typeof RESULTS_FORMAT;
  readonly version: typeof RESULTS_VERSION;
  readonly shootdown: string;
  /** `hunt`, `verify`, `show`. */
  readonly command: string;
  /** What it all comes to; absent: how many rows have a violation. */
  readonly headline?: string;
  readonly settings: readonly LabelledLine[];
  readonly interrupted: boolean;
  readonly rows: readonly ResultRow[];
  readonly witnesses: readonly WitnessDocument[];
  /** What the verdicts rest on. */
  readonly grounds: readonly RestsOn[];
}

/** Lines of a file that steps stand at, with those around them: pairs of number and text, in order. */
export interface SourceExcerpt {
  readonly file: string;
  readonly lines: readonly (readonly [line: number, text: string])[];
}

/** Where an execution can be decided otherwise in the page; else why not, in a sentence. */
export type ByHandDocument =
  | { readonly subject: HandSubject; readonly schedule: readonly string[] }
  | { readonly why: string };

/** A page without a witness: what is picked at first. */
export interface PlaygroundDocument extends HandSubject {
  /** Of random executions. */
  readonly seed: number;
}

/** What the page is made from. */
export interface PageDocument {
  readonly results: ResultsDocument;
  /** By index of a witness; null where it was not executed again. */
  readonly executions: readonly (Execution | null)[];
  readonly sources: readonly SourceExcerpt[];
  /** By index of a witness; null, or none at all, where the page has no engine. */
  readonly byHand: readonly (ByHandDocument | null)[];
  readonly playground?: PlaygroundDocument;
}
