/**
 * A baseline: violations that are known, as a small versioned JSON file. A hunt goes past them, and only what
 * is not among them fails.
 *
 * An entry is a variant, a memory model, a scenario, a class, and the *cause* (`explain/cause.ts`): what went
 * wrong in words that are the same for every witness of one bug. The class alone would hide a new bug behind
 * a known one of the same class in the same scenario; a seed, a schedule or a step would make the same bug
 * new with every change of a scenario; places in the source would with every edit.
 *
 * Beside the words an entry keeps the cause as data (`namedCause`), by which it can hold in other scenarios
 * too; null where there is none to name, and absent in files of version 1, which had none.
 */

import * as z from 'zod';
import type { KnownViolation } from '../explore/known.js';
import { MEMORY_MODELS } from '../memory-order/index.js';
import { InputError } from '../vocabulary/errors.js';
import { HARM_CLASSES, type MemoryModel } from '../vocabulary/finding.js';
import { printableJson } from '../vocabulary/unprintable.js';
import { list } from './list-schema.js';
import { namedCause } from './named-cause-schema.js';
import { readText } from './read.js';
import { text } from './scenario-schema.js';
import { brief, isObject, issueLine, parseJson } from './schema.js';

export const BASELINE_FORMAT = 'shootdown-baseline';
export const BASELINE_VERSION = 2;
const VERSIONS = [1, BASELINE_VERSION] as const;
const ENTRIES_MAX = 10_000;

export interface BaselineEntry extends KnownViolation {
  readonly variant: string;
  readonly memory: MemoryModel;
  /** For people: why it is accepted, where it is tracked. Kept, never compared. */
  readonly note?: string;
}

export interface Baseline {
  readonly format: typeof BASELINE_FORMAT;
  readonly version: (typeof VERSIONS)[number];
  readonly violations: readonly BaselineEntry[];
}

const baselineSchema = z.strictObject({
  format: z.literal(BASELINE_FORMAT),
  version: z.literal(VERSIONS),
  violations: list(
    z.strictObject({
      // As findings have it: any number of features may be switched.
      variant: text(2_000).min(1),
      memory: z.enum(MEMORY_MODELS),
      scenario: text(200).min(1),
      class: z.enum(HARM_CLASSES),
      // Of a deadlock it has what every CPU waits for.
      cause: text(100_000).min(1),
      namedCause: namedCause.nullable().optional(),
      note: text(4_000).optional(),
    }),
    ENTRIES_MAX,
  ),
});

const REMEDY = 'undo the edit, or write a new one with --update-baseline';

export function readBaseline(file: string): Baseline {
  return parseBaseline(
    readText(file, 'a baseline', 'give the path of a baseline, or make it with --update-baseline'),
    file,
  );
}

export function parseBaseline(source: string, file: string): Baseline {
  const value = parseJson(source, file, 'a baseline', REMEDY);
  if (!isObject(value) || value.format !== BASELINE_FORMAT) {
    throw new InputError(
      `${file}: not a baseline ("format" is not "${BASELINE_FORMAT}")`,
      'give a file that --update-baseline wrote',
    );
  }
  if (!VERSIONS.some((version) => version === value.version)) {
    throw new InputError(
      `${file}: version: this shootdown reads version ${VERSIONS.join(' and ')}, not ${brief(value.version)}`,
      'use the shootdown that wrote it',
    );
  }
  const result = baselineSchema.safeParse(value, { reportInput: true });
  if (!result.success) throw new InputError(`${file}: ${issueLine(result.error)}`, REMEDY);
  return result.data;
}

/** What identifies an entry; neither the note does, nor the cause as data. */
export function entryKey({ variant, memory, scenario, class: name, cause }: BaselineEntry): string {
  return JSON.stringify([variant, memory, scenario, name, cause]);
}

/**
 * All entries of both, each once, in an order that does not depend on who came first; notes of `before` stay,
 * and an entry without its cause as data gets that of the same entry among `added`.
 */
export function mergeEntries(
  before: readonly BaselineEntry[],
  added: readonly BaselineEntry[],
): BaselineEntry[] {
  const merged = new Map<string, BaselineEntry[]>();
  for (const entry of [...before, ...added]) {
    const same = merged.get(entryKey(entry)) ?? [];
    merged.set(entryKey(entry), withEntry(same, entry));
  }
  const keyed = [...merged].sort(([a], [b]) => (a < b ? -1 : 1));
  return keyed.flatMap(([, same]) => same.sort((a, b) => (causeKey(a) < causeKey(b) ? -1 : 1)));
}

const causeKey = ({ namedCause = null }: BaselineEntry): string => JSON.stringify(namedCause);

/** Of one key: words may be those of several named causes, which differ in where somebody stood. */
function withEntry(same: readonly BaselineEntry[], entry: BaselineEntry): BaselineEntry[] {
  if (same.length === 0) return [entry];
  if (entry.namedCause === undefined) return [...same];
  const bare = same.findIndex(({ namedCause }) => namedCause === undefined);
  if (bare >= 0) return same.with(bare, { ...same[bare], namedCause: entry.namedCause });
  return same.some((one) => causeKey(one) === causeKey(entry)) ? [...same] : [...same, entry];
}

/**
 * The text of a baseline file: an entry is a few lines with fixed keys, so that a change of one reads well in
 * a diff.
 */
export function serializeBaseline(entries: readonly BaselineEntry[]): string {
  const violations = entries.map(({ variant, memory, scenario, class: name, cause, namedCause, note }) => ({
    ...{ variant, memory, scenario, class: name, cause },
    ...(namedCause === undefined ? {} : { namedCause }),
    ...(note === undefined ? {} : { note }),
  }));
  const file = { format: BASELINE_FORMAT, version: BASELINE_VERSION, violations };
  return `${printableJson(JSON.stringify(file, null, 2))}\n`;
}
