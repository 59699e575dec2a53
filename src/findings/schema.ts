/**
 * What a finding file may contain. The check is the border between bytes from anywhere and an engine that
 * trusts its input: after it, every field is present, of its type and bounded. Errors are one line, `FILE:
 * field.path: what; do what`.
 */

import * as z from 'zod';
import { parseEntry } from '../drive/schedule.js';
import { MEMORY_MODELS } from '../memory-order/index.js';
import { InputError } from '../vocabulary/errors.js';
import {
  FINDING_FORMAT,
  FINDING_VERSION,
  type Finding,
  HARM_CLASSES,
  LATENT_CLASSES,
  ORDERED_STEPS_MAX,
} from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { lineAndColumn, outOfBounds } from './json-bounds.js';
import { findJsonError } from './json-error.js';
import { list } from './list-schema.js';
import { scenarioSchema, text, whole } from './scenario-schema.js';

/** Largest finding file that is read; real ones have some ten kB. */
export const FINDING_BYTES_MAX = 16 * 1024 * 1024;
/** Most decisions in a schedule once its run lengths are expanded. */
const DECISIONS_MAX = 5_000_000;
const STEPS_MAX = DECISIONS_MAX;
const ENTRIES_MAX = 1_000_000;
const ENTRY_UNITS_MAX = 24;

const INT_MAX = 2 ** 31;
/** A witness that was not minimised, and of which nothing was left out, has some hundred. */
const ORDERINGS_MAX = 1_000;

/** A machine notes the first of each class. */
const LATENT_MAX = LATENT_CLASSES.length;

const violation = z.strictObject({
  class: z.enum([...HARM_CLASSES, ...LATENT_CLASSES]),
  step: whole(0, STEPS_MAX),
  cpu: whole(0, 255),
  // A deadlock names every CPU and what it waits for.
  message: text(100_000),
});

/** The decisions, checked one by one: of a million entries the first that is wrong is told. */
export const schedule = z.unknown().transform((entries, context): string[] => {
  const refuse = (path: number[], message: string): never => {
    context.issues.push({ code: 'custom', path, message, input: entries });
    return z.NEVER;
  };
  if (!Array.isArray(entries)) return refuse([], `expected an array, got ${brief(entries)}`);
  if (entries.length > ENTRIES_MAX)
    return refuse([], `expected at most ${ENTRIES_MAX} entries, got ${brief(entries)}`);
  let decisions = 0;
  for (const [index, entry] of entries.entries()) {
    const said = typeof entry === 'string' && entry.length <= ENTRY_UNITS_MAX ? parseEntry(entry) : null;
    if (said === null)
      return refuse([index], `expected an entry such as "0*12", "1b" or "=3", got ${brief(entry)}`);
    decisions += 'times' in said ? said.times : 1;
  }
  if (decisions > DECISIONS_MAX) return refuse([], `has ${decisions} decisions; at most ${DECISIONS_MAX}`);
  return [...entries] as string[];
});

const moduleRef = z.strictObject({
  // As long as a path can be.
  file: text(4_096).min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits'),
  inputs: whole(1, 100_000).optional(),
  packages: list(text(200), 1_000).optional(),
});
const modules = list(moduleRef, 100).superRefine((refs, context) => {
  const again = refs.findIndex(({ file }, index) => refs.findIndex((other) => other.file === file) !== index);
  if (again !== -1)
    context.addIssue({
      code: 'custom',
      path: [again, 'file'],
      message: `names ${quote(refs[again].file)} a second time`,
    });
});

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits');
const sourceFile = z.strictObject({ file: text(4_096).min(1), sha256: hash });
const kernelSource = z.strictObject({
  tree: text(4_096).min(1),
  variant: text(200).min(1),
  base: text(200).min(1),
  config: list(text(60), 100),
  optimisation: z.union([z.literal(0), z.literal(2)]).optional(),
  files: list(sourceFile, 1_000),
  shim: sourceFile.optional(),
});

const namedStep = z.strictObject({
  step: whole(0, ORDERED_STEPS_MAX),
  agent: text(ENTRY_UNITS_MAX).refine((name) => /^\d+[a-z]?$/.test(name) && parseEntry(name) !== null, {
    error: ({ input }) => `expected an agent such as "0" or "1b", got ${brief(input)}`,
  }),
  operation: text(40).optional(),
  word: text(200).optional(),
  operand: whole(-INT_MAX, INT_MAX).optional(),
  nth: whole(1, ORDERED_STEPS_MAX),
});
const orderings = list(z.strictObject({ before: namedStep, after: namedStep }), ORDERINGS_MAX).superRefine(
  (all, context) => {
    const seen = new Set<string>();
    for (const [index, { before, after }] of all.entries()) {
      const key = `${before.step} ${after.step}`;
      if (seen.has(key))
        context.addIssue({ code: 'custom', path: [index], message: 'is of two steps that another is of' });
      seen.add(key);
    }
  },
);

const witness = {
  format: z.literal(FINDING_FORMAT),
  version: z.literal(FINDING_VERSION),
  shootdown: text(40),
  memory: z.enum(MEMORY_MODELS),
  strategy: text(200),
  seed: whole(0, Number.MAX_SAFE_INTEGER),
  execution: whole(0, Number.MAX_SAFE_INTEGER),
  schedule,
  steps: whole(0, STEPS_MAX),
  violation,
  latent: list(violation, LATENT_MAX),
  traceHash: z.string().regex(/^[0-9a-f]{8}$/, 'expected eight hex digits'),
  orderings: orderings.optional(),
};

