/**
 * What a finding file may contain. The check is the border between bytes from anywhere and an engine that trusts its input: after it,
 * every field is present, of its type and bounded. Errors are one line, `FILE: field.path: what; do what`.
 */

import { z } from 'zod';
import { InputError } from '../vocabulary/errors.js';
import { FINDING_FORMAT, FINDING_VERSION, type Finding, HARM_CLASSES, LATENT_CLASSES } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { findJsonError } from './json-error.js';
import { scenarioSchema, text, whole } from './scenario-schema.js';

/** Largest finding file that is read; real ones have some ten kB. */
export const FINDING_BYTES_MAX = 16 * 1024 * 1024;
/** Most decisions in a schedule once its run lengths are expanded. */
const DECISIONS_MAX = 5_000_000;
const STEPS_MAX = DECISIONS_MAX;

/** One entry of a schedule: an agent (`0`, `1b`, `1i`, `1w`, `1h`, `1r`, `1p`) with an optional repetition (`*12`), or an answer (`=3`). */
const SCHEDULE_ENTRY = /^(?:=\d{1,6}|(\d{1,3})[biwhrp]?(?:\*([1-9]\d{0,6}))?)$/;

const violation = z.strictObject({
  class: z.enum([...HARM_CLASSES, ...LATENT_CLASSES]),
  step: whole(0, STEPS_MAX),
  cpu: whole(0, 255),
  // A deadlock names every CPU and what it waits for.
  message: text(100_000),
});

const schedule = z
  .array(text(24))
  .max(1_000_000)
  .superRefine((entries, context) => {
    let decisions = 0;
    for (const [index, entry] of entries.entries()) {
      const match = SCHEDULE_ENTRY.exec(entry);
      if (match === null) {
        context.addIssue({ code: 'custom', path: [index], message: `expected an entry such as "0*12", "1b" or "=3", got ${quote(entry)}` });
        return;
      }
      decisions += Number(match[2] ?? 1);
    }
    if (decisions > DECISIONS_MAX) context.addIssue({ code: 'custom', message: `has ${decisions} decisions; at most ${DECISIONS_MAX}` });
  });

const moduleRef = z.strictObject({
  // As long as a path can be.
  file: text(4_096).min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits'),
  inputs: whole(1, 100_000).optional(),
  packages: z.array(text(200)).max(1_000).optional(),
});
const modules = z.array(moduleRef).max(100);

const witness = {
  format: z.literal(FINDING_FORMAT),
  version: z.literal(FINDING_VERSION),
  shootdown: text(40),
  memory: z.enum(['tso', 'sc']),
  strategy: text(200),
  seed: whole(0, Number.MAX_SAFE_INTEGER),
  execution: whole(0, Number.MAX_SAFE_INTEGER),
  schedule,
  steps: whole(0, STEPS_MAX),
  violation,
  latent: z.array(violation).max(10_000),
  traceHash: z.string().regex(/^[0-9a-f]{8}$/, 'expected eight hex digits'),
};

// Any number of features may be switched in a variant's name.
const kernelFinding = z
  .strictObject({ ...witness, variant: text(2_000).min(1), scenario: scenarioSchema, modules: modules.optional() })
  .superRefine((finding, context) => foreignCpus(finding, finding.scenario.cpus, context));

const programFinding = z
  .strictObject({ ...witness, program: text(200).min(1), cpus: whole(1, 256), modules })
  .superRefine((finding, context) => foreignCpus(finding, finding.cpus, context));

/** CPUs that a schedule or a violation names and that are not there. */
function foreignCpus(
  { schedule: entries, violation: found }: { readonly schedule: readonly string[]; readonly violation: { readonly cpu: number } },
  cpus: number,
  context: z.core.$RefinementCtx,
): void {
  const stranger = entries.findIndex((entry) => Number(SCHEDULE_ENTRY.exec(entry)?.[1] ?? 0) >= cpus);
  if (stranger !== -1) {
    context.addIssue({ code: 'custom', path: ['schedule', stranger], message: `${quote(entries[stranger])} is not one of ${cpus} CPUs` });
  }
  if (found.cpu >= cpus) context.addIssue({ code: 'custom', path: ['violation', 'cpu'], message: `names CPU ${found.cpu} of ${cpus}` });
}

