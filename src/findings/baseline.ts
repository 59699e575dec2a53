/**
 * A baseline: violations that are known, as a small versioned JSON file. A hunt goes past them, and only what
 * is not among them fails.
 *
 * An entry is a variant, a memory model, a scenario, a class, and the *cause* (`explain/cause.ts`): what went
 * wrong in words that are the same for every witness of one bug. The class alone would hide a new bug behind
 * a known one of the same class in the same scenario; a seed, a schedule or a step would make the same bug
 * new with every change of a scenario; places in the source would with every edit.
 */

import * as z from 'zod';
import type { KnownViolation } from '../explore/known.js';
import { MEMORY_MODELS } from '../memory-order/index.js';
import { InputError } from '../vocabulary/errors.js';
import { HARM_CLASSES, type MemoryModel } from '../vocabulary/finding.js';
import { printableJson } from '../vocabulary/unprintable.js';
import { list } from './list-schema.js';
import { readText } from './read.js';
import { text } from './scenario-schema.js';
import { brief, isObject, issueLine, parseJson } from './schema.js';

export const BASELINE_FORMAT = 'shootdown-baseline';
export const BASELINE_VERSION = 1;
const ENTRIES_MAX = 10_000;

export interface BaselineEntry extends KnownViolation {
  readonly variant: string;
  readonly memory: MemoryModel;
  /** For people: why it is accepted, where it is tracked. Kept, never compared. */
  readonly note?: string;
}

export interface Baseline {
  readonly format: typeof BASELINE_FORMAT;
  readonly version: typeof BASELINE_VERSION;
  readonly violations: readonly BaselineEntry[];
}

const baselineSchema = z.strictObject({
  format: z.literal(BASELINE_FORMAT),
  version: z.literal(BASELINE_VERSION),
  violations: list(
    z.strictObject({
      // As findings have it: any number of features may be switched.
      variant: text(2_000).min(1),
      memory: z.enum(MEMORY_MODELS),
      scenario: text(200).min(1),
      class: z.enum(HARM_CLASSES),
      // Of a deadlock it has what every CPU waits for.
      cause: text(100_000).min(1),
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
  if (value.version !== BASELINE_VERSION) {
    throw new InputError(
      `${file}: version: this shootdown reads version ${BASELINE_VERSION}, not ${brief(value.version)}`,
      'use the shootdown that wrote it',
    );
  }
  const result = baselineSchema.safeParse(value, { reportInput: true });
  if (!result.success) throw new InputError(`${file}: ${issueLine(result.error)}`, REMEDY);
  return result.data;
}

/** What identifies an entry; the note does not. */
export function entryKey({ variant, memory, scenario, class: name, cause }: BaselineEntry): string {
  return JSON.stringify([variant, memory, scenario, name, cause]);
}

/**
 * All entries of both, each once, in an order that does not depend on who came first; notes of `before` stay.
 */
export function mergeEntries(
  before: readonly BaselineEntry[],
  added: readonly BaselineEntry[],
): BaselineEntry[] {
  const merged = new Map(before.map((entry) => [entryKey(entry), entry]));
  for (const entry of added) if (!merged.has(entryKey(entry))) merged.set(entryKey(entry), entry);
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

/**
 * The text of a baseline file: an entry is a few lines with fixed keys, so that a change of one reads well in
 * a diff.
 */
export function serializeBaseline(entries: readonly BaselineEntry[]): string {
  const violations = entries.map(({ variant, memory, scenario, class: name, cause, note }) => ({
    ...{ variant, memory, scenario, class: name, cause },
    ...(note === undefined ? {} : { note }),
  }));
  const file = { format: BASELINE_FORMAT, version: BASELINE_VERSION, violations };
  return `${printableJson(JSON.stringify(file, null, 2))}\n`;
}