// Any number of features may be switched in a variant's name.
const kernelFinding = z
  .strictObject({
    ...witness,
    variant: text(2_000).min(1),
    scenario: scenarioSchema,
    modules: modules.optional(),
    kernelSource: kernelSource.optional(),
  })
  .superRefine((finding, context) => foreignCpus(finding, finding.scenario.cpus, context));

const programFinding = z
  .strictObject({ ...witness, program: text(200).min(1), cpus: whole(1, 256), modules })
  .superRefine((finding, context) => foreignCpus(finding, finding.cpus, context));

/** CPUs that a schedule or a violation names and that are not there. */
function foreignCpus(
  {
    schedule: entries,
    violation: found,
  }: { readonly schedule: readonly string[]; readonly violation: { readonly cpu: number } },
  cpus: number,
  context: z.core.$RefinementCtx,
): void {
  const stranger = entries.findIndex((entry) => cpuOf(entry) >= cpus);
  if (stranger !== -1) {
    context.addIssue({
      code: 'custom',
      path: ['schedule', stranger],
      message: `${quote(entries[stranger])} is not one of ${cpus} CPUs`,
    });
  }
  if (found.cpu >= cpus)
    context.addIssue({
      code: 'custom',
      path: ['violation', 'cpu'],
      message: `names CPU ${found.cpu} of ${cpus}`,
    });
}

/** The CPU that an entry of a schedule names; 0 where it names none. */
function cpuOf(entry: string): number {
  const said = parseEntry(entry);
  return said !== null && 'cpu' in said ? said.cpu : 0;
}

/**
 * What a user can do about a field that is wrong: the file is ours, so it was edited, cut short or written by
 * something else.
 */
const REMEDY = 'undo the edit, or hunt again to write a new file';

/** Parses the text of a finding file. `file` is its name, for errors. Throws InputError. */
export function parseFinding(source: string, file: string): Finding {
  return checkFinding(parseJson(source, file), file);
}

/** Checks a parsed value. The answer is a fresh object that shares nothing with `value`. */
export function checkFinding(value: unknown, file: string): Finding {
  if (!isObject(value) || value.format !== FINDING_FORMAT) {
    throw new InputError(
      `${file}: not a shootdown finding ("format" is not "${FINDING_FORMAT}")`,
      'give a file that "shootdown hunt" wrote',
    );
  }
  if (value.version !== FINDING_VERSION) {
    throw new InputError(
      `${file}: version: this shootdown reads version ${FINDING_VERSION}, not ${brief(value.version)}`,
      'use the shootdown that wrote it',
    );
  }
  const result = ('program' in value ? programFinding : kernelFinding).safeParse(value, {
    reportInput: true,
  });
  if (result.success) return result.data;
  throw new InputError(`${file}: ${issueLine(result.error)}`, REMEDY);
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

/**
 * JSON text to a value, or an InputError that has the line. `what` is the kind of file, `remedy` what to do
 * about a bad one.
 */
export function parseJson(source: string, file: string, what = 'a finding', remedy = REMEDY): unknown {
  const tooMuch = outOfBounds(source);
  if (tooMuch !== null) {
    const { line, column } = lineAndColumn(source, tooMuch.offset);
    throw new InputError(`${file}:${line}:${column}: ${tooMuch.what} are not in ${what}`, remedy);
  }
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    const found = findJsonError(source);
    if (found === null) throw new InputError(`${file}: cannot be parsed as JSON`, remedy);
    throw new InputError(`${file}:${found.line}:${found.column}: malformed JSON: ${found.what}`, remedy);
  }
  // JSON.parse makes it a key like any other, and the first careless copy would make it a prototype.
  if (hasPrototypeKey(value))
    throw new InputError(`${file}: a key named "__proto__" has no place in ${what}`, remedy);
  return value;
}

function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasPrototypeKey);
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasPrototypeKey);
}

function explainIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `expected ${typeWord(issue.expected)}, got ${brief(issue.input)}`;
    case 'too_big':
      return `expected ${bound(issue.origin, 'at most', issue.maximum)}, got ${brief(issue.input)}`;
    case 'too_small':
      return `expected ${bound(issue.origin, 'at least', issue.minimum)}, got ${brief(issue.input)}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => brief(value)).join(' or ')}, got ${brief(issue.input)}`;
    case 'unrecognized_keys':
      return `has no field ${firstFew(issue.keys)}`;
    case 'invalid_union':
      return `is not one of the script steps that this version knows`;
    default:
      return issue.message;
  }
}

const KEYS_SHOWN = 3;

function firstFew(keys: readonly string[]): string {
  const more = keys.length > KEYS_SHOWN ? `, and ${keys.length - KEYS_SHOWN} more` : '';
  return keys.slice(0, KEYS_SHOWN).map(quote).join(', ') + more;
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
  for (const part of path)
    out += typeof part === 'number' ? `[${part}]` : `${out === '' ? '' : '.'}${String(part)}`;
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