/** What a user can do about a field that is wrong: the file is ours, so it was edited, cut short or written by something else. */
const REMEDY = 'undo the edit, or hunt again to write a new file';

/** Parses the text of a finding file. `file` is its name, for errors. Throws InputError. */
export function parseFinding(source: string, file: string): Finding {
  return checkFinding(parseJson(source, file), file);
}

/** Checks a parsed value. The answer is a fresh object that shares nothing with `value`. */
export function checkFinding(value: unknown, file: string): Finding {
  if (!isObject(value) || value.format !== FINDING_FORMAT) {
    throw new InputError(`${file}: not a shootdown finding ("format" is not "${FINDING_FORMAT}"); give a file that "shootdown hunt" wrote`);
  }
  if (value.version !== FINDING_VERSION) {
    throw new InputError(
      `${file}: version: this shootdown reads version ${FINDING_VERSION}, not ${brief(value.version)}; use the shootdown that wrote it`,
    );
  }
  const result = ('program' in value ? programFinding : kernelFinding).safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new InputError(`${file}: ${issueLine(result.error)}; ${REMEDY}`);
}

/** Checks a scenario that was made in code. `where` is its name, for errors. Throws InputError. */
export function checkScenario(value: unknown, where: string): Scenario {
  const result = scenarioSchema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new InputError(`${where}: ${issueLine(result.error)}`);
}

/** The first thing that a check refused: `field.path: what`. */
export function issueLine({ issues: [issue] }: z.ZodError): string {
  return `${fieldPath(issue.path)}: ${explainIssue(issue)}`;
}

/** JSON text to a value, or an InputError that has the line. `what` is the kind of file, `remedy` what to do about a bad one. */
export function parseJson(source: string, file: string, what = 'a finding', remedy = REMEDY): unknown {
  let value: unknown;
  try {
    // JSON.parse makes `__proto__` an own key, and the first careless copy would make it a prototype: refuse it here.
    value = JSON.parse(source, (key, member) => {
      if (key === '__proto__') throw new InputError(`${file}: a key named "__proto__" has no place in ${what}; ${remedy}`);
      return member;
    });
  } catch (error) {
    if (error instanceof InputError) throw error;
    const where = findJsonError(source);
    if (where === null) throw new InputError(`${file}: cannot be parsed as JSON (nested too deeply?); ${remedy}`);
    const found =
      where.offset >= source.length ? 'the end of the file' : quote(String.fromCodePoint(source.codePointAt(where.offset) ?? 0));
    throw new InputError(`${file}:${where.line}:${where.column}: malformed JSON: expected ${where.expected}, got ${found}; ${remedy}`);
  }
  return value;
}

function explainIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `expected ${typeWord(issue.expected)}, got ${brief(issue.input)}`;
    case 'too_big':
      return `expected ${bound(issue.origin, 'at most', issue.maximum)}, got ${brief(issue.input)}`;
    case 'too_small':
      return `expected ${bound(issue.origin, 'at least', issue.minimum)}, got ${brief(issue.input)}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => brief(value)).join(' or ')}, got ${brief(issue.input)}`;
    case 'unrecognized_keys':
      return `has no field ${issue.keys.map(quote).join(', ')}`;
    case 'invalid_union':
      return `is not one of the script steps that this version knows`;
    default:
      return issue.message;
  }
}

function bound(origin: string, word: string, limit: number | bigint): string {
  if (origin === 'string') return `${word} ${limit} characters`;
  if (origin === 'array') return `${word} ${limit} entries`;
  return `${word} ${limit}`;
}

function typeWord(expected: string): string {
  if (expected === 'int' || expected === 'number') return 'a whole number';
  if (expected === 'array' || expected === 'object') return `an ${expected}`;
  if (expected === 'boolean') return 'true or false';
  return `a ${expected}`;
}

/** `scenario.scripts[0][3].page`. */
function fieldPath(path: readonly PropertyKey[]): string {
  let out = '';
  for (const part of path) out += typeof part === 'number' ? `[${part}]` : `${out === '' ? '' : '.'}${String(part)}`;
  return out === '' ? 'the file' : out;
}

/** A value in a few characters: what was there, never all of it. */
export function brief(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (isObject(value)) return 'an object';
  return String(value);
}

function quote(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
